// Produce v3-13 (ApiVersions says 0-13: librdkafka takes a higher minimum for "no message format 2", KAFKA-18659)
//
// Behavior: one batch per partition goes to the log as it came. acks=0 gets no answer: an error closes the connection.
// acks=1 and acks=-1 are answered once the leader has it; with -1 too few in-sync replicas refuse it.
// Partitions answer one by one, in the order of the request.
//
// Version notes:
// v3: magic 2 only. v5 tells the log start offset. v7 allows zstd (KIP-110). v8 tells record errors (KIP-467).
// v9 is flexible. v10 tells the current leader on an error (KIP-951). v12: transactions without AddPartitions (KIP-890).
// v13 names topics by id (KIP-516).

import { isInternalTopic } from '../../common/topic-name.ts';
import { RecordValidationError } from '../../log/log-validator.ts';
import { ApiError, Errors, errorInfo } from '../../protocol/errors.ts';
import { PRODUCE } from '../../protocol/generated/apis/produce.ts';
import type {
  PartitionProduceData,
  ProduceRequest,
} from '../../protocol/generated/apis/produce-request.ts';
import type {
  NodeEndpoint,
  PartitionProduceResponse,
  ProduceResponse,
} from '../../protocol/generated/apis/produce-response.ts';
import type { Draft } from '../../protocol/message.ts';
import {
  CorruptRecordError,
  completeBatchBytes,
  compressionType,
  magic,
} from '../../records/record-batch.ts';
import { type Answer, handler } from '../handler.ts';
import type { Partition } from '../partition.ts';
import {
  hasTransactionalRecords,
  NOTHING_VERIFIED,
  topicNameOf,
  UnverifiedError,
  type VerifiedProduce,
  verifyProduce,
} from '../produce-verification.ts';
import { CloseConnectionError, type RequestContext } from '../request-context.ts';

type PartitionDraft = Draft<PartitionProduceResponse>;

const ZSTD = 4;
/** Where the log begins is told with all errors of an append but these (ReplicaManager.appendRecordsToLeader). */
const HIDES_LOG_START = new Set<number>([
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
  Errors.UNKNOWN_TOPIC_ID,
  Errors.NOT_LEADER_OR_FOLLOWER,
  Errors.MESSAGE_TOO_LARGE,
  Errors.RECORD_LIST_TOO_LARGE,
  Errors.CORRUPT_MESSAGE,
  Errors.KAFKA_STORAGE_ERROR,
]);
/** The one client that may write to the broker's own topics, as in KafkaApis. */
const ADMIN_CLIENT_ID = '__admin_client';

export const produce = handler(PRODUCE, {
  minVersion: 3,
  maxVersion: 13,
  advertisedMinVersion: 0,
  freesRequest: true,
  handle(request, context) {
    try {
      return produceTo(request, context);
    } catch (error) {
      if (request.acks !== 0 || !(error instanceof ApiError)) throw error;
      throw new CloseConnectionError(`a produce request with acks=0 failed: ${error.message}`);
    }
  },
  failed: (request, code, message) => ({
    responses: request.topicData.map((topic) => ({
      name: topic.name,
      topicId: topic.topicId,
      partitionResponses: topic.partitionData.map(({ index }) => ({
        index,
        errorCode: code,
        baseOffset: -1,
        // The client knows an error's own words.
        errorMessage: message === errorInfo(code).message ? null : message,
      })),
    })),
  }),
});

