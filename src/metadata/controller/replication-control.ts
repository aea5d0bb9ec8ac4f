// Topics and partitions made, grown and removed (the part of Kafka's ReplicationControlManager that clients ask for):
// checks in Kafka's order with Kafka's sentences, placement, and the records. Pure: a decision about an image.
// ISR and leadership are leadership-control.ts.
import { hasCollisionChars, topicNameError, unifyCollisionChars } from '../../common/topic-name.ts';
import { ZERO_UUID } from '../../common/uuid.ts';
import { ConfigSource } from '../../config/config-sources.ts';
import { effectiveTopicConfigs } from '../../config/topic-config.ts';
import { topicConfigs } from '../../config/topic-configs.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { CreatePartitionsTopic } from '../../protocol/generated/apis/create-partitions-request.ts';
import type { CreatePartitionsTopicResult } from '../../protocol/generated/apis/create-partitions-response.ts';
import type {
  CreatableTopic,
  CreateTopicsRequest,
} from '../../protocol/generated/apis/create-topics-request.ts';
import type {
  CreatableTopicConfigs,
  CreatableTopicResult,
} from '../../protocol/generated/apis/create-topics-response.ts';
import { ConfigResourceType } from '../image/configs-image.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import type { TopicImage } from '../image/topics-image.ts';
import { partitionRecordVersion } from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';
import { setConfigs } from './configuration-control.ts';
import {
  type ControlResult,
  controlResult,
  MAX_RECORDS_PER_USER_OPERATION,
} from './control-result.ts';
import { type ControllerState, defaultDirectory, topicLayers } from './controller-state.ts';
import { placeReplicas, type RandomInt, type UsableBroker } from './replica-placer.ts';

export interface PlacementChance {
  readonly randomInt: RandomInt;
  readonly randomUuid: () => string;
}

