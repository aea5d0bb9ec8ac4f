// The `sticky` task assignor: active tasks stay where they are, or go where their state is (a standby), else to the
// process with least load; then standby replicas of stateful tasks likewise, never two of one task in a process.
// Kafka: StickyTaskAssignor, ProcessState. Pure.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { TargetTasks } from './tasks.ts';

export interface TaskMember {
  readonly memberId: string;
  readonly processId: string;
  /** Its target until now. */
  readonly before: TargetTasks;
}

export interface TaskSource {
  readonly subtopologyId: string;
  readonly taskCount: number;
  /** Has changelog topics: worth a standby. */
  readonly isStateful: boolean;
}

export interface TaskAssignment {
  readonly targets: ReadonlyMap<string, TargetTasks>;
  /** Standby replicas that found no process to run in. */
  readonly unassignedStandbys: number;
}

interface Task {
  readonly id: string;
  readonly subtopologyId: string;
  readonly partition: number;
}

interface Seat {
  readonly process: ProcessState;
  readonly memberId: string;
}

/** The members of one process and what they have got so far. */
class ProcessState {
  readonly taskCounts = new Map<string, number>();
  readonly #taskIds = new Set<string>();
  #count = 0;

  get load(): number {
    return this.#count / this.taskCounts.size;
  }

  hasTask(task: Task): boolean {
    return this.#taskIds.has(task.id);
  }

  /** How many tasks the member has now. */
  add(memberId: string, task: Task): number {
    this.#taskIds.add(task.id);
    this.#count++;
    const count = this.taskCounts.get(memberId)! + 1;
    this.taskCounts.set(memberId, count);
    return count;
  }

  leastLoadedMember(): string {
    let least: string | undefined;
    for (const [memberId, count] of this.taskCounts) {
      if (least === undefined || count < this.taskCounts.get(least)!) least = memberId;
    }
    return least!;
  }
}

/** How many tasks a member may take that keeps what it had: those who are full leave the rest to the others. */
class Quota {
  #tasks: number;
  #members: number;
  #perMember: number;

  constructor(tasks: number, members: number) {
    this.#tasks = tasks;
    this.#members = members;
    this.#perMember = perMember(tasks, members);
  }

  hasRoom({ process, memberId }: Seat): boolean {
    return process.taskCounts.get(memberId)! < this.#perMember;
  }

  /** A member has this many now. */
  onAdded(count: number): void {
    if (count !== this.#perMember) return;
    this.#members--;
    this.#tasks -= count;
    this.#perMember = perMember(this.#tasks, this.#members);
  }
}

function perMember(tasks: number, members: number): number {
  return members === 0 ? 0 : Math.ceil(tasks / members);
}

export function assignTasks(
  members: readonly TaskMember[],
  sources: readonly TaskSource[],
  standbyReplicas: number,
): TaskAssignment {
  return new StickyAssignment(members, sources, standbyReplicas).run();
}

class StickyAssignment {
  readonly #sources: readonly TaskSource[];
  readonly #standbyReplicas: number;
  readonly #processes = new Map<string, ProcessState>();
  readonly #formerActive = new Map<string, Seat>();
  readonly #formerStandbys = new Map<string, Seat[]>();
  readonly #activeQuota: Quota;
  readonly #totalQuota: Quota;
  readonly #targets = new Map<string, DraftTarget>();

  constructor(
    members: readonly TaskMember[],
    sources: readonly TaskSource[],
    standbyReplicas: number,
  ) {
    this.#sources = sources;
    this.#standbyReplicas = standbyReplicas;
    let active = 0;
    let standby = 0;
    for (const { taskCount, isStateful } of sources) {
      active += taskCount;
      if (isStateful) standby += taskCount * standbyReplicas;
    }
    this.#activeQuota = new Quota(active, members.length);
    this.#totalQuota = new Quota(active + standby, members.length);
    for (const member of members) this.#seat(member);
  }

  #seat({ memberId, processId, before }: TaskMember): void {
    let process = this.#processes.get(processId);
    if (process === undefined) {
      process = new ProcessState();
      this.#processes.set(processId, process);
    }
    process.taskCounts.set(memberId, 0);
    const seat = { process, memberId };
    this.#targets.set(memberId, { active: new Map(), standby: new Map() });
    for (const task of tasksIn(before.active)) this.#formerActive.set(task.id, seat);
    for (const task of tasksIn(before.standby)) {
      const seats = this.#formerStandbys.get(task.id);
      if (seats === undefined) this.#formerStandbys.set(task.id, [seat]);
      else seats.push(seat);
    }
  }

