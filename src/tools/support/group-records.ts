// The records of __consumer_offsets by type number: every kind that a group coordinator writes
// (CoordinatorRecordType of group-coordinator). Loaded only when they are to be shown.

import { consumerGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/consumer-group-current-member-assignment-key.ts';
import { consumerGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/consumer-group-current-member-assignment-value.ts';
import { consumerGroupMemberMetadataKey } from '../../protocol/generated/coordinator/consumer-group-member-metadata-key.ts';
import { consumerGroupMemberMetadataValue } from '../../protocol/generated/coordinator/consumer-group-member-metadata-value.ts';
import { consumerGroupMetadataKey } from '../../protocol/generated/coordinator/consumer-group-metadata-key.ts';
import { consumerGroupMetadataValue } from '../../protocol/generated/coordinator/consumer-group-metadata-value.ts';
import { consumerGroupPartitionMetadataKey } from '../../protocol/generated/coordinator/consumer-group-partition-metadata-key.ts';
import { consumerGroupPartitionMetadataValue } from '../../protocol/generated/coordinator/consumer-group-partition-metadata-value.ts';
import { consumerGroupRegularExpressionKey } from '../../protocol/generated/coordinator/consumer-group-regular-expression-key.ts';
import { consumerGroupRegularExpressionValue } from '../../protocol/generated/coordinator/consumer-group-regular-expression-value.ts';
import { consumerGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/consumer-group-target-assignment-member-key.ts';
import { consumerGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/consumer-group-target-assignment-member-value.ts';
import { consumerGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/consumer-group-target-assignment-metadata-key.ts';
import { consumerGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/consumer-group-target-assignment-metadata-value.ts';
import { groupMetadataKey } from '../../protocol/generated/coordinator/group-metadata-key.ts';
import { groupMetadataValue } from '../../protocol/generated/coordinator/group-metadata-value.ts';
import { legacyOffsetCommitKey } from '../../protocol/generated/coordinator/legacy-offset-commit-key.ts';
import { legacyOffsetCommitValue } from '../../protocol/generated/coordinator/legacy-offset-commit-value.ts';
import { offsetCommitKey } from '../../protocol/generated/coordinator/offset-commit-key.ts';
import { offsetCommitValue } from '../../protocol/generated/coordinator/offset-commit-value.ts';
import { shareGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/share-group-current-member-assignment-key.ts';
import { shareGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/share-group-current-member-assignment-value.ts';
import { shareGroupMemberMetadataKey } from '../../protocol/generated/coordinator/share-group-member-metadata-key.ts';
import { shareGroupMemberMetadataValue } from '../../protocol/generated/coordinator/share-group-member-metadata-value.ts';
import { shareGroupMetadataKey } from '../../protocol/generated/coordinator/share-group-metadata-key.ts';
import { shareGroupMetadataValue } from '../../protocol/generated/coordinator/share-group-metadata-value.ts';
import { shareGroupStatePartitionMetadataKey } from '../../protocol/generated/coordinator/share-group-state-partition-metadata-key.ts';
import { shareGroupStatePartitionMetadataValue } from '../../protocol/generated/coordinator/share-group-state-partition-metadata-value.ts';
import { shareGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/share-group-target-assignment-member-key.ts';
import { shareGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/share-group-target-assignment-member-value.ts';
import { shareGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/share-group-target-assignment-metadata-key.ts';
import { shareGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/share-group-target-assignment-metadata-value.ts';
import { streamsGroupCurrentMemberAssignmentKey } from '../../protocol/generated/coordinator/streams-group-current-member-assignment-key.ts';
import { streamsGroupCurrentMemberAssignmentValue } from '../../protocol/generated/coordinator/streams-group-current-member-assignment-value.ts';
import { streamsGroupMemberMetadataKey } from '../../protocol/generated/coordinator/streams-group-member-metadata-key.ts';
import { streamsGroupMemberMetadataValue } from '../../protocol/generated/coordinator/streams-group-member-metadata-value.ts';
import { streamsGroupMetadataKey } from '../../protocol/generated/coordinator/streams-group-metadata-key.ts';
import { streamsGroupMetadataValue } from '../../protocol/generated/coordinator/streams-group-metadata-value.ts';
import { streamsGroupTargetAssignmentMemberKey } from '../../protocol/generated/coordinator/streams-group-target-assignment-member-key.ts';
import { streamsGroupTargetAssignmentMemberValue } from '../../protocol/generated/coordinator/streams-group-target-assignment-member-value.ts';
import { streamsGroupTargetAssignmentMetadataKey } from '../../protocol/generated/coordinator/streams-group-target-assignment-metadata-key.ts';
import { streamsGroupTargetAssignmentMetadataValue } from '../../protocol/generated/coordinator/streams-group-target-assignment-metadata-value.ts';
import { streamsGroupTopologyKey } from '../../protocol/generated/coordinator/streams-group-topology-key.ts';
import { streamsGroupTopologyValue } from '../../protocol/generated/coordinator/streams-group-topology-value.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import type { CoordinatorRecord, CoordinatorRecords } from './coordinator-records.ts';

const PAIRS: readonly (readonly [key: unknown, value: unknown])[] = [
  [consumerGroupCurrentMemberAssignmentKey, consumerGroupCurrentMemberAssignmentValue],
  [consumerGroupMemberMetadataKey, consumerGroupMemberMetadataValue],
  [consumerGroupMetadataKey, consumerGroupMetadataValue],
  [consumerGroupPartitionMetadataKey, consumerGroupPartitionMetadataValue],
  [consumerGroupRegularExpressionKey, consumerGroupRegularExpressionValue],
  [consumerGroupTargetAssignmentMemberKey, consumerGroupTargetAssignmentMemberValue],
  [consumerGroupTargetAssignmentMetadataKey, consumerGroupTargetAssignmentMetadataValue],
  [groupMetadataKey, groupMetadataValue],
  [legacyOffsetCommitKey, legacyOffsetCommitValue],
  [offsetCommitKey, offsetCommitValue],
  [shareGroupCurrentMemberAssignmentKey, shareGroupCurrentMemberAssignmentValue],
  [shareGroupMemberMetadataKey, shareGroupMemberMetadataValue],
  [shareGroupMetadataKey, shareGroupMetadataValue],
  [shareGroupStatePartitionMetadataKey, shareGroupStatePartitionMetadataValue],
  [shareGroupTargetAssignmentMemberKey, shareGroupTargetAssignmentMemberValue],
  [shareGroupTargetAssignmentMetadataKey, shareGroupTargetAssignmentMetadataValue],
  [streamsGroupCurrentMemberAssignmentKey, streamsGroupCurrentMemberAssignmentValue],
  [streamsGroupMemberMetadataKey, streamsGroupMemberMetadataValue],
  [streamsGroupMetadataKey, streamsGroupMetadataValue],
  [streamsGroupTargetAssignmentMemberKey, streamsGroupTargetAssignmentMemberValue],
  [streamsGroupTargetAssignmentMetadataKey, streamsGroupTargetAssignmentMetadataValue],
  [streamsGroupTopologyKey, streamsGroupTopologyValue],
];

export const GROUP_RECORDS: CoordinatorRecords = new Map(
  PAIRS.map(([key, value]): [number, CoordinatorRecord] => {
    const spec = key as MessageSpec<object>;
    return [spec.apiKey, { key: spec, value: value as MessageSpec<object> }];
  }),
);
