// ShareGroupDescribe's picture of a group. Topics that are gone are left out.

import type {
  DescribedGroup,
  Member,
} from '../../../protocol/generated/apis/share-group-describe-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import { listPartitions } from '../consumer/partitions.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import type { ShareGroup } from './share-group.ts';
import type { ShareMember } from './share-member.ts';

export const SHARE_ASSIGNOR = 'simple';

export function describeShareGroup(group: ShareGroup, topics: TopicLookup): Draft<DescribedGroup> {
  return {
    groupId: group.groupId,
    groupState: group.stateName(),
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: SHARE_ASSIGNOR,
    members: [...group.members.values()].map((member) => describeMember(member, topics)),
  };
}

function describeMember(member: ShareMember, topics: TopicLookup): Draft<Member> {
  const topicPartitions = listPartitions(member.assigned).flatMap(({ topicId, partitions }) => {
    const topicName = topics.byId(topicId)?.name;
    return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
  });
  return {
    memberId: member.memberId,
    rackId: member.rackId,
    memberEpoch: member.memberEpoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.subscribedTopicNames,
    assignment: { topicPartitions },
  };
}
