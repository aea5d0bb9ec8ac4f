// RangeAssignor: per topic, members in order get consecutive partitions; the first ones get one more when it doesn't divide.
// Without the rack-aware variant (KIP-881), which needs racks on every partition.

import {
  type Assignor,
  compareMembers,
  compareStrings,
  emptyAssignment,
  type GroupMemberInfo,
} from './assignor.ts';

export const rangeAssignor: Assignor = {
  name: 'range',
  assign(members, partitionCounts) {
    const assignment = emptyAssignment(members);
    for (const [topic, subscribers] of subscribersByTopic(members)) {
      const count = partitionCounts.get(topic);
      if (count === undefined) continue;
      const share = Math.floor(count / subscribers.length);
      const withOneMore = count % subscribers.length;
      let next = 0;
      for (const [index, member] of subscribers.entries()) {
        const end = next + share + (index < withOneMore ? 1 : 0);
        const own = assignment.get(member.memberId)!;
        for (; next < end; next++) own.push({ topic, partition: next });
      }
    }
    return assignment;
  },
};

function subscribersByTopic(members: readonly GroupMemberInfo[]): Map<string, GroupMemberInfo[]> {
  const byTopic = new Map<string, GroupMemberInfo[]>();
  for (const member of [...members].sort(compareMembers)) {
    for (const topic of new Set(member.topics)) {
      const list = byTopic.get(topic);
      if (list === undefined) byTopic.set(topic, [member]);
      else list.push(member);
    }
  }
  return new Map([...byTopic].sort(([a], [b]) => compareStrings(a, b)));
}
