// What can be wrong with a ShareGroupHeartbeat whatever the group's state.
// Kafka: throwIfShareGroupHeartbeatRequestIsInvalid.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { ShareGroupHeartbeatRequest } from '../../../protocol/generated/apis/share-group-heartbeat-request.ts';
import { JOIN_EPOCH, LEAVE_EPOCH } from '../modern-member.ts';

/** Throws INVALID_REQUEST. */
export function checkShareHeartbeat(request: ShareGroupHeartbeatRequest): void {
  refuseBlank(request.memberId, 'MemberId');
  refuseBlank(request.groupId, 'GroupId');
  refuseBlank(request.rackId, 'RackId');
  if (request.memberEpoch < LEAVE_EPOCH) throw invalid('MemberEpoch is invalid.');
  const hasTopics =
    request.subscribedTopicNames !== null && request.subscribedTopicNames.length > 0;
  if (request.memberEpoch === JOIN_EPOCH && !hasTopics) {
    throw invalid('SubscribedTopicNames must be set in first request.');
  }
}

function refuseBlank(value: string | null, name: string): void {
  if (value !== null && value.trim() === '') throw invalid(`${name} can't be empty.`);
}

function invalid(message: string): ApiError {
  return new ApiError(Errors.INVALID_REQUEST, message);
}
