// Admin.describeConsumerGroups: groups that consume, by the consumer protocol (ConsumerGroupDescribe) or, where that
// API isn't served or knows no such group, by the classic one (DescribeGroups).

import { Errors } from '../../protocol/errors.ts';
import { CONSUMER_GROUP_DESCRIBE } from '../../protocol/generated/apis/consumer-group-describe.ts';
import type {
  Assignment,
  DescribedGroup,
  Member,
} from '../../protocol/generated/apis/consumer-group-describe-response.ts';
import { ClientError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type {
  ConsumerGroupDescription,
  ConsumerGroupMember,
  GroupDescription,
  Node,
  OperationOptions,
  Outcome,
  TopicPartition,
} from '../types.ts';
import { describeAtCoordinator, outcomeOfEach } from './describe-each-group.ts';
import { describeGroup } from './describe-groups.ts';
import type { GroupOperation } from './group-call.ts';
import { clientError } from './outcomes.ts';

const HANDLER = 'describeConsumerGroups';
const CLASSIC_OPERATION: GroupOperation = { handler: HANDLER, api: 'DESCRIBE_GROUPS' };

/** ConsumerGroupDescribeResponse: 0 classic, 1 consumer, -1 unknown. */
const UNKNOWN_MEMBER_TYPE = -1;
const CONSUMER_MEMBER_TYPE = 1;

/** Never rejects; a result per group in the order asked. */
export function describeConsumerGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<ConsumerGroupDescription>>> {
  return outcomeOfEach(groupIds, (groupId) => describeOne(client, groupId, options));
}

async function describeOne(
  client: KafkaClient,
  groupId: string,
  options: OperationOptions,
): Promise<ConsumerGroupDescription> {
  try {
    return await describeAtCoordinator(client, groupId, options, {
      operation: { handler: HANDLER, api: 'CONSUMER_GROUP_DESCRIBE' },
      api: CONSUMER_GROUP_DESCRIBE,
      description: ofConsumer,
    });
  } catch (error) {
    const { code } = clientError(error);
    if (code === Errors.GROUP_ID_NOT_FOUND) {
      return ofClassic(await describeNoConsumer(client, groupId, options, error));
    }
    if (code !== Errors.UNSUPPORTED_VERSION) throw error;
  }
  return ofClassic(await describeGroup(client, groupId, options, CLASSIC_OPERATION));
}

/** When no group of either protocol has the name, the first answer counts: it says what the group is not. */
async function describeNoConsumer(
  client: KafkaClient,
  groupId: string,
  options: OperationOptions,
  noConsumer: unknown,
): Promise<GroupDescription> {
  try {
    return await describeGroup(client, groupId, options, CLASSIC_OPERATION);
  } catch (error) {
    throw clientError(error).code === Errors.GROUP_ID_NOT_FOUND ? noConsumer : error;
  }
}

function ofConsumer(group: DescribedGroup, coordinator: Node): ConsumerGroupDescription {
  return {
    groupId: group.groupId,
    type: 'Consumer',
    assignor: group.assignorName,
    state: group.groupState,
    members: group.members.map(memberOf),
    coordinator,
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
  };
}

function memberOf(member: Member): ConsumerGroupMember {
  const { memberId, instanceId, clientId, clientHost, memberEpoch, memberType } = member;
  return {
    memberId,
    groupInstanceId: instanceId,
    clientId,
    clientHost,
    assignment: partitionsOf(member.assignment),
    targetAssignment: partitionsOf(member.targetAssignment),
    memberEpoch,
    isUpgraded:
      memberType === UNKNOWN_MEMBER_TYPE ? undefined : memberType === CONSUMER_MEMBER_TYPE,
  };
}

function partitionsOf({ topicPartitions }: Assignment): TopicPartition[] {
  return topicPartitions.flatMap(({ topicName, partitions }) =>
    partitions.map((partition) => ({ topic: topicName, partition })),
  );
}

function ofClassic(group: GroupDescription): ConsumerGroupDescription {
  if (group.protocolType !== 'consumer' && group.protocolType !== '') {
    throw new ClientError(
      'java.lang.IllegalArgumentException',
      `GroupId ${group.groupId} is not a consumer group (${group.protocolType}).`,
    );
  }
  return {
    groupId: group.groupId,
    type: 'Classic',
    assignor: group.protocol,
    state: group.state,
    members: group.members.map((member) => ({
      ...member,
      targetAssignment: undefined,
      memberEpoch: undefined,
      isUpgraded: undefined,
    })),
    coordinator: group.coordinator,
    groupEpoch: undefined,
    targetAssignmentEpoch: undefined,
  };
}
