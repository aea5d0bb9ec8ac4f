// What the two requests of share consumers have in common: who may ask, how acknowledgements are checked and how a
// partition's leader is told. Kafka: KafkaApis.handleShareFetchRequest, handleShareAcknowledgeRequest.

import { ApiError, Errors } from '../../protocol/errors.ts';
import type { RequestContext } from '../request-context.ts';
import { type AcknowledgementBatch, AcknowledgeType } from './acknowledge.ts';
import type { TopicPartitionIds } from './share-session.ts';

/** share.version, as the cluster has it. */
export function areShareGroupsEnabled(context: RequestContext): boolean {
  return context.services.metadata.image.features.level('share.version') > 0;
}

/** @throws ApiError UNSUPPORTED_VERSION */
export function checkShareGroupsEnabled(context: RequestContext): void {
  if (!areShareGroupsEnabled(context)) throw new ApiError(Errors.UNSUPPORTED_VERSION);
}

interface Identity {
  readonly groupId: string;
  readonly memberId: string;
}

/** @throws ApiError UNSUPPORTED_VERSION, INVALID_REQUEST */
export function shareIdentity(
  request: { readonly groupId: string | null; readonly memberId: string | null },
  context: RequestContext,
): Identity {
  checkShareGroupsEnabled(context);
  const { groupId, memberId } = request;
  if (groupId === null) {
    throw new ApiError(Errors.INVALID_REQUEST, 'Invalid group id in the request.');
  }
  if (!isMemberIdValid(memberId)) {
    throw new ApiError(Errors.INVALID_REQUEST, 'Invalid member id in the request.');
  }
  return { groupId, memberId };
}

const MAX_MEMBER_ID_LENGTH = 36;

export function isMemberIdValid(memberId: string | null): memberId is string {
  return memberId !== null && memberId !== '' && memberId.length <= MAX_MEMBER_ID_LENGTH;
}

export interface Acknowledgement extends TopicPartitionIds {
  readonly batches: readonly AcknowledgementBatch[];
}

interface AskedTopic {
  readonly topicId: string;
  readonly partitions: readonly {
    readonly partitionIndex: number;
    readonly acknowledgementBatches: readonly AcknowledgementBatch[];
  }[];
}

/**
 * Each partition that a request names, when one of them at least acknowledges something: the others are answered as if they
 * had acknowledged nothing, without an error. Kafka: ShareFetchRequest, KafkaApis.handleShareFetchRequest.
 */
export function acknowledgementsOf(topics: readonly AskedTopic[]): Acknowledgement[] {
  const all = topics.flatMap(({ topicId, partitions }) =>
    partitions.map(({ partitionIndex: partition, acknowledgementBatches: batches }) => ({
      topicId,
      partition,
      batches,
    })),
  );
  return all.some(({ batches }) => batches.length > 0) ? all : [];
}

/** Batches must be in order, without overlaps, and name a type for all offsets or one for each. */
export function areBatchesValid(
  batches: readonly AcknowledgementBatch[],
  supportsRenew: boolean,
): boolean {
  let end = -1;
  const maxType = supportsRenew ? AcknowledgeType.RENEW : AcknowledgeType.REJECT;
  return batches.every(({ firstOffset, lastOffset, acknowledgeTypes }) => {
    if (firstOffset > lastOffset || firstOffset < end || acknowledgeTypes.length === 0) {
      return false;
    }
    end = lastOffset;
    const isPerOffset = acknowledgeTypes.length > 1;
    if (isPerOffset && lastOffset - firstOffset !== acknowledgeTypes.length - 1) return false;
    return acknowledgeTypes.every((type) => type >= AcknowledgeType.GAP && type <= maxType);
  });
}

/** What became of the acknowledgements of a partition. */
export interface AcknowledgeOutcome extends TopicPartitionIds {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Invalid ones and those of unknown topics and partitions are refused one by one, the others are handed on. */
export async function handleAcknowledgements(
  { groupId, memberId }: Identity,
  acknowledgements: readonly Acknowledgement[],
  supportsRenew: boolean,
  context: RequestContext,
): Promise<AcknowledgeOutcome[]> {
  const { metadata, share } = context.services;
  const outcomes: AcknowledgeOutcome[] = [];
  const valid: Acknowledgement[] = [];
  for (const acknowledgement of acknowledgements) {
    const { topicId, partition, batches } = acknowledgement;
    const refuse = (errorCode: number): void => {
      outcomes.push({ topicId, partition, errorCode, errorMessage: null });
    };
    const topic = metadata.topicById(topicId);
    if (topic === undefined) refuse(Errors.UNKNOWN_TOPIC_ID);
    else if (topic.partitions[partition] === undefined) refuse(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    else if (!areBatchesValid(batches, supportsRenew)) refuse(Errors.INVALID_REQUEST);
    else valid.push(acknowledgement);
  }
  if (valid.length === 0) return outcomes;
  for (const { topicId, partition, error } of await share.acknowledge(groupId, memberId, valid)) {
    const errorCode = error?.code ?? Errors.NONE;
    outcomes.push({ topicId, partition, errorCode, errorMessage: error?.message ?? null });
  }
  return outcomes;
}

/** Groups what was made for single partitions by their topics, in the order of the first of each. */
export function byTopic<T>(
  items: readonly (TopicPartitionIds & { readonly data: T })[],
): { topicId: string; partitions: T[] }[] {
  const topics = new Map<string, T[]>();
  for (const { topicId, data } of items) {
    const partitions = topics.get(topicId);
    if (partitions === undefined) topics.set(topicId, [data]);
    else partitions.push(data);
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }));
}

interface LeaderNews {
  readonly currentLeader?: { leaderId: number; leaderEpoch: number };
}

export interface LeaderEndpoint {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

/** Whom to ask instead, when it isn't us; adds where that broker is to `endpoints`. */
export function leaderNews(
  { topicId, partition }: TopicPartitionIds,
  errorCode: number,
  context: RequestContext,
  endpoints: LeaderEndpoint[],
): LeaderNews {
  if (errorCode !== Errors.NOT_LEADER_OR_FOLLOWER && errorCode !== Errors.FENCED_LEADER_EPOCH) {
    return {};
  }
  const { metadata } = context.services;
  const registration = metadata.topicById(topicId)?.partitions[partition];
  if (registration === undefined) return {};
  const { leader: leaderId, leaderEpoch } = registration;
  const endpoint = metadata.endpoint(leaderId, context.listenerName);
  if (endpoint !== undefined && !endpoints.some(({ nodeId }) => nodeId === leaderId)) {
    const { nodeId, host, port, rack } = endpoint;
    endpoints.push({ nodeId, host, port, rack });
  }
  return { currentLeader: { leaderId, leaderEpoch } };
}
