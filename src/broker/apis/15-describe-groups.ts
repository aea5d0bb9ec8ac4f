// DescribeGroups v0-6
//
// Behavior: classic groups with members, subscriptions and assignments. A group that isn't there, or isn't classic, is
// Dead; from v6 on with GROUP_ID_NOT_FOUND (KIP-1043).
//
// Version notes: v3 authorized operations (KIP-430); v4 static members; v5 flexible; v6 error messages.

import { DESCRIBE_GROUPS } from '../../protocol/generated/apis/describe-groups.ts';
import { withGroupOperations } from '../authorization.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';

export const describeGroups = handler(DESCRIBE_GROUPS, {
  minVersion: 0,
  maxVersion: 6,
  async handle(request, context) {
    const service = context.services.groups;
    const { groups } = await service.describeGroups(groupContext(context), request);
    return { groups: withGroupOperations(groups!, request.includeAuthorizedOperations) };
  },
  failed: (request, errorCode) => ({
    groups: request.groups.map((groupId) => ({ groupId, errorCode })),
  }),
});
