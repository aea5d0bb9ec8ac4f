// Admin.describeShareGroups: members and assignments of share groups (ShareGroupDescribe, KIP-932).

import { SHARE_GROUP_DESCRIBE } from '../../protocol/generated/apis/share-group-describe.ts';
import type { DescribedGroup } from '../../protocol/generated/apis/share-group-describe-response.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { Node, OperationOptions, Outcome, TopicPartition } from '../types.ts';
import { askCoordinator, type GroupOperation } from './group-call.ts';
import { clientError, failed } from './outcomes.ts';

export interface ShareGroupMember {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly clientId: string;
  readonly clientHost: string;
  readonly assignment: readonly TopicPartition[];
}

export interface ShareGroupDescription {
  readonly groupId: string;
  /** Kafka's state name. */
  readonly state: string;
  readonly groupEpoch: number;
  readonly targetAssignmentEpoch: number;
  readonly assignor: string;
  readonly members: readonly ShareGroupMember[];
  readonly coordinator: Node;
}

const OPERATION: GroupOperation = { handler: 'describeShareGroups', api: 'SHARE_GROUP_DESCRIBE' };

/** Never rejects; a result per group in the order asked. All are asked at once. */
export async function describeShareGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<ShareGroupDescription>>> {
  const asking = [...new Set(groupIds)].map(async (groupId) => {
    try {
      return [groupId, { value: await describeOne(client, groupId, options) }] as const;
    } catch (error) {
      return [groupId, failed<ShareGroupDescription>(clientError(error))] as const;
    }
  });
  return new Map<string, Outcome<ShareGroupDescription>>(await Promise.all(asking));
}

function describeOne(
  client: KafkaClient,
  groupId: string,
  options: OperationOptions,
): Promise<ShareGroupDescription> {
  return askCoordinator(client, OPERATION, groupId, options, async (call, target) => {
    const request = { groupIds: [groupId], includeAuthorizedOperations: false };
    const response = await client.request(call, SHARE_GROUP_DESCRIBE, request, { target });
    const group = response.groups[0];
    if (group === undefined) return { errorCode: -1 };
    const { errorCode, errorMessage } = group;
    if (errorCode !== 0) return { errorCode, errorMessage };
    const coordinator = await client.coordinator(call, 'group', groupId);
    return { errorCode, value: description(group, coordinator) };
  });
}

function description(group: DescribedGroup, coordinator: Node): ShareGroupDescription {
  return {
    groupId: group.groupId,
    state: group.groupState,
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    assignor: group.assignorName,
    members: group.members.map(({ memberId, memberEpoch, clientId, clientHost, assignment }) => ({
      memberId,
      memberEpoch,
      clientId,
      clientHost,
      assignment: assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
        partitions.map((partition) => ({ topic: topicName, partition })),
      ),
    })),
    coordinator,
  };
}
