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

interface HasMembers<M> extends Group {
  readonly members: { get(memberId: string): M | undefined };
  putMember(member: M): void;
  deleteMember(memberId: string): void;
}

/** What one type of record does to a member. */
export interface MemberChange<M, V> {
  /** One that no record has told of before. */
  readonly newMember: (memberId: string) => M;
  readonly apply: (member: M, value: V) => M;
  /** For a tombstone; absent: the member is gone. */
  readonly clear?: (member: M) => M;
}

/** A null value is a tombstone. */
export function replayMember<M, V>(
  groups: GroupsOfKind<HasMembers<M>>,
  { groupId, memberId }: { readonly groupId: string; readonly memberId: string },
  value: V | null,
  { newMember, apply, clear }: MemberChange<M, V>,
): void {
  if (value !== null) {
    const group = groups.getOrCreate(groupId);
    group.putMember(apply(group.members.get(memberId) ?? newMember(memberId), value));
    return;
  }
  const group = groups.find(groupId);
  const member = group?.members.get(memberId);
  if (group === undefined || member === undefined) return;
  if (clear === undefined) group.deleteMember(memberId);
  else group.putMember(clear(member));
}
