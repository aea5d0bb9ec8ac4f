// What an assignor sees and gives: members with their subscriptions in, partitions per member out. Pure.

import type { AssignorName } from '../../../config/consumer-config.ts';
import type { TopicPartition } from '../../../types.ts';

export interface GroupMemberInfo {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly topics: readonly string[];
  /** What the member holds (cooperative), or says that it held before (sticky's user data). */
  readonly owned: readonly TopicPartition[];
  /** In which generation it held that; -1 when not known. */
  readonly generation: number;
}

/** By member id; every member is there, even with nothing. */
export type GroupAssignment = Map<string, TopicPartition[]>;

export interface Assignor {
  readonly name: AssignorName;
  /** `partitionCounts` has every subscribed topic that exists. */
  assign(
    members: readonly GroupMemberInfo[],
    partitionCounts: ReadonlyMap<string, number>,
  ): GroupAssignment;
}

/** AbstractPartitionAssignor.MemberInfo: static members by instance id first, then dynamic ones by member id. */
export function compareMembers(a: GroupMemberInfo, b: GroupMemberInfo): number {
  if (a.groupInstanceId !== null && b.groupInstanceId !== null) {
    return compareStrings(a.groupInstanceId, b.groupInstanceId);
  }
  if (a.groupInstanceId !== null) return -1;
  if (b.groupInstanceId !== null) return 1;
  return compareStrings(a.memberId, b.memberId);
}

/** As Java's String.compareTo: by UTF-16 unit. */
export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function emptyAssignment(members: readonly GroupMemberInfo[]): GroupAssignment {
  return new Map(members.map((member) => [member.memberId, []]));
}
