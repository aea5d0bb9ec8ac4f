// What classic consumers embed in JoinGroup and SyncGroup, for tests.

import {
  type ConsumerProtocolAssignment,
  consumerProtocolAssignment,
} from '../../../src/protocol/generated/data/consumer-protocol-assignment.ts';
import {
  type ConsumerProtocolSubscription,
  consumerProtocolSubscription,
} from '../../../src/protocol/generated/data/consumer-protocol-subscription.ts';
import { Reader } from '../../../src/protocol/reader.ts';
import { Writer } from '../../../src/protocol/writer.ts';

export function embedAssignment(
  topic: string,
  partitions: readonly number[],
  userData: Buffer | null = null,
): Buffer {
  const writer = new Writer();
  writer.writeInt16(1);
  const assignedPartitions = [{ topic, partitions: [...partitions] }];
  consumerProtocolAssignment.write(writer, { assignedPartitions, userData }, 1);
  return writer.finishBuffer();
}

export function assignedPartitions(bytes: Buffer): number[] {
  if (bytes.length === 0) return [];
  const reader = new Reader(bytes);
  const read: ConsumerProtocolAssignment = consumerProtocolAssignment.read(
    reader,
    reader.readInt16(),
  );
  return read.assignedPartitions.flatMap(({ partitions }) => [...partitions]).sort((a, b) => a - b);
}

/** A subscription in the version that tells what the member owns. */
export function embedSubscription(topics: string[], owned: readonly number[] = []): Buffer {
  const writer = new Writer();
  writer.writeInt16(1);
  const subscription: Partial<ConsumerProtocolSubscription> = {
    topics,
    ownedPartitions: owned.length === 0 ? [] : [{ topic: topics[0]!, partitions: [...owned] }],
  };
  consumerProtocolSubscription.write(writer, subscription, 1);
  return writer.finishBuffer();
}
