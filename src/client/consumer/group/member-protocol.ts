// The bytes that group members exchange through the coordinator: subscriptions and assignments (ConsumerProtocol),
// and the user data of the sticky assignors. A version and a message each.

import {
  type ConsumerProtocolAssignment,
  consumerProtocolAssignment,
} from '../../../protocol/generated/data/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../../protocol/generated/data/consumer-protocol-subscription.ts';
import type { Draft, MessageSpec } from '../../../protocol/message.ts';
import { Reader } from '../../../protocol/reader.ts';
import { Writer } from '../../../protocol/writer.ts';
import { byTopic } from '../../admin/leader-items.ts';
import type { AssignorName } from '../../config/consumer-config.ts';
import type { TopicPartition } from '../../types.ts';
import type { GroupMemberInfo } from './assignors/assignor.ts';

const VERSION = 3;

export interface OwnSubscription {
  readonly topics: readonly string[];
  /** Held while rejoining: empty for eager members. */
  readonly owned: readonly TopicPartition[];
  /** What was assigned last, for the sticky assignor. */
  readonly previous: readonly TopicPartition[];
  readonly generationId: number;
  readonly rack: string;
}

export function encodeSubscription(own: OwnSubscription, assignor: AssignorName): Buffer {
  return encode(consumerProtocolSubscription, {
    topics: [...own.topics].sort(),
    userData: userData(own, assignor),
    ownedPartitions: grouped(own.owned),
    generationId: own.generationId,
    rackId: own.rack === '' ? null : own.rack,
  });
}

/** A member's subscription as the leader's assignor sees it. Throws MalformedError. */
export function decodeSubscription(
  member: { memberId: string; groupInstanceId: string | null; metadata: Buffer },
  assignor: AssignorName,
): GroupMemberInfo {
  const message = decode(consumerProtocolSubscription, member.metadata);
  const { memberId, groupInstanceId } = member;
  let owned = flat(message.ownedPartitions);
  let generation = message.generationId;
  if (assignor === 'sticky' && message.userData !== null && message.userData.length > 0) {
    const previous = decodeStickyData(message.userData);
    owned = previous.owned;
    generation = previous.generation;
  } else if (generation < 0 && message.userData !== null && message.userData.length >= 4) {
    // Before version 2 cooperative members told their generation in the user data.
    generation = message.userData.readInt32BE(0);
  }
  return { memberId, groupInstanceId, topics: message.topics, owned, generation };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  return encode(consumerProtocolAssignment, {
    assignedPartitions: grouped(partitions),
    userData: null,
  });
}

/** Throws MalformedError. An empty one is what a member gets from a leader without partitions. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  const message: ConsumerProtocolAssignment = decode(consumerProtocolAssignment, bytes);
  return flat(message.assignedPartitions);
}

function userData(own: OwnSubscription, assignor: AssignorName): Buffer | null {
  const writer = new Writer();
  if (assignor === 'cooperative-sticky') {
    writer.writeInt32(own.generationId);
    return writer.finishBuffer();
  }
  if (assignor !== 'sticky' || own.previous.length === 0) return null;
  const topics = grouped(own.previous);
  writer.writeArrayLength(topics.length);
  for (const { topic, partitions } of topics) {
    writer.writeString(topic);
    writer.writeArrayLength(partitions.length);
    for (const partition of partitions) writer.writeInt32(partition);
  }
  writer.writeInt32(own.generationId);
  return writer.finishBuffer();
}

/** StickyAssignor's user data; the first form has no generation. */
function decodeStickyData(bytes: Buffer): { owned: TopicPartition[]; generation: number } {
  const reader = new Reader(bytes);
  const owned: TopicPartition[] = [];
  for (let topics = reader.readArrayLength(6); topics > 0; topics--) {
    const topic = reader.readString();
    for (const partition of reader.readInt32Array(reader.readArrayLength(4))) {
      owned.push({ topic, partition });
    }
  }
  return { owned, generation: reader.remaining >= 4 ? reader.readInt32() : -1 };
}

function encode<T>(spec: MessageSpec<T>, message: Draft<T>): Buffer {
  const writer = new Writer();
  writer.writeInt16(VERSION);
  spec.write(writer, message, VERSION);
  return writer.finishBuffer();
}

/** A newer member's message begins with what we know. */
function decode<T>(spec: MessageSpec<T>, bytes: Buffer): T {
  const reader = new Reader(bytes);
  const version = reader.readInt16('version');
  return spec.read(reader, Math.max(0, Math.min(version, spec.maxVersion)));
}

function grouped(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return [...byTopic(partitions)].map(([topic, list]) => ({
    topic,
    partitions: list.map((item) => item.partition),
  }));
}

function flat(
  topics: readonly { topic: string; partitions: readonly number[] }[],
): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}
