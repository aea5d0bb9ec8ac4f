// Admin.removeMembersFromConsumerGroup: members of a group of the classic protocol sent away (LeaveGroup).

import { LEAVE_GROUP } from '../../protocol/generated/apis/leave-group.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions } from '../types.ts';
import { askCoordinator, groupError } from './group-call.ts';

/** From here on one request names many members. */
const MEMBERS_MIN_VERSION = 3;

/** Rejects with the group's error, or the first member's. */
export async function removeGroupMembers(
  client: KafkaClient,
  groupId: string,
  memberIds: readonly string[],
  options: OperationOptions = {},
): Promise<void> {
  const reason = 'member was removed by an admin';
  await askCoordinator(
    client,
    { handler: 'leaveGroup', api: 'LEAVE_GROUP' },
    groupId,
    options,
    async (call, target) => {
      const response = await client.request(
        call,
        LEAVE_GROUP,
        (version) => ({
          groupId,
          members: memberIds.map((memberId) => ({ memberId, ...(version >= 5 ? { reason } : {}) })),
        }),
        { target, minVersion: MEMBERS_MIN_VERSION },
      );
      if (response.errorCode !== 0) return { errorCode: response.errorCode };
      const failed = response.members.find(({ errorCode }) => errorCode !== 0);
      if (failed !== undefined) throw groupError(failed.errorCode, groupId);
      return { errorCode: 0, value: undefined };
    },
  );
}
