// Which process runs which task of a group, told by its members' records. Changes can be taken back.
// Kafka: StreamsGroup.currentActiveTaskToProcessId and its siblings.

import { TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import type { TaskOwners } from './reconcile-tasks.ts';
import type { StreamsMember } from './streams-member.ts';
import type { HeldTasks, TaskEpochs, Tasks } from './tasks.ts';

type Role = 'standby' | 'warmup';

function taskKey(subtopologyId: string, partition: number): string {
  return `${subtopologyId}\0${partition}`;
}

export class TaskOwnership implements TaskOwners {
  /** Process id by task. */
  readonly #active: TrackedMap<string, string>;
  /** By role, task and process. */
  readonly #copies: TrackedMap<string, true>;

  constructor(undo: UndoLog) {
    this.#active = new TrackedMap(undo);
    this.#copies = new TrackedMap(undo);
  }

  activeProcess(subtopologyId: string, partition: number): string | undefined {
    return this.#active.get(taskKey(subtopologyId, partition));
  }

  isStandbyIn(processId: string, subtopologyId: string, partition: number): boolean {
    return this.#copies.has(copyKey('standby', processId, taskKey(subtopologyId, partition)));
  }

  isWarmupIn(processId: string, subtopologyId: string, partition: number): boolean {
    return this.#copies.has(copyKey('warmup', processId, taskKey(subtopologyId, partition)));
  }

  add({ processId, assigned, pendingRevocation }: StreamsMember): void {
    for (const tasks of [assigned, pendingRevocation]) {
      for (const key of keysOf(tasks.active)) this.#active.set(key, processId);
      for (const key of copyKeys(tasks, processId)) this.#copies.set(key, true);
    }
  }

  remove({ processId, assigned, pendingRevocation }: StreamsMember): void {
    for (const tasks of [assigned, pendingRevocation]) {
      for (const key of keysOf(tasks.active)) {
        // Somebody else may have got it meanwhile.
        if (this.#active.get(key) === processId) this.#active.delete(key);
      }
      for (const key of copyKeys(tasks, processId)) this.#copies.delete(key);
    }
  }
}

function* keysOf(tasks: Tasks | TaskEpochs): Iterable<string> {
  for (const [subtopologyId, partitions] of tasks) {
    for (const partition of partitions.keys()) yield taskKey(subtopologyId, partition);
  }
}

function* copyKeys(tasks: HeldTasks, processId: string): Iterable<string> {
  for (const role of ['standby', 'warmup'] as const) {
    for (const key of keysOf(tasks[role])) yield copyKey(role, processId, key);
  }
}

function copyKey(role: Role, processId: string, key: string): string {
  return `${role}\0${processId}\0${key}`;
}
