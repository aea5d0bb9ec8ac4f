// The records of __consumer_offsets that this coordinator understands, as one union by record type, and how they
// become bytes. Key = int16 type + message; value = int16 version + message; null = tombstone.
// Kafka: CoordinatorRecordType, GroupCoordinatorRecordSerde. Other types are left alone in the log.

import type { ConsumerGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/consumer-group-current-member-assignment-key.ts';
import { consumerGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/consumer-group-current-member-assignment-key.ts';
import type { ConsumerGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/consumer-group-current-member-assignment-value.ts';
import { consumerGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/consumer-group-current-member-assignment-value.ts';
import type { ConsumerGroupMemberMetadataKey } from '../../protocol/generated/coordinator/consumer-group-member-metadata-key.ts';
import { consumerGroupMemberMetadataKey } from '../../protocol/generated/coordinator/consumer-group-member-metadata-key.ts';
import type { ConsumerGroupMemberMetadataValue } from '../../protocol/generated/coordinator/consumer-group-member-metadata-value.ts';
import { consumerGroupMemberMetadataValue } from '../../protocol/generated/coordinator/consumer-group-member-metadata-value.ts';
import type { ConsumerGroupMetadataKey } from '../../protocol/generated/coordinator/consumer-group-metadata-key.ts';
import { consumerGroupMetadataKey } from '../../protocol/generated/coordinator/consumer-group-metadata-key.ts';
import type { ConsumerGroupMetadataValue } from '../../protocol/generated/coordinator/consumer-group-metadata-value.ts';
import { consumerGroupMetadataValue } from '../../protocol/generated/coordinator/consumer-group-metadata-value.ts';
import type { ConsumerGroupRegularExpressionKey } from '../../protocol/generated/coordinator/consumer-group-regular-expression-key.ts';
import { consumerGroupRegularExpressionKey } from '../../protocol/generated/coordinator/consumer-group-regular-expression-key.ts';
import type { ConsumerGroupRegularExpressionValue } from '../../protocol/generated/coordinator/consumer-group-regular-expression-value.ts';
import { consumerGroupRegularExpressionValue } from '../../protocol/generated/coordinator/consumer-group-regular-expression-value.ts';
import type { ConsumerGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/consumer-group-target-assignment-member-key.ts';
import { consumerGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/consumer-group-target-assignment-member-key.ts';
import type { ConsumerGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/consumer-group-target-assignment-member-value.ts';
import { consumerGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/consumer-group-target-assignment-member-value.ts';
import type { ConsumerGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/consumer-group-target-assignment-metadata-key.ts';
import { consumerGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/consumer-group-target-assignment-metadata-key.ts';
import type { ConsumerGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/consumer-group-target-assignment-metadata-value.ts';
import { consumerGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/consumer-group-target-assignment-metadata-value.ts';
import type { GroupMetadataKey } from '../../protocol/generated/coordinator/group-metadata-key.ts';
import { groupMetadataKey } from '../../protocol/generated/coordinator/group-metadata-key.ts';
import type { GroupMetadataValue } from '../../protocol/generated/coordinator/group-metadata-value.ts';
import { groupMetadataValue } from '../../protocol/generated/coordinator/group-metadata-value.ts';
import type { LegacyOffsetCommitKey } from '../../protocol/generated/coordinator/legacy-offset-commit-key.ts';
import { legacyOffsetCommitKey } from '../../protocol/generated/coordinator/legacy-offset-commit-key.ts';
import type { LegacyOffsetCommitValue } from '../../protocol/generated/coordinator/legacy-offset-commit-value.ts';
import { legacyOffsetCommitValue } from '../../protocol/generated/coordinator/legacy-offset-commit-value.ts';
import type { OffsetCommitKey } from '../../protocol/generated/coordinator/offset-commit-key.ts';
import { offsetCommitKey } from '../../protocol/generated/coordinator/offset-commit-key.ts';
import type { OffsetCommitValue } from '../../protocol/generated/coordinator/offset-commit-value.ts';
import { offsetCommitValue } from '../../protocol/generated/coordinator/offset-commit-value.ts';
import type { ShareGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/share-group-current-member-assignment-key.ts';
import { shareGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/share-group-current-member-assignment-key.ts';
import type { ShareGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/share-group-current-member-assignment-value.ts';
import { shareGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/share-group-current-member-assignment-value.ts';
import type { ShareGroupMemberMetadataKey } from '../../protocol/generated/coordinator/share-group-member-metadata-key.ts';
import { shareGroupMemberMetadataKey } from '../../protocol/generated/coordinator/share-group-member-metadata-key.ts';
import type { ShareGroupMemberMetadataValue } from '../../protocol/generated/coordinator/share-group-member-metadata-value.ts';
import { shareGroupMemberMetadataValue } from '../../protocol/generated/coordinator/share-group-member-metadata-value.ts';
import type { ShareGroupMetadataKey } from '../../protocol/generated/coordinator/share-group-metadata-key.ts';
import { shareGroupMetadataKey } from '../../protocol/generated/coordinator/share-group-metadata-key.ts';
import type { ShareGroupMetadataValue } from '../../protocol/generated/coordinator/share-group-metadata-value.ts';
import { shareGroupMetadataValue } from '../../protocol/generated/coordinator/share-group-metadata-value.ts';
import type { ShareGroupStatePartitionMetadataKey } from '../../protocol/generated/coordinator/share-group-state-partition-metadata-key.ts';
import { shareGroupStatePartitionMetadataKey } from '../../protocol/generated/coordinator/share-group-state-partition-metadata-key.ts';
import type { ShareGroupStatePartitionMetadataValue } from '../../protocol/generated/coordinator/share-group-state-partition-metadata-value.ts';
import { shareGroupStatePartitionMetadataValue } from '../../protocol/generated/coordinator/share-group-state-partition-metadata-value.ts';
import type { ShareGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/share-group-target-assignment-member-key.ts';
import { shareGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/share-group-target-assignment-member-key.ts';
import type { ShareGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/share-group-target-assignment-member-value.ts';
import { shareGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/share-group-target-assignment-member-value.ts';
import type { ShareGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/share-group-target-assignment-metadata-key.ts';
import { shareGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/share-group-target-assignment-metadata-key.ts';
import type { ShareGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/share-group-target-assignment-metadata-value.ts';
import { shareGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/share-group-target-assignment-metadata-value.ts';
import type { StreamsGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/streams-group-current-member-assignment-key.ts';
import { streamsGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/streams-group-current-member-assignment-key.ts';
import type { StreamsGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/streams-group-current-member-assignment-value.ts';
import { streamsGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/streams-group-current-member-assignment-value.ts';
import type { StreamsGroupMemberMetadataKey } from '../../protocol/generated/coordinator/streams-group-member-metadata-key.ts';
import { streamsGroupMemberMetadataKey } from '../../protocol/generated/coordinator/streams-group-member-metadata-key.ts';
import type { StreamsGroupMemberMetadataValue } from '../../protocol/generated/coordinator/streams-group-member-metadata-value.ts';
import { streamsGroupMemberMetadataValue } from '../../protocol/generated/coordinator/streams-group-member-metadata-value.ts';
import type { StreamsGroupMetadataKey } from '../../protocol/generated/coordinator/streams-group-metadata-key.ts';
import { streamsGroupMetadataKey } from '../../protocol/generated/coordinator/streams-group-metadata-key.ts';
import type { StreamsGroupMetadataValue } from '../../protocol/generated/coordinator/streams-group-metadata-value.ts';
import { streamsGroupMetadataValue } from '../../protocol/generated/coordinator/streams-group-metadata-value.ts';
import type { StreamsGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/streams-group-target-assignment-member-key.ts';
import { streamsGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/streams-group-target-assignment-member-key.ts';
import type { StreamsGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/streams-group-target-assignment-member-value.ts';
import { streamsGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/streams-group-target-assignment-member-value.ts';
import type { StreamsGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/streams-group-target-assignment-metadata-key.ts';
import { streamsGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/streams-group-target-assignment-metadata-key.ts';
import type { StreamsGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/streams-group-target-assignment-metadata-value.ts';
import { streamsGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/streams-group-target-assignment-metadata-value.ts';
import type { StreamsGroupTopologyKey } from '../../protocol/generated/coordinator/streams-group-topology-key.ts';
import { streamsGroupTopologyKey } from '../../protocol/generated/coordinator/streams-group-topology-key.ts';
import type { StreamsGroupTopologyValue } from '../../protocol/generated/coordinator/streams-group-topology-value.ts';
import { streamsGroupTopologyValue } from '../../protocol/generated/coordinator/streams-group-topology-value.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import { ExactReader, Reader } from '../../protocol/reader.ts';
import type { Writer } from '../../protocol/writer.ts';
import type { RecordSerde } from '../runtime/coordinator-shard.ts';

export const RecordType = {
  LEGACY_OFFSET_COMMIT: 0,
  OFFSET_COMMIT: 1,
  GROUP_METADATA: 2,
  CONSUMER_GROUP_METADATA: 3,
  CONSUMER_GROUP_MEMBER_METADATA: 5,
  CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA: 6,
  CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER: 7,
  CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT: 8,
  SHARE_GROUP_MEMBER_METADATA: 10,
  SHARE_GROUP_METADATA: 11,
  SHARE_GROUP_TARGET_ASSIGNMENT_METADATA: 12,
  SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER: 13,
  SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT: 14,
  SHARE_GROUP_STATE_PARTITION_METADATA: 15,
  CONSUMER_GROUP_REGULAR_EXPRESSION: 16,
  STREAMS_GROUP_METADATA: 17,
  STREAMS_GROUP_MEMBER_METADATA: 19,
  STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA: 20,
  STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER: 21,
  STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT: 22,
  STREAMS_GROUP_TOPOLOGY: 23,
} as const;

interface RecordOf<T extends number, K, V> {
  readonly type: T;
  readonly key: K;
  /** Version of the value's message. */
  readonly version: number;
  /** Null: a tombstone. */
  readonly value: V | null;
}

export type GroupRecord =
  | RecordOf<0, LegacyOffsetCommitKey, LegacyOffsetCommitValue>
  | RecordOf<1, OffsetCommitKey, OffsetCommitValue>
  | RecordOf<2, GroupMetadataKey, GroupMetadataValue>
  | RecordOf<3, ConsumerGroupMetadataKey, ConsumerGroupMetadataValue>
  | RecordOf<5, ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue>
  | RecordOf<
      6,
      ConsumerGroupTargetAssignmentMetadataKey,
      ConsumerGroupTargetAssignmentMetadataValue
    >
  | RecordOf<7, ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupTargetAssignmentMemberValue>
  | RecordOf<8, ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue>
  | RecordOf<10, ShareGroupMemberMetadataKey, ShareGroupMemberMetadataValue>
  | RecordOf<11, ShareGroupMetadataKey, ShareGroupMetadataValue>
  | RecordOf<12, ShareGroupTargetAssignmentMetadataKey, ShareGroupTargetAssignmentMetadataValue>
  | RecordOf<13, ShareGroupTargetAssignmentMemberKey, ShareGroupTargetAssignmentMemberValue>
  | RecordOf<14, ShareGroupCurrentMemberAssignmentKey, ShareGroupCurrentMemberAssignmentValue>
  | RecordOf<15, ShareGroupStatePartitionMetadataKey, ShareGroupStatePartitionMetadataValue>
  | RecordOf<16, ConsumerGroupRegularExpressionKey, ConsumerGroupRegularExpressionValue>
  | RecordOf<17, StreamsGroupMetadataKey, StreamsGroupMetadataValue>
  | RecordOf<19, StreamsGroupMemberMetadataKey, StreamsGroupMemberMetadataValue>
  | RecordOf<20, StreamsGroupTargetAssignmentMetadataKey, StreamsGroupTargetAssignmentMetadataValue>
  | RecordOf<21, StreamsGroupTargetAssignmentMemberKey, StreamsGroupTargetAssignmentMemberValue>
  | RecordOf<22, StreamsGroupCurrentMemberAssignmentKey, StreamsGroupCurrentMemberAssignmentValue>
  | RecordOf<23, StreamsGroupTopologyKey, StreamsGroupTopologyValue>;

interface RecordSpecs {
  readonly key: MessageSpec<unknown>;
  readonly value: MessageSpec<unknown>;
  /** It has a metadata hash, which takes all bits of an int64 (metadata-hash.ts). */
  readonly isExact: boolean;
}

function specs<K, V>(key: MessageSpec<K>, value: MessageSpec<V>, isExact = false): RecordSpecs {
  return { key: key as MessageSpec<unknown>, value: value as MessageSpec<unknown>, isExact };
}

const SPECS: ReadonlyMap<number, RecordSpecs> = new Map([
  [RecordType.LEGACY_OFFSET_COMMIT, specs(legacyOffsetCommitKey, legacyOffsetCommitValue)],
  [RecordType.OFFSET_COMMIT, specs(offsetCommitKey, offsetCommitValue)],
  [RecordType.GROUP_METADATA, specs(groupMetadataKey, groupMetadataValue)],
  [
    RecordType.CONSUMER_GROUP_METADATA,
    specs(consumerGroupMetadataKey, consumerGroupMetadataValue, true),
  ],
  [
    RecordType.CONSUMER_GROUP_MEMBER_METADATA,
    specs(consumerGroupMemberMetadataKey, consumerGroupMemberMetadataValue),
  ],
  [
    RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
    specs(consumerGroupTargetAssignmentMetadataKey, consumerGroupTargetAssignmentMetadataValue),
  ],
  [
    RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
    specs(consumerGroupTargetAssignmentMemberKey, consumerGroupTargetAssignmentMemberValue),
  ],
  [
    RecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
    specs(consumerGroupCurrentMemberAssignmentKey, consumerGroupCurrentMemberAssignmentValue),
  ],
  [
    RecordType.SHARE_GROUP_MEMBER_METADATA,
    specs(shareGroupMemberMetadataKey, shareGroupMemberMetadataValue),
  ],
  [RecordType.SHARE_GROUP_METADATA, specs(shareGroupMetadataKey, shareGroupMetadataValue, true)],
  [
    RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_METADATA,
    specs(shareGroupTargetAssignmentMetadataKey, shareGroupTargetAssignmentMetadataValue),
  ],
  [
    RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER,
    specs(shareGroupTargetAssignmentMemberKey, shareGroupTargetAssignmentMemberValue),
  ],
  [
    RecordType.SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT,
    specs(shareGroupCurrentMemberAssignmentKey, shareGroupCurrentMemberAssignmentValue),
  ],
  [
    RecordType.SHARE_GROUP_STATE_PARTITION_METADATA,
    specs(shareGroupStatePartitionMetadataKey, shareGroupStatePartitionMetadataValue),
  ],
  [
    RecordType.CONSUMER_GROUP_REGULAR_EXPRESSION,
    specs(consumerGroupRegularExpressionKey, consumerGroupRegularExpressionValue),
  ],
  [
    RecordType.STREAMS_GROUP_METADATA,
    specs(streamsGroupMetadataKey, streamsGroupMetadataValue, true),
  ],
  [
    RecordType.STREAMS_GROUP_MEMBER_METADATA,
    specs(streamsGroupMemberMetadataKey, streamsGroupMemberMetadataValue),
  ],
  [
    RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA,
    specs(streamsGroupTargetAssignmentMetadataKey, streamsGroupTargetAssignmentMetadataValue),
  ],
  [
    RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER,
    specs(streamsGroupTargetAssignmentMemberKey, streamsGroupTargetAssignmentMemberValue),
  ],
  [
    RecordType.STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT,
    specs(streamsGroupCurrentMemberAssignmentKey, streamsGroupCurrentMemberAssignmentValue),
  ],
  [RecordType.STREAMS_GROUP_TOPOLOGY, specs(streamsGroupTopologyKey, streamsGroupTopologyValue)],
]);

/** The type stands where older Kafkas had the key's version; the message itself has version 0 only. */
const KEY_VERSION = 0;

export class GroupRecordSerde implements RecordSerde<GroupRecord> {
  writeKey(writer: Writer, record: GroupRecord): void {
    writer.writeInt16(record.type);
    SPECS.get(record.type)!.key.write(writer, record.key as never, KEY_VERSION);
  }

  writeValue(writer: Writer, record: GroupRecord): boolean {
    if (record.value === null) return false;
    writer.writeInt16(record.version);
    SPECS.get(record.type)!.value.write(writer, record.value as never, record.version);
    return true;
  }

  deserialize(
    buffer: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): GroupRecord | undefined {
    const keyReader = new Reader(buffer, keyStart, keyEnd);
    const type = keyReader.readInt16();
    const spec = SPECS.get(type);
    if (spec === undefined) return undefined;
    const key = spec.key.read(keyReader, KEY_VERSION);
    if (valueStart < 0) return { type, key, version: 0, value: null } as GroupRecord;
    const valueReader = spec.isExact
      ? new ExactReader(buffer, valueStart, valueEnd)
      : new Reader(buffer, valueStart, valueEnd);
    const version = valueReader.readInt16();
    const value = spec.value.read(valueReader, version);
    return { type, key, version, value } as GroupRecord;
  }
}
