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

/** Undefined when a member's subscription can't be read or no protocol has been chosen yet. */
export function subscribedTopicsOf(group: ClassicGroup): ReadonlySet<string> | undefined {
  if (group.members.size === 0) return new Set();
  const { protocolName } = group;
  if (protocolName === null) return undefined;
  try {
    const topics = new Set<string>();
    for (const member of group.members.values()) {
      for (const topic of readSubscription(member.metadata(protocolName)).topics) topics.add(topic);
    }
    return topics;
  } catch {
    return undefined;
  }
}
