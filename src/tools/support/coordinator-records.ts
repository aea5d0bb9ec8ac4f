// The records of the broker's own topics, by the type number in the key, as the formatters for them know them.
// Loaded only when such a formatter is asked for.

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
import { shareSnapshotKey } from '../../protocol/generated/coordinator/share-snapshot-key.ts';
import { shareSnapshotValue } from '../../protocol/generated/coordinator/share-snapshot-value.ts';
import { shareUpdateKey } from '../../protocol/generated/coordinator/share-update-key.ts';
import { shareUpdateValue } from '../../protocol/generated/coordinator/share-update-value.ts';
import { transactionLogKey } from '../../protocol/generated/coordinator/transaction-log-key.ts';
import { transactionLogValue } from '../../protocol/generated/coordinator/transaction-log-value.ts';
import type { MessageSpec } from '../../protocol/message.ts';

export interface CoordinatorRecord {
  readonly key: MessageSpec<object>;
  readonly value: MessageSpec<object>;
}

/** By type number. */
export type CoordinatorRecords = ReadonlyMap<number, CoordinatorRecord>;

function records(
  ...pairs: readonly (readonly [MessageSpec<never>, MessageSpec<never>])[]
): CoordinatorRecords {
  return new Map(
    pairs.map(([key, value]) => [
      key.apiKey as number,
      {
        key: key as unknown as MessageSpec<object>,
        value: value as unknown as MessageSpec<object>,
      },
    ]),
  );
}

type Any = MessageSpec<never>;
function pair(key: unknown, value: unknown): readonly [Any, Any] {
  return [key as Any, value as Any];
}

/** OffsetsMessageFormatter. */
export const OFFSET_RECORDS = records(
  pair(legacyOffsetCommitKey, legacyOffsetCommitValue),
  pair(offsetCommitKey, offsetCommitValue),
);

/** GroupMetadataMessageFormatter. */
export const GROUP_METADATA_RECORDS = records(pair(groupMetadataKey, groupMetadataValue));

/** ShareGroupMessageFormatter. */
export const SHARE_GROUP_RECORDS = records(
  pair(shareGroupMemberMetadataKey, shareGroupMemberMetadataValue),
  pair(shareGroupMetadataKey, shareGroupMetadataValue),
  pair(shareGroupTargetAssignmentMetadataKey, shareGroupTargetAssignmentMetadataValue),
  pair(shareGroupTargetAssignmentMemberKey, shareGroupTargetAssignmentMemberValue),
  pair(shareGroupCurrentMemberAssignmentKey, shareGroupCurrentMemberAssignmentValue),
  pair(shareGroupStatePartitionMetadataKey, shareGroupStatePartitionMetadataValue),
);

/** TransactionLogMessageFormatter. */
export const TRANSACTION_RECORDS = records(pair(transactionLogKey, transactionLogValue));

/** ShareGroupStateMessageFormatter. */
export const SHARE_STATE_RECORDS = records(
  pair(shareSnapshotKey, shareSnapshotValue),
  pair(shareUpdateKey, shareUpdateValue),
);
