// What can be wrong with a ConsumerGroupHeartbeat whatever the group's state.
// Kafka: throwIfConsumerGroupHeartbeatRequestIsInvalid.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../../protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { GroupCoordinatorConfig } from '../group-coordinator-config.ts';
import { JOIN_EPOCH, LEAVE_EPOCH, LEAVE_STATIC_EPOCH } from '../modern-member.ts';

/** From here on members make their own ids. */
const OWN_MEMBER_ID_VERSION = 1;

/** Throws INVALID_REQUEST or UNSUPPORTED_ASSIGNOR. */
export function checkConsumerHeartbeat(
  request: ConsumerGroupHeartbeatRequest,
  version: number,
  config: GroupCoordinatorConfig,
): void {
  const { memberEpoch } = request;
  const hasMemberId = version >= OWN_MEMBER_ID_VERSION || memberEpoch > 0;
  if (hasMemberId || memberEpoch === LEAVE_EPOCH) refuseBlank(request.memberId, 'MemberId');
  refuseBlank(request.groupId, 'GroupId');
  refuseBlank(request.instanceId, 'InstanceId');
  refuseBlank(request.rackId, 'RackId');
  if (memberEpoch === JOIN_EPOCH) checkJoin(request);
  else if (memberEpoch === LEAVE_STATIC_EPOCH && request.instanceId === null) {
    throw invalid("InstanceId can't be null.");
  } else if (memberEpoch < LEAVE_STATIC_EPOCH) throw invalid('MemberEpoch is invalid.');
  const { serverAssignor } = request;
  if (serverAssignor === null || config.consumerGroupAssignors.includes(serverAssignor)) return;
  throw new ApiError(
    Errors.UNSUPPORTED_ASSIGNOR,
    `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${config.consumerGroupAssignors.join(', ')}.`,
  );
}

function checkJoin(request: ConsumerGroupHeartbeatRequest): void {
  if (request.rebalanceTimeoutMs === -1) {
    throw invalid('RebalanceTimeoutMs must be provided in first request.');
  }
  if (request.topicPartitions === null || request.topicPartitions.length > 0) {
    throw invalid('TopicPartitions must be empty when (re-)joining.');
  }
  if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
    throw invalid(
      'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
    );
  }
}

function refuseBlank(value: string | null, name: string): void {
  if (value !== null && value.trim() === '') throw invalid(`${name} can't be empty.`);
}

function invalid(message: string): ApiError {
  return new ApiError(Errors.INVALID_REQUEST, message);
}
