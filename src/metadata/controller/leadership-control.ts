// Who leads and who is in sync (the part of Kafka's ReplicationControlManager that brokers move): AlterPartition,
// elections, and what fencing, unfencing and shutting down do to every partition of a broker.
// Pure: decisions about an image. Creating and deleting is replication-control.ts.

import { ApiError, Errors } from '../../protocol/errors.ts';
import type {
  AlterPartitionRequest,
  PartitionData as PartitionRequest,
} from '../../protocol/generated/apis/alter-partition-request.ts';
import type {
  AlterPartitionResponse,
  PartitionData as PartitionAnswer,
} from '../../protocol/generated/apis/alter-partition-response.ts';
import type { ElectLeadersRequest } from '../../protocol/generated/apis/elect-leaders-request.ts';
import type {
  ElectLeadersResponse,
  PartitionResult,
} from '../../protocol/generated/apis/elect-leaders-response.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import { TopicsDelta } from '../image/topics-delta.ts';
import {
  directoryOf,
  NO_LEADER,
  type PartitionRegistration,
  type TopicImage,
} from '../image/topics-image.ts';
import { decodeRecord, encodeRecord, type RecordDraft } from '../records.ts';
import { type ControlResult, checkDeadline, controlResult } from './control-result.ts';
import {
  type ControllerState,
  checkBrokerEpoch,
  defaultDirectory,
  effectiveMinIsr,
  isElrEnabled,
  isUncleanElectionEnabled,
} from './controller-state.ts';
import {
  buildPartitionChange,
  type Election,
  type PartitionTarget,
} from './partition-change-builder.ts';

const RECOVERED = 0;
const RECOVERING = 1;
const ELECTION_PREFERRED = 0;
const ELECTION_UNCLEAN = 1;

/** One partition with its place, as a walk over an image gives it. */
export interface Located {
  readonly topic: TopicImage;
  readonly partitionId: number;
  readonly partition: PartitionRegistration;
}

/** Partitions whose ISR or ELR holds the broker. */
export function partitionsWithBroker(image: MetadataImage, brokerId: number): Located[] {
  return locate(
    image,
    (partition) => partition.isr.includes(brokerId) || partition.elr.includes(brokerId),
  );
}

export function partitionsWithoutLeader(image: MetadataImage): Located[] {
  return locate(image, (partition) => partition.leader === NO_LEADER);
}

export function hasLeaderships(image: MetadataImage, brokerId: number): boolean {
  return locate(image, (partition) => partition.leader === brokerId).length > 0;
}

function locate(
  image: MetadataImage,
  isWanted: (partition: PartitionRegistration) => boolean,
): Located[] {
  const found: Located[] = [];
  for (const topic of image.topics.topicsById.values()) {
    for (const [partitionId, partition] of topic.partitions.entries()) {
      if (isWanted(partition)) found.push({ topic, partitionId, partition });
    }
  }
  return found;
}

export interface BrokerMove {
  /** Leaves every ISR and leadership. */
  readonly remove?: number;
  /** May lead although the image still has it fenced. */
  readonly add?: number;
  /** Leaves ISR and ELR too: what it had may be lost (KIP-966). */
  readonly uncleanShutdown?: number;
}

