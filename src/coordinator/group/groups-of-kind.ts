// The groups of one kind among all of a shard's, as the records of that kind are applied to them. A tombstone for what
// isn't there says nothing: compaction may have taken the records before it.

import type { UndoLog } from '../runtime/undo-log.ts';
import type { Group } from './group.ts';
import type { GroupRegistry } from './group-registry.ts';

export class GroupsOfKind<G extends Group> {
  readonly #all: GroupRegistry;
  readonly #undo: UndoLog;
  readonly #kind: new (
    groupId: string,
    undo: UndoLog,
  ) => G;

  constructor(all: GroupRegistry, undo: UndoLog, kind: new (groupId: string, undo: UndoLog) => G) {
    this.#all = all;
    this.#undo = undo;
    this.#kind = kind;
  }

  find(groupId: string): G | undefined {
    const group = this.#all.find(groupId);
    return group instanceof this.#kind ? group : undefined;
  }

  /** In place of a classic group that was converted, too: the conversion's own tombstone may be compacted away. */
  getOrCreate(groupId: string): G {
    const existing = this.find(groupId);
    if (existing !== undefined) return existing;
    const group = new this.#kind(groupId, this.#undo);
    this.#all.put(group);
    return group;
  }

  delete(groupId: string): void {
    if (this.find(groupId) !== undefined) this.#all.delete(groupId);
  }
}
