// ConsumerGroupDescribe's picture of a group. Topics that are gone are left out.

import type {
  DescribedGroup,
  TopicPartitions as DescribedPartitions,
  Member,
} from '../../../protocol/generated/apis/consumer-group-describe-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import { listPartitions, type PartitionEpochs, type TopicPartitions } from './partitions.ts';
import { preferredAssignor } from './target-assignment.ts';

const CLASSIC = 0;
const CONSUMER = 1;

export function describeConsumerGroup(
  group: ConsumerGroup,
  topics: TopicLookup,
): Draft<DescribedGroup> {
  return {
    groupId: group.groupId,
    groupState: group.stateName(),
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: preferredAssignor(group.members.values()),
    members: [...group.members.values()].map((member) => describeMember(member, group, topics)),
  };
}

function describeMember(
  member: ConsumerMember,
  group: ConsumerGroup,
  topics: TopicLookup,
): Draft<Member> {
  const held = new Map(member.assigned);
  for (const [topicId, partitions] of member.pendingRevocation) {
    held.set(topicId, new Map([...(held.get(topicId) ?? []), ...partitions]));
  }
  return {
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.memberEpoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.subscribedTopicNames,
    subscribedTopicRegex: member.subscribedTopicRegex,
    assignment: { topicPartitions: named(held, topics) },
    targetAssignment: { topicPartitions: named(group.target(member.memberId), topics) },
    memberType: member.classicMetadata === null ? CONSUMER : CLASSIC,
  };
}

function named(
  held: PartitionEpochs | TopicPartitions,
  topics: TopicLookup,
): Draft<DescribedPartitions>[] {
  return listPartitions(held).flatMap(({ topicId, partitions }) => {
    const topicName = topics.byId(topicId)?.name;
    return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
  });
}
