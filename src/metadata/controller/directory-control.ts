// AssignReplicasToDirs: a broker with several directories says where it put each replica (KIP-858,
// ReplicationControlManager.handleAssignReplicasToDirs). Pure: a decision about an image.
import { DIRECTORY_LOST } from '../../common/uuid.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { AssignReplicasToDirsRequest } from '../../protocol/generated/apis/assign-replicas-to-dirs-request.ts';
import type { AssignReplicasToDirsResponse } from '../../protocol/generated/apis/assign-replicas-to-dirs-response.ts';
import { directoryOf } from '../image/topics-image.ts';
import { isDirectoryAssignmentSupported } from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';
import { type ControlResult, controlResult } from './control-result.ts';
import {
  type ControllerState,
  checkBrokerEpoch,
  defaultDirectory,
  effectiveMinIsr,
  isElrEnabled,
} from './controller-state.ts';
import { buildPartitionChange } from './partition-change-builder.ts';

/** Throws ApiError. */
export function assignReplicasToDirs(
  state: ControllerState,
  request: AssignReplicasToDirsRequest,
): ControlResult<AssignReplicasToDirsResponse> {
  if (!isDirectoryAssignmentSupported(state.image.features.metadataVersion)) {
    throw new ApiError(Errors.UNSUPPORTED_VERSION, 'Directory assignment is not supported yet.');
  }
  checkBrokerEpoch(state.image, request.brokerId, request.brokerEpoch);
  const records: RecordDraft[] = [];
  const directories = request.directories.map((directory) => ({
    id: directory.id,
    topics: directory.topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: assign(state, request.brokerId, directory.id, topicId, partitionIndex, records),
      })),
    })),
  }));
  return controlResult(records, { throttleTimeMs: 0, errorCode: Errors.NONE, directories });
}

function assign(
  state: ControllerState,
  brokerId: number,
  directoryId: string,
  topicId: string,
  partitionId: number,
  records: RecordDraft[],
): number {
  const topic = state.image.topics.getTopicById(topicId);
  if (topic === undefined) return Errors.UNKNOWN_TOPIC_ID;
  const partition = topic.partitions[partitionId];
  if (partition === undefined) return Errors.UNKNOWN_TOPIC_OR_PARTITION;
  if (!partition.replicas.includes(brokerId)) return Errors.NOT_LEADER_OR_FOLLOWER;
  if (directoryOf(partition, brokerId) === directoryId) return Errors.NONE;
  const known = state.image.cluster.brokers.get(brokerId)?.directories ?? [];
  const isOffline = directoryId === DIRECTORY_LOST || !known.includes(directoryId);
  const record = buildPartitionChange(
    partition,
    {
      topicId,
      partitionId,
      metadataVersion: state.image.features.metadataVersion,
      isElrEnabled: isElrEnabled(state.image),
      minIsr: effectiveMinIsr(state, topic.name),
      isAcceptableLeader: (id) =>
        state.image.cluster.isActive(id) && !(isOffline && id === brokerId),
      defaultDirectory: (id) => defaultDirectory(state, id),
    },
    {
      directories: new Map([[brokerId, directoryId]]),
      ...(isOffline ? { isr: partition.isr.filter((id) => id !== brokerId) } : {}),
    },
  );
  if (record !== undefined) records.push(record);
  return Errors.NONE;
}
