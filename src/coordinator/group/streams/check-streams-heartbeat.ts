// What can be wrong with a StreamsGroupHeartbeat whatever the group's state. Kafka: GroupCoordinatorService's
// throwIfStreamsGroupHeartbeatRequestIs…, KafkaApis.handleStreamsGroupHeartbeat.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type {
  StreamsGroupHeartbeatRequest,
  Topology,
} from '../../../protocol/generated/apis/streams-group-heartbeat-request.ts';
import { JOIN_EPOCH, LEAVE_STATIC_EPOCH } from '../modern-member.ts';

/** Throws INVALID_REQUEST or STREAMS_INVALID_TOPOLOGY. */
export function checkStreamsHeartbeat(request: StreamsGroupHeartbeatRequest): void {
  refuseUnsupported(request);
  refuseBlank(request.memberId, 'MemberId');
  refuseBlank(request.groupId, 'GroupId');
  refuseBlank(request.instanceId, 'InstanceId');
  refuseBlank(request.rackId, 'RackId');
  const { memberEpoch, topology } = request;
  if (memberEpoch === JOIN_EPOCH) checkJoin(request);
  else if (memberEpoch === LEAVE_STATIC_EPOCH && request.instanceId === null) {
    throw invalid("InstanceId can't be null.");
  } else if (memberEpoch < LEAVE_STATIC_EPOCH) {
    throw invalid(
      `MemberEpoch is ${memberEpoch}, but must be greater than or equal to ${LEAVE_STATIC_EPOCH}.`,
    );
  }
  const { activeTasks, standbyTasks, warmupTasks } = request;
  const given = [activeTasks, standbyTasks, warmupTasks].filter((tasks) => tasks !== null).length;
  if (given > 0 && given < 3) throw invalid('If one task-type is non-null, all must be non-null.');
  if (memberEpoch !== JOIN_EPOCH && topology !== null) {
    throw invalid('Topology can only be provided when (re-)joining.');
  }
}

/** What is in the protocol, and in no broker of 4.3. */
function refuseUnsupported(request: StreamsGroupHeartbeatRequest): void {
  if (request.instanceId !== null) throw invalid('Static membership is not yet supported.');
  if (request.taskOffsets !== null) throw invalid('TaskOffsets are not supported yet.');
  if (request.taskEndOffsets !== null) throw invalid('TaskEndOffsets are not supported yet.');
  if ((request.warmupTasks ?? []).length > 0) throw invalid('WarmupTasks are not supported yet.');
  for (const { sourceTopicRegex } of request.topology?.subtopologies ?? []) {
    if (sourceTopicRegex.length > 0) {
      throw invalid('Regular expressions for source topics are not supported yet.');
    }
  }
}

function checkJoin(request: StreamsGroupHeartbeatRequest): void {
  if (request.rebalanceTimeoutMs === -1) {
    throw invalid('RebalanceTimeoutMs must be provided in first request.');
  }
  for (const [tasks, name] of [
    [request.activeTasks, 'ActiveTasks'],
    [request.standbyTasks, 'StandbyTasks'],
    [request.warmupTasks, 'WarmupTasks'],
  ] as const) {
    if (tasks === null || tasks.length > 0) {
      throw invalid(`${name} must be empty when (re-)joining.`);
    }
  }
  if (request.topology === null) throw invalid('Topology must be non-null when (re-)joining.');
  for (const { stateChangelogTopics } of request.topology.subtopologies) {
    for (const { name, partitions } of stateChangelogTopics) {
      if (partitions === 0) continue;
      throw new ApiError(
        Errors.STREAMS_INVALID_TOPOLOGY,
        `Changelog topic ${name} must have an undefined partition count, but it is set to ${partitions}.`,
      );
    }
  }
}

/** Every topic that the topology names, once each. */
export function topicsOfTopology({ subtopologies }: Topology): string[] {
  const names = subtopologies.flatMap((subtopology) => [
    ...subtopology.sourceTopics,
    ...subtopology.repartitionSinkTopics,
    ...subtopology.repartitionSourceTopics.map(({ name }) => name),
    ...subtopology.stateChangelogTopics.map(({ name }) => name),
  ]);
  return [...new Set(names)];
}

function refuseBlank(value: string | null, name: string): void {
  if (value !== null && value.trim() === '') throw invalid(`${name} can't be empty.`);
}

function invalid(message: string): ApiError {
  return new ApiError(Errors.INVALID_REQUEST, message);
}