interface Placement {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** Results in the request's order; `mayDescribe` says whose configs may be answered. */
export function createTopics(
  state: ControllerState,
  request: CreateTopicsRequest,
  chance: PlacementChance,
  mayDescribe: (topic: string) => boolean,
): ControlResult<CreatableTopicResult[]> {
  const records: RecordDraft[] = [];
  const isCollisionPossible = request.topics.some((topic) => hasCollisionChars(topic.name));
  const collisions = isCollisionPossible ? collisionIndex(state.image) : new Map();
  const results = request.topics.map((topic) => {
    try {
      const created = createTopic(state, topic, chance, mayDescribe(topic.name), collisions);
      if (records.length + created.records.length > MAX_RECORDS_PER_USER_OPERATION) {
        throw new ApiError(
          Errors.POLICY_VIOLATION,
          'Excessively large number of partitions per request.',
        );
      }
      records.push(...created.records);
      return created.response;
    } catch (error) {
      return failedTopic(topic.name, asApiError(error));
    }
  });
  return controlResult(request.validateOnly ? [] : records, results);
}

function createTopic(
  state: ControllerState,
  topic: CreatableTopic,
  chance: PlacementChance,
  mayDescribe: boolean,
  collisions: ReadonlyMap<string, string>,
): ControlResult<CreatableTopicResult> {
  checkName(state.image, topic.name, collisions);
  const configs = givenConfigs(topic);
  const resource = { type: ConfigResourceType.TOPIC, name: topic.name };
  const configRecords = setConfigs(state, resource, configs);
  const placements =
    topic.assignments.length > 0
      ? manualPlacements(state, topic)
      : automaticPlacements(state, topic, chance.randomInt);
  const topicId = chance.randomUuid();
  const records: RecordDraft[] = [
    { type: 'TopicRecord', version: 0, message: { name: topic.name, topicId } },
    ...configRecords,
    ...placements.map((placement, partitionId) =>
      partitionRecord(state, topicId, partitionId, placement),
    ),
  ];
  return controlResult(records, {
    name: topic.name,
    topicId,
    errorCode: Errors.NONE,
    errorMessage: null,
    topicConfigErrorCode: mayDescribe ? Errors.NONE : Errors.TOPIC_AUTHORIZATION_FAILED,
    numPartitions: mayDescribe ? placements.length : -1,
    replicationFactor: mayDescribe ? (placements[0] as Placement).replicas.length : -1,
    configs: mayDescribe ? answeredConfigs(state, topic.name, configs) : [],
  });
}

/** Unified name → a topic that has it, for names in which '.' and '_' could be mistaken. */
function collisionIndex(image: MetadataImage): Map<string, string> {
  const index = new Map<string, string>();
  for (const name of image.topics.topicsByName.keys()) {
    if (hasCollisionChars(name)) index.set(unifyCollisionChars(name), name);
  }
  return index;
}

function checkName(
  image: MetadataImage,
  name: string,
  collisions: ReadonlyMap<string, string>,
): void {
  const illegal = topicNameError(name);
  const colliding = hasCollisionChars(name) ? collisions.get(unifyCollisionChars(name)) : undefined;
  if (image.topics.getTopic(name) !== undefined) {
    throw new ApiError(Errors.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
  }
  if (colliding !== undefined) {
    throw new ApiError(
      Errors.INVALID_TOPIC_EXCEPTION,
      `Topic '${name}' collides with existing topic: ${colliding}`,
    );
  }
  if (illegal !== undefined) throw new ApiError(Errors.INVALID_TOPIC_EXCEPTION, illegal);
}

function givenConfigs(topic: CreatableTopic): Map<string, string> {
  const nulls = topic.configs.filter((config) => config.value === null);
  if (nulls.length > 0) {
    const names = nulls.map((config) => config.name).join(',');
    throw new ApiError(
      Errors.INVALID_CONFIG,
      `Null value not supported for topic configs: ${names}`,
    );
  }
  return new Map(topic.configs.map((config) => [config.name, config.value as string]));
}

function manualPlacements(state: ControllerState, topic: CreatableTopic): Placement[] {
  if (topic.replicationFactor !== -1) {
    throw new ApiError(
      Errors.INVALID_REQUEST,
      'A manual partition assignment was specified, but replication factor was not set to -1.',
    );
  }
  if (topic.numPartitions !== -1) {
    throw new ApiError(
      Errors.INVALID_REQUEST,
      'A manual partition assignment was specified, but numPartitions was not set to -1.',
    );
  }
  const placements = new Map<number, Placement>();
  let replicationFactor: number | undefined;
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (placements.has(partitionIndex)) {
      throw invalidAssignment(
        `Found multiple manual partition assignments for partition ${partitionIndex}`,
      );
    }
    checkAssignment(state.image, brokerIds, replicationFactor);
    replicationFactor = brokerIds.length;
    placements.set(partitionIndex, {
      replicas: brokerIds,
      isr: manualIsr(state.image, brokerIds, partitionIndex),
    });
  }
  return Array.from({ length: placements.size }, (_, id) => {
    const placement = placements.get(id);
    if (placement === undefined) {
      throw invalidAssignment('partitions should be a consecutive 0-based integer sequence');
    }
    return placement;
  });
}

function manualIsr(
  image: MetadataImage,
  replicas: readonly number[],
  partitionId: number,
): readonly number[] {
  const isr = replicas.filter((id) => image.cluster.isActive(id));
  if (isr.length > 0) return isr;
  throw invalidAssignment(
    'All brokers specified in the manual partition assignment for ' +
      `partition ${partitionId} are fenced or in controlled shutdown.`,
  );
}

/** ReplicationControlManager.validateManualPartitionAssignment. */
export function checkAssignment(
  image: MetadataImage,
  replicas: readonly number[],
  replicationFactor: number | undefined,
): void {
  if (replicas.length === 0) {
    throw invalidAssignment('The manual partition assignment includes an empty replica list.');
  }
  let previous: number | undefined;
  for (const id of [...replicas].sort((a, b) => a - b)) {
    if (!image.cluster.brokers.has(id)) {
      throw invalidAssignment(
        `The manual partition assignment includes broker ${id}, but no such broker is registered.`,
      );
    }
    if (id === previous) {
      throw invalidAssignment(
        `The manual partition assignment includes the broker ${id} more than once.`,
      );
    }
    previous = id;
  }
  if (replicationFactor !== undefined && replicas.length !== replicationFactor) {
    throw invalidAssignment(
      `The manual partition assignment includes a partition with ${replicas.length} replica(s), ` +
        'but this is not consistent with previous partitions, which have ' +
        `${replicationFactor} replica(s).`,
    );
  }
}

function automaticPlacements(
  state: ControllerState,
  topic: CreatableTopic,
  random: RandomInt,
): Placement[] {
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    throw new ApiError(
      Errors.INVALID_REPLICATION_FACTOR,
      'Replication factor must be larger than 0, or -1 to use the default value.',
    );
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    throw new ApiError(
      Errors.INVALID_PARTITIONS,
      'Number of partitions was set to an invalid non-positive value.',
    );
  }
  const { config } = state;
  const partitions =
    topic.numPartitions === -1 ? config.number('num.partitions') : topic.numPartitions;
  const factor =
    topic.replicationFactor === -1
      ? config.number('default.replication.factor')
      : topic.replicationFactor;
  checkPartitionCount(partitions);
  try {
    return place(state, partitions, factor, random);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(
      error.code,
      `Unable to replicate the partition ${factor} time(s): ${error.message}`,
    );
  }
}

/** Before anything is allocated for them. */
function checkPartitionCount(partitions: number): void {
  if (partitions < MAX_RECORDS_PER_USER_OPERATION) return;
  throw new ApiError(
    Errors.POLICY_VIOLATION,
    'Excessively large number of partitions per request.',
  );
}

function place(
  state: ControllerState,
  partitions: number,
  factor: number,
  random: RandomInt,
): Placement[] {
  const { cluster } = state.image;
  const placements = placeReplicas(partitions, factor, usableBrokers(state.image), random);
  return placements.map((replicas) => {
    const isr = replicas.filter((id) => cluster.isActive(id));
    if (isr.length > 0) return { replicas, isr };
    throw new ApiError(
      Errors.INVALID_REPLICATION_FACTOR,
      'All brokers are currently fenced or in controlled shutdown.',
    );
  });
}

