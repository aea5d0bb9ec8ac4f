// JoinGroup v0-9
//
// Behavior: the classic protocol's way into a group; answered when the join barrier falls, up to the rebalance time-out
// later. An empty group waits group.initial.rebalance.delay.ms for more members.
//
// Version notes:
// v1 rebalance time-out; v4 member id first (KIP-394); v5 static members (KIP-345); v6 flexible; v7 protocol type
// (KIP-559); v8 reason (KIP-800); v9 skipAssignment (KIP-814).

import { JOIN_GROUP } from '../../protocol/generated/apis/join-group.ts';
import type { JoinGroupResponse } from '../../protocol/generated/apis/join-group-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';

export const joinGroup = handler(JOIN_GROUP, {
  minVersion: 0,
  maxVersion: 9,
  async handle(request, context) {
    const answer = await context.services.groups.joinGroup(groupContext(context), request);
    return named(answer, context.apiVersion);
  },
  failed: (request, errorCode, _message, apiVersion) =>
    named({ errorCode, memberId: request.memberId, protocolName: null }, apiVersion),
});

/** No protocol is null since v7 and an empty name before (JoinGroupResponse). */
function named(answer: Draft<JoinGroupResponse>, apiVersion: number): Draft<JoinGroupResponse> {
  return { ...answer, protocolName: answer.protocolName || (apiVersion >= 7 ? null : '') };
}
