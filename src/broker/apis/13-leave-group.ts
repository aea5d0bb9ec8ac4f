// LeaveGroup v0-5
//
// Behavior: members leave a classic group at once; a static one by its instance id alone. From v3 on several members,
// each with an error of its own (KIP-345).
//
// Version notes: v3 several members; v4 flexible; v5 reason (KIP-800).

import { LEAVE_GROUP } from '../../protocol/generated/apis/leave-group.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';

export const leaveGroup = handler(LEAVE_GROUP, {
  minVersion: 0,
  maxVersion: 5,
  handle: (request, context) => context.services.groups.leaveGroup(groupContext(context), request),
  failed: (_request, errorCode) => ({ errorCode }),
});
