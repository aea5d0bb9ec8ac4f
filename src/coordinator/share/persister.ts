// How the leader of a partition and the group coordinator get at the state that share coordinators keep, one share
// partition at a time. The broker implements it; answers are the share coordinators' own. Kafka: Persister.

/** Start offset of a share partition that nothing was decided for: share.auto.offset.reset says where it begins. */
export const UNINITIALIZED_START_OFFSET = -1;
export const UNKNOWN_COUNT = -1;

export interface SharePartitionKey {
  readonly groupId: string;
  readonly topicId: string;
  readonly partition: number;
}

/** The key that FindCoordinator takes and whose hash chooses the partition of __share_group_state. */
export function coordinatorKey({ groupId, topicId, partition }: SharePartitionKey): string {
  return `${groupId}:${topicId}:${partition}`;
}

/** A stretch of offsets with one delivery state (0 available, 2 acknowledged, 4 archived) and delivery count. */
export interface PersistedBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly deliveryState: number;
  readonly deliveryCount: number;
}

export interface Outcome {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export interface PersistedState extends Outcome {
  readonly stateEpoch: number;
  readonly startOffset: number;
  readonly stateBatches: readonly PersistedBatch[];
}

export interface PersistedSummary extends Outcome {
  readonly stateEpoch: number;
  readonly leaderEpoch: number;
  readonly startOffset: number;
  /** Records at or after the start offset that are done with; -1 unknown. */
  readonly deliveryCompleteCount: number;
}

export interface StateWrite {
  readonly stateEpoch: number;
  readonly leaderEpoch: number;
  readonly startOffset: number;
  readonly deliveryCompleteCount: number;
  readonly stateBatches: readonly PersistedBatch[];
}

/** Never rejects: what went wrong is in the outcome. */
export interface Persister {
  initialize(key: SharePartitionKey, stateEpoch: number, startOffset: number): Promise<Outcome>;
  read(key: SharePartitionKey, leaderEpoch: number): Promise<PersistedState>;
  write(key: SharePartitionKey, state: StateWrite): Promise<Outcome>;
  delete(key: SharePartitionKey): Promise<Outcome>;
  readSummary(key: SharePartitionKey, leaderEpoch: number): Promise<PersistedSummary>;
}
