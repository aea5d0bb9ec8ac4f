// Sets of tasks by subtopology: what a member of a streams group should run, what it runs, and what it must give back.
// Pure values, never changed. Kafka: TasksTuple, TasksTupleWithEpochs.

import {
  isSubset,
  listPartitions,
  NO_PARTITION_EPOCHS,
  NO_PARTITIONS,
  type PartitionEpochs,
  sameEpochs,
  samePartitions,
  type TopicPartitions,
  topicPartitionsOf,
} from '../consumer/partitions.ts';

/** Partitions by subtopology id. */
export type Tasks = TopicPartitions;
/** By subtopology id and partition the epoch in which the member got the task. */
export type TaskEpochs = PartitionEpochs;

export interface ListedTasks {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
}

/** A target: which tasks in which role. */
export interface TargetTasks {
  readonly active: Tasks;
  readonly standby: Tasks;
  readonly warmup: Tasks;
}

/** What a member has. Only active tasks commit offsets, so only they have epochs. */
export interface HeldTasks {
  readonly active: TaskEpochs;
  readonly standby: Tasks;
  readonly warmup: Tasks;
}

export const NO_TARGET: TargetTasks = {
  active: NO_PARTITIONS,
  standby: NO_PARTITIONS,
  warmup: NO_PARTITIONS,
};

export const NO_TASKS: HeldTasks = {
  active: NO_PARTITION_EPOCHS,
  standby: NO_PARTITIONS,
  warmup: NO_PARTITIONS,
};

export function tasksOf(listed: readonly ListedTasks[]): Tasks {
  return topicPartitionsOf(
    listed.map(({ subtopologyId, partitions }) => ({ topicId: subtopologyId, partitions })),
  );
}

/** Sorted by subtopology and partition, as in Kafka's records. */
export function listTasks(
  tasks: Tasks | TaskEpochs,
): { subtopologyId: string; partitions: number[] }[] {
  return listPartitions(tasks)
    .map(({ topicId, partitions }) => ({ subtopologyId: topicId, partitions }))
    .sort((a, b) => (a.subtopologyId < b.subtopologyId ? -1 : 1));
}

export function sameTarget(a: TargetTasks, b: TargetTasks): boolean {
  return (
    samePartitions(a.active, b.active) &&
    samePartitions(a.standby, b.standby) &&
    samePartitions(a.warmup, b.warmup)
  );
}

export function sameHeld(a: HeldTasks, b: HeldTasks): boolean {
  return (
    sameEpochs(a.active, b.active) &&
    samePartitions(a.standby, b.standby) &&
    samePartitions(a.warmup, b.warmup)
  );
}

export function hasNoTasks({ active, standby, warmup }: HeldTasks | TargetTasks): boolean {
  return active.size === 0 && standby.size === 0 && warmup.size === 0;
}

/** Whether each of `listed`, which may be null, is in `held`. */
export function areContained(
  listed: readonly ListedTasks[] | null,
  held: Tasks | TaskEpochs,
): boolean {
  if (listed === null) return false;
  const epochs = held as PartitionEpochs;
  return isSubset(
    listed.map(({ subtopologyId, partitions }) => ({ topicId: subtopologyId, partitions })),
    epochs,
  );
}

/** Whether the two have a task in common, in the same role. */
export function overlap(a: TargetTasks, b: HeldTasks): boolean {
  return (
    shareTask(a.active, b.active) ||
    shareTask(a.standby, b.standby) ||
    shareTask(a.warmup, b.warmup)
  );
}

function shareTask(a: Tasks, b: Tasks | TaskEpochs): boolean {
  for (const [subtopologyId, partitions] of a) {
    const others = b.get(subtopologyId);
    if (others === undefined) continue;
    for (const partition of partitions) if (others.has(partition)) return true;
  }
  return false;
}