function produceTo(
  request: ProduceRequest,
  context: RequestContext,
): Answer<ProduceResponse> | Promise<Answer<ProduceResponse>> {
  if (!hasTransactionalRecords(request)) return answerTo(request, context, NOTHING_VERIFIED);
  if (request.transactionalId === null) {
    throw new ApiError(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  }
  const verified = verifyProduce(request, request.transactionalId, context);
  return verified instanceof Promise
    ? verified.then((result) => answerTo(request, context, result))
    : answerTo(request, context, verified);
}

function answerTo(
  request: ProduceRequest,
  context: RequestContext,
  verified: VerifiedProduce,
): Answer<ProduceResponse> {
  const endpoints: Draft<NodeEndpoint>[] = [];
  let failure: string | undefined;
  const answers = request.topicData.map((topic) => {
    const name = topicNameOf(topic, context);
    const partitionResponses = topic.partitionData.map((data) => {
      const answer = appendTo(name, data, request, context, endpoints, verified);
      if (answer.errorCode !== Errors.NONE)
        failure ??= `${name}-${data.index}: ${answer.errorCode}`;
      return answer;
    });
    return { name: topic.name, topicId: topic.topicId, partitionResponses };
  });
  if (request.acks === 0) {
    if (failure === undefined) return null;
    throw new CloseConnectionError(`a produce request with acks=0 failed: ${failure}`);
  }
  const responses = oncePerTopic(answers);
  return endpoints.length > 0 ? { responses, nodeEndpoints: endpoints } : { responses };
}

interface TopicAnswer {
  readonly name: string;
  readonly topicId: string;
  readonly partitionResponses: PartitionDraft[];
}

/** As Kafka makes them from a map of partitions: none of a topic without partitions, one of a topic named twice. */
function oncePerTopic(answers: TopicAnswer[]): TopicAnswer[] {
  if (answers.length === 1 && answers[0]!.partitionResponses.length > 0) return answers;
  const byTopic = new Map<string, TopicAnswer>();
  for (const answer of answers) {
    if (answer.partitionResponses.length === 0) continue;
    const key = `${answer.topicId} ${answer.name}`;
    const known = byTopic.get(key);
    if (known === undefined) byTopic.set(key, answer);
    else known.partitionResponses.push(...answer.partitionResponses);
  }
  return [...byTopic.values()];
}

function appendTo(
  topic: string | undefined,
  data: PartitionProduceData,
  request: ProduceRequest,
  context: RequestContext,
  endpoints: Draft<NodeEndpoint>[],
  verified: VerifiedProduce,
): PartitionDraft {
  const { index } = data;
  if (topic === undefined) {
    return { index, errorCode: Errors.UNKNOWN_TOPIC_ID, baseOffset: -1 };
  }
  let partition: Partition | undefined;
  try {
    // In KafkaApis' order: what isn't there, what can't be read, what can't be promised.
    const leading = context.services.replicas.leading(topic, index);
    const records = checkedRecords(data.records, context.apiVersion);
    if (request.acks < -1 || request.acks > 1) throw new ApiError(Errors.INVALID_REQUIRED_ACKS);
    if (isInternalTopic(topic) && context.clientId !== ADMIN_CLIENT_ID) {
      throw new ApiError(
        Errors.INVALID_TOPIC_EXCEPTION,
        `Cannot append to internal topic ${topic}`,
      );
    }
    const verificationGuard = verified.guardFor(topic, index);
    partition = leading;
    const info = partition.append(records, request.acks, { origin: 'client', verificationGuard });
    return {
      index,
      errorCode: Errors.NONE,
      baseOffset: info.firstOffset,
      logAppendTimeMs: info.logAppendTimeMs,
      logStartOffset: info.logStartOffset,
    };
  } catch (error) {
    const draft = partitionError(error, topic, index, context, endpoints);
    if (partition === undefined || HIDES_LOG_START.has(draft.errorCode ?? 0)) return draft;
    return { ...draft, logStartOffset: partition.log.logStartOffset };
  }
}

/** As ProduceRequest.validateRecords: exactly one batch, of the present format. */
function checkedRecords(records: Buffer | null, version: number): Buffer {
  if (records === null || records.length === 0) {
    throw new ApiError(
      Errors.INVALID_RECORD,
      `Produce requests with version ${version} must have at least one record batch per partition`,
    );
  }
  const sizeBytes = completeBatchBytes(records, 0, records.length);
  if (sizeBytes === 0) throw new ApiError(Errors.INVALID_RECORD);
  if (magic(records, 0) !== 2) {
    throw new ApiError(
      Errors.INVALID_RECORD,
      `Produce requests with version ${version} are only allowed to contain record batches with magic version 2`,
    );
  }
  if (version < 7 && compressionType(records, 0) === ZSTD) {
    throw new ApiError(
      Errors.UNSUPPORTED_COMPRESSION_TYPE,
      `Produce requests with version ${version} are not allowed to use ZStandard compression`,
    );
  }
  // What is no whole batch is ignored, as by Kafka.
  if (completeBatchBytes(records, sizeBytes, records.length) > 0) {
    throw new ApiError(
      Errors.INVALID_RECORD,
      `Produce requests with version ${version} are only allowed to contain exactly one record batch per partition`,
    );
  }
  return records;
}

function partitionError(
  error: unknown,
  topic: string,
  index: number,
  context: RequestContext,
  endpoints: Draft<NodeEndpoint>[],
): PartitionDraft {
  if (error instanceof CorruptRecordError) {
    return { index, errorCode: Errors.CORRUPT_MESSAGE, baseOffset: -1 };
  }
  if (!(error instanceof ApiError)) {
    context.services.log(`append to ${topic}-${index} failed: ${(error as Error).stack ?? error}`);
    return { index, errorCode: Errors.UNKNOWN_SERVER_ERROR, baseOffset: -1 };
  }
  const draft: PartitionDraft = {
    index,
    errorCode: error.code,
    baseOffset: -1,
    // Only these have words of their own (LogAppendResult.hasCustomErrorMessage); the client knows the others'.
    ...(error instanceof UnverifiedError ? { errorMessage: error.message } : {}),
    ...(error instanceof RecordValidationError
      ? {
          errorMessage: error.message,
          recordErrors: error.recordErrors.map(({ batchIndex, message }) => ({
            batchIndex,
            batchIndexErrorMessage: message,
          })),
        }
      : {}),
  };
  if (error.code !== Errors.NOT_LEADER_OR_FOLLOWER || context.apiVersion < 10) return draft;
  return { ...draft, currentLeader: currentLeader(topic, index, context, endpoints) };
}

/** Where the client finds the leader without asking for metadata (KIP-951). */
function currentLeader(
  topic: string,
  index: number,
  context: RequestContext,
  endpoints: Draft<NodeEndpoint>[],
): { leaderId: number; leaderEpoch: number } {
  const { metadata } = context.services;
  const partition = metadata.topic(topic)?.partitions[index];
  if (partition === undefined) return { leaderId: -1, leaderEpoch: -1 };
  const endpoint = metadata.endpoint(partition.leader, context.listenerName);
  if (endpoint !== undefined && !endpoints.some(({ nodeId }) => nodeId === endpoint.nodeId)) {
    const { nodeId, host, port, rack } = endpoint;
    endpoints.push({ nodeId, host, port, rack });
  }
  return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch };
}
