// RoundRobinAssignor: all partitions in order of topic and number, dealt to the members in turn.

import { type Assignor, compareMembers, compareStrings, emptyAssignment } from './assignor.ts';

export const roundRobinAssignor: Assignor = {
  name: 'roundrobin',
  assign(members, partitionCounts) {
    const assignment = emptyAssignment(members);
    const circle = [...members].sort(compareMembers);
    const topics = new Set(circle.flatMap((member) => member.topics));
    let turn = 0;
    for (const topic of [...topics].sort(compareStrings)) {
      const count = partitionCounts.get(topic) ?? 0;
      for (let partition = 0; partition < count; partition++) {
        while (!circle[turn % circle.length]!.topics.includes(topic)) turn++;
        assignment.get(circle[turn % circle.length]!.memberId)!.push({ topic, partition });
        turn++;
      }
    }
    return assignment;
  },
};