/** ReplicationControlManager.generateLeaderAndIsrUpdates. */
export function leaderAndIsrUpdates(
  state: ControllerState,
  partitions: readonly Located[],
  move: BrokerMove,
): RecordDraft[] {
  const { cluster } = state.image;
  const isAcceptableLeader = (id: number): boolean =>
    id !== move.remove && id !== move.uncleanShutdown && (id === move.add || cluster.isActive(id));
  const records: RecordDraft[] = [];
  for (const located of partitions) {
    const isr = located.partition.isr.filter(
      (id) => id !== move.remove && id !== move.uncleanShutdown,
    );
    const target: PartitionTarget = {
      isr,
      ...(move.uncleanShutdown === undefined
        ? {}
        : { uncleanShutdownReplicas: [move.uncleanShutdown] }),
    };
    const record = partitionChange(state, located, target, isAcceptableLeader);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** undefined when nothing would change. */
export function partitionChange(
  state: ControllerState,
  located: Located,
  target: PartitionTarget,
  isAcceptableLeader: (id: number) => boolean,
): RecordDraft | undefined {
  const { topic, partitionId, partition } = located;
  const { cluster } = state.image;
  const election: Election =
    target.election ?? (isUncleanElectionEnabled(state, topic.name) ? 'unclean' : 'online');
  const isReachable = (id: number): boolean => {
    const directory = directoryOf(partition, id);
    return directory === undefined || cluster.isDirectoryOnline(id, directory);
  };
  return buildPartitionChange(
    partition,
    {
      topicId: topic.id,
      partitionId,
      metadataVersion: state.image.features.metadataVersion,
      isElrEnabled: isElrEnabled(state.image),
      minIsr: effectiveMinIsr(state, topic.name),
      isAcceptableLeader: (id) => isAcceptableLeader(id) && isReachable(id),
      defaultDirectory: (id) => defaultDirectory(state, id),
    },
    { ...target, election },
  );
}

/** AlterPartition: a leader tells its new ISR. */
export function alterPartition(
  state: ControllerState,
  request: AlterPartitionRequest,
): ControlResult<AlterPartitionResponse> {
  checkBrokerEpoch(state.image, request.brokerId, request.brokerEpoch);
  const records: RecordDraft[] = [];
  const topics = request.topics.map(({ topicId, partitions }) => {
    const topic = state.image.topics.getTopicById(topicId);
    return {
      topicId,
      partitions: partitions.map((data) => {
        if (topic === undefined) return partitionError(data, Errors.UNKNOWN_TOPIC_ID);
        return alterOnePartition(state, request.brokerId, topic, data, records);
      }),
    };
  });
  return controlResult(records, { throttleTimeMs: 0, errorCode: Errors.NONE, topics });
}

function alterOnePartition(
  state: ControllerState,
  brokerId: number,
  topic: TopicImage,
  data: PartitionRequest,
  records: RecordDraft[],
): PartitionAnswer {
  const partitionId = data.partitionIndex;
  const partition = topic.partitions[partitionId];
  const error = alterPartitionError(state.image, brokerId, partition, data);
  if (error !== Errors.NONE || partition === undefined) return partitionError(data, error);
  const record = partitionChange(
    state,
    { topic, partitionId, partition },
    { isr: newIsr(data), leaderRecoveryState: data.leaderRecoveryState },
    (id) => state.image.cluster.isActive(id),
  );
  if (record === undefined) return answerOf(partitionId, partition);
  records.push(record);
  const changed = merged(state.image, topic.id, partitionId, record);
  // A reassignment that this ISR completes may move the leadership: the broker must fetch metadata first.
  if (changed.leader !== brokerId) return partitionError(data, Errors.NEW_LEADER_ELECTED);
  return answerOf(partitionId, changed);
}

/** The partition as it will be once the record is replayed. */
function merged(
  image: MetadataImage,
  topicId: string,
  partitionId: number,
  record: RecordDraft,
): PartitionRegistration {
  const delta = new TopicsDelta(image.topics);
  const decoded = decodeRecord(encodeRecord(record));
  if (decoded.type === 'PartitionChangeRecord') delta.replayPartitionChange(decoded.message);
  return delta.changedTopics.get(topicId)?.partition(partitionId) as PartitionRegistration;
}

function newIsr(data: PartitionRequest): number[] {
  return data.newIsrWithEpochs.length > 0
    ? data.newIsrWithEpochs.map((broker) => broker.brokerId)
    : data.newIsr;
}

/** ReplicationControlManager.validateAlterPartitionData, in its order. */
function alterPartitionError(
  image: MetadataImage,
  brokerId: number,
  partition: PartitionRegistration | undefined,
  data: PartitionRequest,
): number {
  if (partition === undefined) return Errors.UNKNOWN_TOPIC_OR_PARTITION;
  if (data.leaderEpoch > partition.leaderEpoch) return Errors.NOT_CONTROLLER;
  if (data.partitionEpoch > partition.partitionEpoch) return Errors.NOT_CONTROLLER;
  if (data.leaderEpoch < partition.leaderEpoch) return Errors.FENCED_LEADER_EPOCH;
  if (brokerId !== partition.leader) return Errors.INVALID_REQUEST;
  if (data.partitionEpoch < partition.partitionEpoch) return Errors.INVALID_UPDATE_VERSION;
  const isr = newIsr(data);
  const isIsrLegal =
    new Set(isr).size === isr.length && isr.every((id) => partition.replicas.includes(id));
  if (!isIsrLegal || !isr.includes(partition.leader)) return Errors.INVALID_REQUEST;
  if (data.leaderRecoveryState === RECOVERING) {
    if (isr.length > 1 || partition.leaderRecoveryState === RECOVERED) {
      return Errors.INVALID_REQUEST;
    }
  }
  const epochs = new Map(data.newIsrWithEpochs.map((b) => [b.brokerId, b.brokerEpoch]));
  const isEligible = (id: number): boolean => {
    const epoch = epochs.get(id) ?? -1;
    const broker = image.cluster.brokers.get(id);
    return image.cluster.isActive(id) && (epoch === -1 || epoch === broker?.epoch);
  };
  return isr.every(isEligible) ? Errors.NONE : Errors.INELIGIBLE_REPLICA;
}

function partitionError(data: PartitionRequest, errorCode: number): PartitionAnswer {
  return {
    partitionIndex: data.partitionIndex,
    errorCode,
    leaderId: 0,
    leaderEpoch: 0,
    isr: [],
    leaderRecoveryState: 0,
    partitionEpoch: 0,
  };
}

function answerOf(partitionIndex: number, partition: PartitionRegistration): PartitionAnswer {
  return {
    partitionIndex,
    errorCode: Errors.NONE,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    isr: [...partition.isr],
    leaderRecoveryState: partition.leaderRecoveryState,
    partitionEpoch: partition.partitionEpoch,
  };
}

/** Throws ApiError INVALID_REQUEST for an election type that isn't one, REQUEST_TIMED_OUT. */
export function electLeaders(
  state: ControllerState,
  request: ElectLeadersRequest,
): ControlResult<ElectLeadersResponse> {
  const { electionType } = request;
  // Nothing asked for is nothing wrong, whatever else the request says.
  if (request.topicPartitions?.length === 0) return elected([], []);
  checkDeadline(request.timeoutMs);
  if (electionType !== ELECTION_PREFERRED && electionType !== ELECTION_UNCLEAN) {
    throw new ApiError(Errors.INVALID_REQUEST, `Unknown election type ${electionType}`);
  }
  const records: RecordDraft[] = [];
  const isForAll = request.topicPartitions === null;
  const wanted =
    request.topicPartitions ??
    [...state.image.topics.topicsByName.values()].map((topic) => ({
      topic: topic.name,
      partitions: [...topic.partitions.keys()],
    }));
  const replicaElectionResults = wanted.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions
      .map((id) => electLeader(state, topic, id, electionType, records))
      // Asked for all, those that have their leader aren't told.
      .filter((result) => !isForAll || result.errorCode !== Errors.ELECTION_NOT_NEEDED),
  }));
  return elected(records, replicaElectionResults);
}

