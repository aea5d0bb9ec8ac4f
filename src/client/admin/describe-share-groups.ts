// Admin.describeShareGroups: members and assignments of share groups (ShareGroupDescribe, KIP-932).

import { SHARE_GROUP_DESCRIBE } from '../../protocol/generated/apis/share-group-describe.ts';
import type { DescribedGroup } from '../../protocol/generated/apis/share-group-describe-response.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { Node, OperationOptions, Outcome, TopicPartition } from '../types.ts';
import { describeEachGroup } from './describe-each-group.ts';

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

/** Never rejects; a result per group in the order asked. */
export function describeShareGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<ShareGroupDescription>>> {
  return describeEachGroup(client, groupIds, options, {
    operation: { handler: 'describeShareGroups', api: 'SHARE_GROUP_DESCRIBE' },
    api: SHARE_GROUP_DESCRIBE,
    description,
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
