// DescribeQuorum's answer for a quorum of one voter (KafkaRaftClient.handleDescribeQuorumRequest, KIP-595, KIP-836).
// Reads the log's state; it never changes it.
import { METADATA_TOPIC } from '../../common/topic-name.ts';
import { ZERO_UUID } from '../../common/uuid.ts';
import type { BrokerConfig } from '../../config/server-properties.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { DescribeQuorumRequest } from '../../protocol/generated/apis/describe-quorum-request.ts';
import type {
  DescribeQuorumResponse,
  Node,
  PartitionData,
} from '../../protocol/generated/apis/describe-quorum-response.ts';
import type { MetadataLog } from '../../raft/raft-log.ts';

export function describeQuorum(
  request: DescribeQuorumRequest,
  config: BrokerConfig,
  log: MetadataLog,
  nowMs: number,
): DescribeQuorumResponse {
  const topics = request.topics.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partitionIndex }) =>
      topicName === METADATA_TOPIC && partitionIndex === 0
        ? metadataPartition(config, log, nowMs)
        : unknownPartition(partitionIndex),
    ),
  }));
  return { errorCode: Errors.NONE, errorMessage: null, topics, nodes: voterNodes(config, log) };
}

function metadataPartition(config: BrokerConfig, log: MetadataLog, nowMs: number): PartitionData {
  const voter = log.voters.find(({ voterId }) => voterId === config.nodeId);
  return {
    partitionIndex: 0,
    errorCode: Errors.NONE,
    errorMessage: null,
    leaderId: config.nodeId,
    leaderEpoch: log.leaderEpoch,
    highWatermark: log.highWatermark,
    currentVoters: [
      {
        replicaId: config.nodeId,
        replicaDirectoryId: voter?.voterDirectoryId ?? ZERO_UUID,
        logEndOffset: log.logEndOffset,
        lastFetchTimestamp: nowMs,
        lastCaughtUpTimestamp: nowMs,
      },
    ],
    observers: [],
  };
}

function unknownPartition(partitionIndex: number): PartitionData {
  const error = new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  return {
    partitionIndex,
    errorCode: error.code,
    errorMessage: error.message,
    leaderId: 0,
    leaderEpoch: 0,
    highWatermark: 0,
    currentVoters: [],
    observers: [],
  };
}

function voterNodes(config: BrokerConfig, log: MetadataLog): Node[] {
  const voter = log.voters.find(({ voterId }) => voterId === config.nodeId);
  if (voter !== undefined) return [{ nodeId: voter.voterId, listeners: voter.endpoints }];
  const name = config.controllerListenerNames[0] ?? '';
  return config.quorumVoters.map(({ id, host, port }) => ({
    nodeId: id,
    listeners: [{ name, host, port }],
  }));
}