function elected(
  records: RecordDraft[],
  replicaElectionResults: ElectLeadersResponse['replicaElectionResults'],
): ControlResult<ElectLeadersResponse> {
  return controlResult(records, {
    throttleTimeMs: 0,
    errorCode: Errors.NONE,
    replicaElectionResults,
  });
}

function electLeader(
  state: ControllerState,
  topicName: string,
  partitionId: number,
  electionType: number,
  records: RecordDraft[],
): PartitionResult {
  const fail = (error: ApiError): PartitionResult => ({
    partitionId,
    errorCode: error.code,
    errorMessage: error.message,
  });
  const topic = state.image.topics.getTopic(topicName);
  if (topic === undefined) {
    return fail(new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, `No such topic as ${topicName}`));
  }
  const partition = topic.partitions[partitionId];
  if (partition === undefined) {
    const sentence = `No such partition as ${topicName}-${partitionId}`;
    return fail(new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, sentence));
  }
  const isPreferred = electionType === ELECTION_PREFERRED;
  const isNeeded = isPreferred
    ? partition.leader !== partition.replicas[0]
    : partition.leader === NO_LEADER;
  if (!isNeeded) return fail(new ApiError(Errors.ELECTION_NOT_NEEDED));
  const record = partitionChange(
    state,
    { topic, partitionId, partition },
    { election: isPreferred ? 'preferred' : 'unclean' },
    (id) => state.image.cluster.isActive(id),
  );
  if (record === undefined) {
    return fail(
      new ApiError(
        isPreferred ? Errors.PREFERRED_LEADER_NOT_AVAILABLE : Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
      ),
    );
  }
  records.push(record);
  return { partitionId, errorCode: Errors.NONE, errorMessage: null };
}
