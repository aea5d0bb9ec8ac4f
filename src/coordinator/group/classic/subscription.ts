// Reads the topics out of classic consumers' subscriptions (ConsumerProtocolSubscription, prefixed by its int16
// version), to know which offsets are in use. A newer version than ours is read as our newest (KIP-429).

import {
  type ConsumerProtocolSubscription,
  consumerProtocolSubscription,
} from '../../../protocol/generated/data/consumer-protocol-subscription.ts';
import { Reader } from '../../../protocol/reader.ts';
import type { ClassicGroup } from './classic-group.ts';

/** Throws MalformedError. */
export function readSubscription(metadata: Buffer): ConsumerProtocolSubscription {
  const reader = new Reader(metadata);
  const version = Math.min(reader.readInt16(), consumerProtocolSubscription.maxVersion);
  return consumerProtocolSubscription.read(reader, version);
}

/**
 * The topics alone, which stand first in every version: what comes behind them may be anything. Throws MalformedError.
 * Kafka: ClassicGroup.computeSubscribedTopics.
 */
function readTopics(metadata: Buffer): readonly string[] {
  const reader = new Reader(metadata);
  reader.readInt16();
  return consumerProtocolSubscription.read(reader, 0).topics;
}

const INT16_BYTES = 2;
const INT32_BYTES = 4;

/**
 * False for bytes that Apache's coordinator chokes on, as against those that it only can't read: a join with them is
 * never answered there, and a record with them keeps it from loading its partition. An end within a length is merely
 * unreadable; a length that promises more than there is, or is null's, isn't borne.
 */
export function isBearableSubscription(metadata: Buffer): boolean {
  let at = INT16_BYTES;
  if (metadata.length - at < INT32_BYTES) return true;
  const topics = metadata.readInt32BE(at);
  at += INT32_BYTES;
  if (topics < 0 || topics > metadata.length - at) return false;
  for (let i = 0; i < topics; i++) {
    if (metadata.length - at < INT16_BYTES) return true;
    const length = metadata.readInt16BE(at);
    at += INT16_BYTES;
    if (length < 0 || length > metadata.length - at) return false;
    at += length;
  }
  if (metadata.length - at < INT32_BYTES) return true;
  return metadata.readInt32BE(at) <= metadata.length - at - INT32_BYTES;
}

/** Undefined when a member's subscription can't be read or no protocol has been chosen yet. */
export function subscribedTopicsOf(group: ClassicGroup): ReadonlySet<string> | undefined {
  if (group.members.size === 0) return new Set();
  const { protocolName } = group;
  if (protocolName === null) return undefined;
  try {
    const topics = new Set<string>();
    for (const member of group.members.values()) {
      for (const topic of readTopics(member.metadata(protocolName))) topics.add(topic);
    }
    return topics;
  } catch {
    return undefined;
  }
}