function usableBrokers(image: MetadataImage): UsableBroker[] {
  return [...image.cluster.brokers.values()].map((broker) => ({
    id: broker.id,
    rack: broker.rack,
    fenced: broker.fenced,
    cordoned:
      broker.cordonedDirectories !== null &&
      broker.directories.length > 0 &&
      broker.directories.every((id) => broker.cordonedDirectories?.includes(id)),
  }));
}

function partitionRecord(
  state: ControllerState,
  topicId: string,
  partitionId: number,
  placement: Placement,
): RecordDraft {
  const version = partitionRecordVersion(state.image.features.metadataVersion);
  return {
    type: 'PartitionRecord',
    version,
    message: {
      partitionId,
      topicId,
      replicas: placement.replicas,
      isr: placement.isr,
      leader: placement.isr[0],
      leaderEpoch: 0,
      partitionEpoch: 0,
      ...(version >= 1
        ? { directories: placement.replicas.map((id) => defaultDirectory(state, id)) }
        : {}),
    },
  };
}

function answeredConfigs(
  state: ControllerState,
  topic: string,
  configs: ReadonlyMap<string, string>,
): CreatableTopicConfigs[] {
  const layers = { ...topicLayers(state, topic), topicOverrides: configs };
  const shown = effectiveTopicConfigs(layers).filter(
    ({ name }) => topicConfigs.get(name)?.internal !== true,
  );
  return shown.map(({ name, value, source }) => ({
    name,
    value,
    readOnly: false,
    configSource: source === ConfigSource.UNKNOWN ? ConfigSource.DEFAULT_CONFIG : source,
    isSensitive: topicConfigs.get(name)?.type === 'PASSWORD',
  }));
}

export function failedTopic(name: string, error: ApiError): CreatableTopicResult {
  return {
    name,
    topicId: ZERO_UUID,
    errorCode: error.code,
    errorMessage: error.specificMessage,
    topicConfigErrorCode: Errors.NONE,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  };
}

/** Topic id → its error; undefined where it goes. */
export function deleteTopics(
  image: MetadataImage,
  topicIds: readonly string[],
): ControlResult<Map<string, ApiError | undefined>> {
  const records: RecordDraft[] = [];
  const results = new Map<string, ApiError | undefined>();
  for (const topicId of topicIds) {
    if (results.has(topicId)) continue;
    if (image.topics.getTopicById(topicId) === undefined) {
      results.set(topicId, new ApiError(Errors.UNKNOWN_TOPIC_ID));
      continue;
    }
    results.set(topicId, undefined);
    records.push({ type: 'RemoveTopicRecord', version: 0, message: { topicId } });
  }
  return controlResult(records, results);
}

/** Results in the request's order. */
export function createPartitions(
  state: ControllerState,
  topics: readonly CreatePartitionsTopic[],
  random: RandomInt,
): ControlResult<CreatePartitionsTopicResult[]> {
  const records: RecordDraft[] = [];
  const results = topics.map((topic) => {
    try {
      records.push(...growTopic(state, topic, random));
      return { name: topic.name, errorCode: Errors.NONE, errorMessage: null };
    } catch (error) {
      const { code, specificMessage } = asApiError(error);
      return { name: topic.name, errorCode: code, errorMessage: specificMessage };
    }
  });
  return controlResult(records, results);
}

function growTopic(
  state: ControllerState,
  request: CreatePartitionsTopic,
  random: RandomInt,
): RecordDraft[] {
  const topic = state.image.topics.getTopic(request.name);
  if (topic === undefined) throw new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  const current = topic.partitions.length;
  if (request.count === current) {
    throw new ApiError(Errors.INVALID_PARTITIONS, `Topic already has ${current} partition(s).`);
  }
  if (request.count < current) {
    throw new ApiError(
      Errors.INVALID_PARTITIONS,
      `The topic ${request.name} currently has ${current} partition(s); ` +
        `${request.count} would not be an increase.`,
    );
  }
  const additional = request.count - current;
  checkPartitionCount(additional);
  return addedPlacements(state, topic, request, additional, random).map((placement, index) =>
    partitionRecord(state, topic.id, current + index, placement),
  );
}

function addedPlacements(
  state: ControllerState,
  topic: TopicImage,
  request: CreatePartitionsTopic,
  additional: number,
  random: RandomInt,
): Placement[] {
  const { assignments } = request;
  const factor = topic.partitions[0]?.replicas.length ?? 1;
  if (assignments === null) return place(state, additional, factor, random);
  if (assignments.length !== additional) {
    throw invalidAssignment(
      `Attempted to add ${additional} additional partition(s), but only ` +
        `${assignments.length} assignment(s) were specified.`,
    );
  }
  return assignments.map(({ brokerIds }, index) => {
    checkAssignment(state.image, brokerIds, factor);
    const partitionId = topic.partitions.length + index;
    return { replicas: brokerIds, isr: manualIsr(state.image, brokerIds, partitionId) };
  });
}

const invalidAssignment = (sentence: string): ApiError =>
  new ApiError(Errors.INVALID_REPLICA_ASSIGNMENT, sentence);

/** What isn't an ApiError is a defect: it goes through. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}
