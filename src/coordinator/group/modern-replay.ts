// Applies the types of records that consumer, share and streams groups have in common: the group's epoch, its members,
// the target assignment and its epoch. A null value is a tombstone; one for what isn't there says nothing.
// Kafka: GroupMetadataManager.replay.

import type { Group } from './group.ts';
import type { GroupsOfKind } from './groups-of-kind.ts';
import type { GroupMetadata, ModernGroup } from './modern-group.ts';

interface WithMemberId {
  readonly memberId: string;
}

type GroupWith<M extends WithMemberId, T extends object, D extends GroupMetadata> = Group &
  ModernGroup<M, T, D>;

interface GroupKey {
  readonly groupId: string;
}

interface MemberKey extends GroupKey, WithMemberId {}

export function replayGroup<M extends WithMemberId, T extends object, D extends GroupMetadata, V>(
  groups: GroupsOfKind<GroupWith<M, T, D>>,
  { groupId }: GroupKey,
  value: V | null,
  metadataOf: (value: V) => D,
): void {
  if (value === null) groups.delete(groupId);
  else groups.getOrCreate(groupId).setMetadata(metadataOf(value));
}

/** What one type of record does to a member. */
export interface MemberChange<M, V> {
  /** One that no record has told of before. */
  readonly newMember: (memberId: string) => M;
  readonly apply: (member: M, value: V) => M;
  /** For a tombstone; absent: the member is gone. */
  readonly clear?: (member: M) => M;
}

export function replayMember<M extends WithMemberId, T extends object, D extends GroupMetadata, V>(
  groups: GroupsOfKind<GroupWith<M, T, D>>,
  { groupId, memberId }: MemberKey,
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

export function replayTarget<M extends WithMemberId, T extends object, D extends GroupMetadata, V>(
  groups: GroupsOfKind<GroupWith<M, T, D>>,
  { groupId, memberId }: MemberKey,
  value: V | null,
  targetOf: (value: V) => T,
): void {
  if (value === null) groups.find(groupId)?.targets.delete(memberId);
  else groups.getOrCreate(groupId).targets.set(memberId, targetOf(value));
}

export function replayTargetEpoch<
  M extends WithMemberId,
  T extends object,
  D extends GroupMetadata,
>(
  groups: GroupsOfKind<GroupWith<M, T, D>>,
  { groupId }: GroupKey,
  value: { readonly assignmentEpoch: number; readonly assignmentTimestamp: number } | null,
): void {
  if (value === null) groups.find(groupId)?.setAssignment(-1, 0);
  else {
    const { assignmentEpoch, assignmentTimestamp } = value;
    groups.getOrCreate(groupId).setAssignment(assignmentEpoch, assignmentTimestamp);
  }
}