  run(): TaskAssignment {
    const tasks = this.#sources.flatMap(tasksOfSource);
    this.#assignActive(tasks);
    let unassignedStandbys = 0;
    if (this.#standbyReplicas > 0) {
      const stateful = this.#sources.filter(({ isStateful }) => isStateful).flatMap(tasksOfSource);
      unassignedStandbys = this.#assignStandbys(stateful);
    }
    const targets = new Map(
      [...this.#targets].map(([memberId, { active, standby }]) => [
        memberId,
        { active, standby, warmup: new Map() },
      ]),
    );
    return { targets, unassignedStandbys };
  }

  #assignActive(tasks: readonly Task[]): void {
    const stayed = (task: Task): boolean =>
      this.#takeIfRoom(this.#formerActive.get(task.id), task, 'active', this.#activeQuota);
    const followed = (task: Task): boolean =>
      this.#takeIfRoom(this.#leastLoadedStandby(task), task, 'active', this.#activeQuota);
    const moving = [...tasks].sort(byPartition).filter((task) => !stayed(task));
    const rest = moving.filter((task) => !followed(task));
    for (const task of rest.sort(bySubtopology)) {
      const process = this.#leastLoaded(() => true);
      if (process === undefined) {
        throw new ApiError(
          Errors.UNKNOWN_SERVER_ERROR,
          `No process available to assign active task ${task.subtopologyId}-${task.partition}.`,
        );
      }
      this.#take({ process, memberId: process.leastLoadedMember() }, task, 'active');
    }
  }

  /** How many replicas found no place. */
  #assignStandbys(tasks: readonly Task[]): number {
    const open: { task: Task; replicas: number }[] = [];
    for (const task of [...tasks].sort(byPartition).reverse()) {
      let replicas = this.#standbyReplicas;
      while (replicas > 0 && this.#assignFormerHolder(task)) replicas--;
      if (replicas > 0) open.push({ task, replicas });
    }
    open.sort((a, b) => -bySubtopology(a.task, b.task));
    let unassigned = 0;
    for (const { task, replicas } of open) {
      for (let replica = 0; replica < replicas; replica++) {
        const process = this.#leastLoaded((one) => !one.hasTask(task));
        if (process === undefined) {
          unassigned += replicas - replica;
          break;
        }
        this.#take({ process, memberId: process.leastLoadedMember() }, task, 'standby');
      }
    }
    return unassigned;
  }

  #assignFormerHolder(task: Task): boolean {
    const active = this.#formerActive.get(task.id);
    const isFree = active !== undefined && !active.process.hasTask(task);
    if (isFree && this.#takeIfRoom(active, task, 'standby', this.#totalQuota)) return true;
    return this.#takeIfRoom(this.#leastLoadedStandby(task), task, 'standby', this.#totalQuota);
  }

  /** Of the members that had it as a standby, the one with least to do, whose process hasn't got it. */
  #leastLoadedStandby(task: Task): Seat | undefined {
    const seats = this.#formerStandbys.get(task.id);
    if (seats === undefined) return undefined;
    let best: Seat | undefined;
    for (const seat of seats) {
      if (seat.process.hasTask(task)) continue;
      if (best === undefined || isLighter(seat, best)) best = seat;
    }
    return best;
  }

  #takeIfRoom(
    seat: Seat | undefined,
    task: Task,
    role: 'active' | 'standby',
    quota: Quota,
  ): boolean {
    if (seat === undefined || !quota.hasRoom(seat)) return false;
    this.#take(seat, task, role);
    return true;
  }

  #take({ process, memberId }: Seat, task: Task, role: 'active' | 'standby'): void {
    const count = process.add(memberId, task);
    if (role === 'active') this.#activeQuota.onAdded(count);
    this.#totalQuota.onAdded(count);
    const tasks = this.#targets.get(memberId)![role];
    const partitions = tasks.get(task.subtopologyId);
    if (partitions === undefined) tasks.set(task.subtopologyId, new Set([task.partition]));
    else partitions.add(task.partition);
  }

  #leastLoaded(isFit: (process: ProcessState) => boolean): ProcessState | undefined {
    let least: ProcessState | undefined;
    for (const process of this.#processes.values()) {
      if (!isFit(process)) continue;
      if (least === undefined || process.load < least.load) least = process;
    }
    return least;
  }
}

interface DraftTarget {
  readonly active: Map<string, Set<number>>;
  readonly standby: Map<string, Set<number>>;
}

function isLighter(a: Seat, b: Seat): boolean {
  if (a.process.load !== b.process.load) return a.process.load < b.process.load;
  return a.process.taskCounts.get(a.memberId)! < b.process.taskCounts.get(b.memberId)!;
}

function taskOf(subtopologyId: string, partition: number): Task {
  return { id: `${subtopologyId}_${partition}`, subtopologyId, partition };
}

function tasksOfSource({ subtopologyId, taskCount }: TaskSource): Task[] {
  return Array.from({ length: taskCount }, (_, partition) => taskOf(subtopologyId, partition));
}

function tasksIn(tasks: ReadonlyMap<string, ReadonlySet<number>>): Task[] {
  return [...tasks].flatMap(([subtopologyId, partitions]) =>
    [...partitions].map((partition) => taskOf(subtopologyId, partition)),
  );
}

/** Partition by partition, so that tasks of one subtopology spread over the members. */
function byPartition(a: Task, b: Task): number {
  return a.partition - b.partition || compare(a.subtopologyId, b.subtopologyId);
}

function bySubtopology(a: Task, b: Task): number {
  return compare(a.subtopologyId, b.subtopologyId) || a.partition - b.partition;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
