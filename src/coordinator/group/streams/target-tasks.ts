// Computes the target assignment of a streams group for an epoch and makes the records of what changed.
// Kafka: streams.TargetAssignmentBuilder. Pure.

import type { GroupRecord } from '../records.ts';
import type { ConfiguredTopology } from './internal-topics.ts';
import { assignTasks } from './sticky-task-assignor.ts';
import type { StreamsGroup } from './streams-group.ts';
import type { StreamsMember } from './streams-member.ts';
import { streamsTargetEpochRecord, streamsTargetRecord } from './streams-records.ts';
import { NO_TARGET, sameTarget, type TargetTasks } from './tasks.ts';

/** The only setting that an assignment depends on, by its name in the group's record. */
export const STANDBY_REPLICAS = 'num.standby.replicas';

export interface TargetTasksInput {
  readonly group: StreamsGroup;
  readonly members: ReadonlyMap<string, StreamsMember>;
  readonly topology: ConfiguredTopology;
  readonly assignmentConfigs: ReadonlyMap<string, string>;
  readonly epoch: number;
  readonly nowMs: number;
}

export interface TargetTasksResult {
  readonly targets: ReadonlyMap<string, TargetTasks>;
  readonly records: readonly GroupRecord[];
}

/** Nobody gets a task while the topics don't fit the topology. */
export function computeTargetTasks(input: TargetTasksInput): TargetTasksResult {
  const { group, members, epoch, nowMs } = input;
  const { groupId } = group;
  const targets = targetsOf(input);
  const records: GroupRecord[] = [];
  for (const memberId of members.keys()) {
    const before = group.targets.get(memberId);
    const target = targets.get(memberId) ?? NO_TARGET;
    if (before !== undefined && sameTarget(before, target)) continue;
    records.push(streamsTargetRecord(groupId, memberId, target));
  }
  records.push(streamsTargetEpochRecord(groupId, epoch, nowMs));
  return { targets, records };
}

function targetsOf({
  group,
  members,
  topology,
  assignmentConfigs,
}: TargetTasksInput): ReadonlyMap<string, TargetTasks> {
  if (topology.problem !== undefined || topology.subtopologies === undefined) return new Map();
  const sources = [...topology.subtopologies.values()].map(
    ({ subtopologyId, taskCount, stateChangelogTopics }) => ({
      subtopologyId,
      taskCount,
      isStateful: stateChangelogTopics.length > 0,
    }),
  );
  const specs = [...members.values()].map(({ memberId, processId }) => ({
    memberId,
    processId,
    before: group.target(memberId),
  }));
  return assignTasks(specs, sources, Number(assignmentConfigs.get(STANDBY_REPLICAS) ?? 0)).targets;
}
