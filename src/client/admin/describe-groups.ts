// Admin.describeClassicGroups: state, members and assignments of groups of the classic protocol (DescribeGroups).

import { DESCRIBE_GROUPS } from '../../protocol/generated/apis/describe-groups.ts';
import type { DescribedGroup } from '../../protocol/generated/apis/describe-groups-response.ts';
import { decodeAssignment } from '../consumer/group/member-protocol.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { GroupDescription, GroupMember, Node, OperationOptions, Outcome } from '../types.ts';
import { outcomeOfEach } from './describe-each-group.ts';
import { askCoordinator, type GroupOperation } from './group-call.ts';

export interface DescribeGroupsOptions extends OperationOptions {
  readonly includeAuthorizedOperations?: boolean;
}

/** Never rejects; a result per group in the order asked. */
export function describeGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: DescribeGroupsOptions = {},
): Promise<Map<string, Outcome<GroupDescription>>> {
  return outcomeOfEach(groupIds, (groupId) => describeGroup(client, groupId, options));
}

const OPERATION: GroupOperation = { handler: 'describeClassicGroups', api: 'DESCRIBE_GROUPS' };

/** One group; rejects with its error. */
export function describeGroup(
  client: KafkaClient,
  groupId: string,
  options: DescribeGroupsOptions,
  operation: GroupOperation = OPERATION,
): Promise<GroupDescription> {
  const includeAuthorizedOperations = options.includeAuthorizedOperations ?? false;
  return askCoordinator(client, operation, groupId, options, async (call, target) => {
    const response = await client.request(
      call,
      DESCRIBE_GROUPS,
      (version) => ({
        groups: [groupId],
        ...(version >= 3 ? { includeAuthorizedOperations } : {}),
      }),
      { target },
    );
    const group = response.groups[0];
    if (group === undefined) return { errorCode: -1 };
    const { errorCode, errorMessage } = group;
    if (errorCode !== 0) return { errorCode, errorMessage };
    const coordinator = await client.coordinator(call, 'group', groupId);
    return { errorCode, value: description(group, coordinator, includeAuthorizedOperations) };
  });
}

function description(
  group: DescribedGroup,
  coordinator: Node,
  hasOperations: boolean,
): GroupDescription {
  return {
    groupId: group.groupId,
    protocolType: group.protocolType,
    protocol: group.protocolData,
    state: group.groupState,
    members: group.members.map((member): GroupMember => {
      const { memberId, groupInstanceId, clientId, clientHost, memberAssignment } = member;
      const assignment =
        group.protocolType === 'consumer' ? decodeAssignment(memberAssignment) : [];
      return { memberId, groupInstanceId, clientId, clientHost, assignment };
    }),
    coordinator,
    authorizedOperations: hasOperations ? group.authorizedOperations : undefined,
  };
}
