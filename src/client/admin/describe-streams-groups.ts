// Admin.describeStreamsGroups: topology, members and tasks of streams groups (StreamsGroupDescribe, KIP-1071).

import { STREAMS_GROUP_DESCRIBE } from '../../protocol/generated/apis/streams-group-describe.ts';
import type {
  Assignment,
  DescribedGroup,
} from '../../protocol/generated/apis/streams-group-describe-response.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { Node, OperationOptions, Outcome } from '../types.ts';
import { describeEachGroup } from './describe-each-group.ts';

export interface StreamsSubtopology {
  readonly id: string;
  readonly sourceTopics: readonly string[];
  readonly repartitionSourceTopics: readonly string[];
  readonly stateChangelogTopics: readonly string[];
}

export interface StreamsGroupMember {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly processId: string;
  readonly topologyEpoch: number;
  readonly assignment: Assignment;
  readonly targetAssignment: Assignment;
  readonly isClassic: boolean;
}

export interface StreamsGroupDescription {
  readonly groupId: string;
  /** Kafka's state name. */
  readonly state: string;
  readonly groupEpoch: number;
  readonly targetAssignmentEpoch: number;
  /** -1 without a topology. */
  readonly topologyEpoch: number;
  readonly subtopologies: readonly StreamsSubtopology[];
  readonly members: readonly StreamsGroupMember[];
  readonly coordinator: Node;
}

/** Never rejects; a result per group in the order asked. */
export function describeStreamsGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<StreamsGroupDescription>>> {
  return describeEachGroup(client, groupIds, options, {
    operation: { handler: 'describeStreamsGroups', api: 'STREAMS_GROUP_DESCRIBE' },
    api: STREAMS_GROUP_DESCRIBE,
    description,
  });
}

function description(group: DescribedGroup, coordinator: Node): StreamsGroupDescription {
  const { topology } = group;
  return {
    groupId: group.groupId,
    state: group.groupState,
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    topologyEpoch: topology?.epoch ?? -1,
    subtopologies: (topology?.subtopologies ?? []).map((each) => ({
      id: each.subtopologyId,
      sourceTopics: each.sourceTopics,
      repartitionSourceTopics: each.repartitionSourceTopics.map(({ name }) => name),
      stateChangelogTopics: each.stateChangelogTopics.map(({ name }) => name),
    })),
    members: group.members.map((member) => ({
      memberId: member.memberId,
      memberEpoch: member.memberEpoch,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      processId: member.processId,
      topologyEpoch: member.topologyEpoch,
      assignment: member.assignment,
      targetAssignment: member.targetAssignment,
      isClassic: member.isClassic,
    })),
    coordinator,
  };
}
