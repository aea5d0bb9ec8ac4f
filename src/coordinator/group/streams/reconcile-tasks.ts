// One step of a streams member towards its target: first it gives back what it must, then it moves to the target's
// epoch, then it gets what others have given back. Kafka: streams.CurrentAssignmentBuilder. Pure.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import { isReconciledTo, type StreamsMember, StreamsMemberState } from './streams-member.ts';
import {
  type HeldTasks,
  hasNoTasks,
  NO_TASKS,
  overlap,
  type TargetTasks,
  type TaskEpochs,
  type Tasks,
} from './tasks.ts';

/** Who runs a task at present, or hasn't given it back yet. */
export interface TaskOwners {
  /** The process, undefined when nobody runs it. */
  activeProcess(subtopologyId: string, partition: number): string | undefined;
  isStandbyIn(processId: string, subtopologyId: string, partition: number): boolean;
  isWarmupIn(processId: string, subtopologyId: string, partition: number): boolean;
}

export interface ReconcileTasksInput {
  readonly targetEpoch: number;
  readonly target: TargetTasks;
  /** What the member says it runs; undefined when it didn't say, and then it may run everything still. */
  readonly owned: TargetTasks | undefined;
  readonly owners: TaskOwners;
}

/** The member after the step; the same object when nothing is to be done. */
export function reconcileTasks(member: StreamsMember, input: ReconcileTasksInput): StreamsMember {
  if (isReconciledTo(member, input.targetEpoch)) return member;
  switch (member.state) {
    case StreamsMemberState.STABLE:
    case StreamsMemberState.UNRELEASED_TASKS:
      return next(member, member.memberEpoch, input);
    case StreamsMemberState.UNREVOKED_TASKS:
      if (mayRun(member.pendingRevocation, input)) return member;
      return next(member, member.memberEpoch + 1, input);
    default:
      if (input.owned === undefined || !hasNoTasks(input.owned)) {
        throw new ApiError(
          Errors.FENCED_MEMBER_EPOCH,
          'The streams group member is in a unknown state. The member must abandon all its tasks and rejoin.',
        );
      }
      return next(member, input.targetEpoch, input);
  }
}

function mayRun(tasks: HeldTasks, { owned }: ReconcileTasksInput): boolean {
  return owned === undefined || overlap(owned, tasks);
}

function next(member: StreamsMember, epoch: number, input: ReconcileTasksInput): StreamsMember {
  const { target, targetEpoch, owners } = input;
  const { processId, assigned } = member;
  const isHere = (subtopologyId: string, partition: number): boolean =>
    owners.isStandbyIn(processId, subtopologyId, partition) ||
    owners.isWarmupIn(processId, subtopologyId, partition);
  // An active task runs once in the group; standbys and warm-ups once in a process.
  const active = compareActive(
    assigned.active,
    target.active,
    targetEpoch,
    (subtopologyId, partition) =>
      owners.activeProcess(subtopologyId, partition) !== undefined ||
      isHere(subtopologyId, partition),
  );
  const isTaken = (subtopologyId: string, partition: number): boolean =>
    owners.activeProcess(subtopologyId, partition) === processId ||
    isHere(subtopologyId, partition);
  const standby = compareTasks(assigned.standby, target.standby, isTaken);
  const warmup = compareTasks(assigned.warmup, target.warmup, isTaken);

  const toRevoke = { active: active.goes, standby: standby.goes, warmup: warmup.goes };
  if (!hasNoTasks(toRevoke) && mayRun(toRevoke, input)) {
    return {
      ...atEpoch(member, epoch),
      state: StreamsMemberState.UNREVOKED_TASKS,
      assigned: { active: active.stays, standby: standby.stays, warmup: warmup.stays },
      pendingRevocation: toRevoke,
    };
  }
  const isWaiting = active.isWaiting || standby.isWaiting || warmup.isWaiting;
  return {
    ...atEpoch(member, targetEpoch),
    state: isWaiting ? StreamsMemberState.UNRELEASED_TASKS : StreamsMemberState.STABLE,
    assigned: { active: active.after, standby: standby.after, warmup: warmup.after },
    pendingRevocation: NO_TASKS,
  };
}

function atEpoch(member: StreamsMember, memberEpoch: number): StreamsMember {
  return { ...member, memberEpoch, previousMemberEpoch: member.memberEpoch };
}

interface Difference<T> {
  /** What the member has and keeps. */
  readonly stays: T;
  readonly goes: T;
  /** What stays and what comes. */
  readonly after: T;
  /** Something of the target isn't free yet. */
  readonly isWaiting: boolean;
}

type IsTaken = (subtopologyId: string, partition: number) => boolean;

function compareTasks(current: Tasks, target: Tasks, isTaken: IsTaken): Difference<Tasks> {
  const toEpochs = (tasks: Tasks): TaskEpochs =>
    new Map(
      [...tasks].map(([id, partitions]) => [id, new Map([...partitions].map((p) => [p, 0]))]),
    );
  const toTasks = (tasks: TaskEpochs): Tasks =>
    new Map([...tasks].map(([id, partitions]) => [id, new Set(partitions.keys())]));
  const { stays, goes, after, isWaiting } = compareActive(toEpochs(current), target, 0, isTaken);
  return { stays: toTasks(stays), goes: toTasks(goes), after: toTasks(after), isWaiting };
}

function compareActive(
  current: TaskEpochs,
  target: Tasks,
  targetEpoch: number,
  isTaken: IsTaken,
): Difference<TaskEpochs> {
  const stays = new Map<string, ReadonlyMap<number, number>>();
  const goes = new Map<string, ReadonlyMap<number, number>>();
  const after = new Map<string, ReadonlyMap<number, number>>();
  let isWaiting = false;
  for (const id of new Set([...target.keys(), ...current.keys()])) {
    const wanted = target.get(id);
    const held = [...(current.get(id) ?? [])];
    const kept = held.filter(([partition]) => wanted?.has(partition));
    const given = held.filter(([partition]) => !wanted?.has(partition));
    const all = new Map(kept);
    for (const partition of wanted ?? []) {
      if (all.has(partition)) continue;
      if (isTaken(id, partition)) isWaiting = true;
      else all.set(partition, targetEpoch);
    }
    if (kept.length > 0) stays.set(id, new Map(kept));
    if (given.length > 0) goes.set(id, new Map(given));
    if (all.size > 0) after.set(id, all);
  }
  return { stays, goes, after, isWaiting };
}
