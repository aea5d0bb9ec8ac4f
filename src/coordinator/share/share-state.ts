// The state of one share partition as the share coordinator holds it, and how an update changes it.
// Values that are replaced, never changed. Kafka: ShareGroupOffset.

import type { ShareSnapshotValue } from '../../protocol/generated/coordinator/share-snapshot-value.ts';
import type { ShareUpdateValue } from '../../protocol/generated/coordinator/share-update-value.ts';
import { type PersistedBatch, UNINITIALIZED_START_OFFSET } from './persister.ts';
import { combineBatches } from './state-batches.ts';

export interface ShareState {
  /** Grows with every snapshot. */
  readonly snapshotEpoch: number;
  /** Grows when the group's offsets are altered: writes of who didn't see that are refused. */
  readonly stateEpoch: number;
  /** Of the topic's partition, as its leader last told. */
  readonly leaderEpoch: number;
  readonly startOffset: number;
  /** -1 unknown. */
  readonly deliveryCompleteCount: number;
  /** Sorted, without overlaps, none before the start offset. */
  readonly stateBatches: readonly PersistedBatch[];
  readonly createTimestampMs: number;
  readonly writeTimestampMs: number;
}

export function stateOfSnapshot(value: ShareSnapshotValue): ShareState {
  const { createTimestamp, writeTimestamp, ...rest } = value;
  return { ...rest, createTimestampMs: createTimestamp, writeTimestampMs: writeTimestamp };
}

/** -1 for the start offset or the leader epoch: as before. */
export function withUpdate(state: ShareState, update: ShareUpdateValue): ShareState {
  const startOffset =
    update.startOffset === UNINITIALIZED_START_OFFSET ? state.startOffset : update.startOffset;
  return {
    ...state,
    startOffset,
    leaderEpoch: update.leaderEpoch === -1 ? state.leaderEpoch : update.leaderEpoch,
    deliveryCompleteCount: update.deliveryCompleteCount,
    stateBatches: combineBatches(state.stateBatches, update.stateBatches, startOffset),
  };
}
