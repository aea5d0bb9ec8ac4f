// Metadata v0-13
//
// Behavior: brokers, controller, and the topics asked for, in the order in which they were asked for. A topic that
// doesn't exist is created when both the broker and the request allow it; this answer still says
// UNKNOWN_TOPIC_OR_PARTITION, as Kafka's does, and the client's next one finds it.
//
// Version notes:
// v0: an empty list means all topics; from v1 null does, and an empty list none. v1 adds rack, controller, isInternal.
// v4 adds allowAutoTopicCreation. v5 offline replicas, v7 leader epochs. v8 authorized operations (KIP-430), of the
// cluster until v10 (KIP-700). v10 topic ids, v12 topics asked for by id (KIP-516). v13 a top-level error.

import { isInternalTopic, topicNameError } from '../../common/topic-name.ts';
import { ZERO_UUID } from '../../common/uuid.ts';
import type { TopicImage } from '../../metadata/image/topics-image.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { METADATA } from '../../protocol/generated/apis/metadata.ts';
import type {
  MetadataRequest,
  MetadataRequestTopic,
} from '../../protocol/generated/apis/metadata-request.ts';
import type { MetadataResponseTopic } from '../../protocol/generated/apis/metadata-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { CLUSTER_OPERATIONS, OPERATIONS_NOT_ASKED, TOPIC_OPERATIONS } from '../authorization.ts';
import { handler } from '../handler.ts';
import type { MetadataCache } from '../metadata-cache.ts';
import type { RequestContext } from '../request-context.ts';
import { partitionAnswer, topicAnswer } from '../topic-answers.ts';

type TopicDraft = Draft<MetadataResponseTopic>;

export const metadata = handler(METADATA, {
  minVersion: 0,
  maxVersion: 13,
  handle(request, context) {
    const { apiVersion, services } = context;
    refuseImpossible(request, apiVersion);
    const isAll = request.topics === null || (apiVersion === 0 && request.topics.length === 0);
    const operations =
      apiVersion >= 8 && request.includeTopicAuthorizedOperations
        ? TOPIC_OPERATIONS
        : OPERATIONS_NOT_ASKED;
    const topics = isAll
      ? services.metadata.topics().map((topic) => topicDraft(topic, operations, services.metadata))
      : askedTopics(request, context, operations);
    return {
      brokers: services.metadata
        .aliveBrokers(context.listenerName)
        .map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack })),
      clusterId: services.clusterId,
      controllerId: services.metadata.controllerId(),
      topics,
      ...(apiVersion >= 8 && apiVersion <= 10 && request.includeClusterAuthorizedOperations
        ? { clusterAuthorizedOperations: CLUSTER_OPERATIONS }
        : {}),
    };
  },
  failed: (request, code) => ({
    errorCode: code,
    topics: (request.topics ?? []).map((topic) => ({
      errorCode: code,
      name: topic.name ?? '',
      topicId: topic.topicId,
    })),
  }),
});

function refuseImpossible(request: MetadataRequest, version: number): void {
  if (version >= 12) return;
  for (const topic of request.topics ?? []) {
    if (topic.name === null) {
      const text = `Topic name can not be null for version ${version}`;
      throw new ApiError(Errors.INVALID_REQUEST, text);
    }
    if (topic.topicId !== ZERO_UUID) {
      const text = `Topic IDs are not supported in requests for version ${version}`;
      throw new ApiError(Errors.INVALID_REQUEST, text);
    }
  }
}

function askedTopics(
  request: MetadataRequest,
  context: RequestContext,
  operations: number,
): TopicDraft[] {
  const asked = request.topics ?? [];
  // As in KafkaApis: one id in the request, and all of it goes by id.
  if (asked.some((topic) => topic.topicId !== ZERO_UUID)) {
    return topicsById(asked, context, operations);
  }
  const { config, metadata, topicCreation } = context.services;
  const mayCreate =
    config.boolean('auto.create.topics.enable') &&
    (context.apiVersion < 4 || request.allowAutoTopicCreation);
  const names = new Set<string>();
  const missing: string[] = [];
  const drafts: TopicDraft[] = [];
  for (const { name } of asked) {
    if (name === null || names.has(name)) continue;
    names.add(name);
    const topic = metadata.topic(name);
    if (topic !== undefined) {
      drafts.push(topicDraft(topic, operations, metadata));
      continue;
    }
    const nameError = topicNameError(name);
    if (nameError === undefined) missing.push(name);
    drafts.push({
      errorCode:
        nameError === undefined
          ? Errors.UNKNOWN_TOPIC_OR_PARTITION
          : Errors.INVALID_TOPIC_EXCEPTION,
      name,
      isInternal: isInternalTopic(name),
      topicAuthorizedOperations: operations,
    });
  }
  if (mayCreate && missing.length > 0) topicCreation.request(missing);
  return drafts;
}

function topicsById(
  asked: readonly MetadataRequestTopic[],
  context: RequestContext,
  operations: number,
): TopicDraft[] {
  const { metadata } = context.services;
  const ids = new Set<string>();
  for (const { topicId } of asked) if (topicId !== ZERO_UUID) ids.add(topicId);
  // Unknown ids first, as KafkaApis.
  const unknownFirst = [...ids].sort(
    (a, b) =>
      Number(metadata.topicById(a) !== undefined) - Number(metadata.topicById(b) !== undefined),
  );
  return unknownFirst.map((topicId) => {
    const topic = metadata.topicById(topicId);
    if (topic !== undefined) return topicDraft(topic, operations, metadata);
    return {
      errorCode: Errors.UNKNOWN_TOPIC_ID,
      name: null,
      topicId,
      topicAuthorizedOperations: OPERATIONS_NOT_ASKED,
    };
  });
}

function topicDraft(topic: TopicImage, operations: number, metadata: MetadataCache): TopicDraft {
  return {
    ...topicAnswer(topic, operations),
    partitions: topic.partitions.map((partition, index) =>
      partitionAnswer(partition, index, metadata),
    ),
  };
}
