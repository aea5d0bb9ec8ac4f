// Fetch v4-18
//
// Behavior: batches as they lie in the log, from the offset asked for. Below minBytes the answer waits for records, at
// most maxWaitMs. The first partition with records gives at least one batch, however large; after it the limits of
// request and partition hold. Fetch sessions are kept (KIP-227). There is no preferred read replica.
//
// Version notes:
// v5 log start offset; v7 sessions; v9 leader epochs (KIP-320); v10 zstd (KIP-110); v11 rack (KIP-392);
// v12 flexible, diverging epochs; v13 topic ids (KIP-516); v15 replica state (KIP-903); v16 tells the current leader on an
// error (KIP-951); v17 directory ids (KIP-853); v18 the follower's high watermark (KIP-1166).

import { Errors } from '../../protocol/errors.ts';
import { FETCH } from '../../protocol/generated/apis/fetch.ts';
import type { FetchRequest } from '../../protocol/generated/apis/fetch-request.ts';
import type {
  FetchableTopicResponse,
  FetchResponse,
  NodeEndpoint,
  PartitionData,
} from '../../protocol/generated/apis/fetch-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { waitForRecords } from '../delayed-fetch.ts';
import { type PartitionRead, type ReadAll, releaseReads } from '../fetch-reader.ts';
import type { FetchContext } from '../fetch-session.ts';
import { handler } from '../handler.ts';
import { isReadCommitted } from '../isolation-level.ts';
import type { RequestContext } from '../request-context.ts';

type Response = Draft<FetchResponse>;

export const fetch = handler(FETCH, {
  minVersion: 4,
  maxVersion: 18,
  handle(request, context) {
    const { services, apiVersion } = context;
    const replicaId = apiVersion >= 15 ? request.replicaState.replicaId : request.replicaId;
    const session = services.fetchSessions.context(
      request,
      apiVersion,
      replicaId >= 0,
      services.io.clock.monotonicMs(),
    );
    if (session.errorCode !== Errors.NONE) return { errorCode: session.errorCode };
    const maxBytes = Math.max(
      0,
      Math.min(request.maxBytes, services.config.number('fetch.max.bytes')),
    );
    // Nobody looks at the level when there is nothing to read.
    const isCommitted = session.targets.length > 0 && isReadCommitted(request.isolationLevel);
    const limits = {
      maxBytes,
      isFollower: replicaId >= 0,
      isolation: isCommitted ? 'committed' : 'high-watermark',
    } as const;
    const read = () => services.fetchReader.read(session.targets, apiVersion >= 13, limits);
    const first = read();
    const minBytes = Math.min(request.minBytes, maxBytes);
    const isReady =
      request.maxWaitMs <= 0 ||
      first.isUrgent ||
      first.reads.length === 0 ||
      first.sizeBytes >= minBytes;
    if (isReady) return answer(first, session, context);
    return waitForRecords(
      {
        clock: services.io.clock,
        delayed: services.delayed,
        peer: context.peer,
        minBytes,
        maxWaitMs: request.maxWaitMs,
        read,
        isCommitted,
      },
      first,
    ).then((result) => (result === null ? null : answer(result, session, context)));
  },
  // With topic ids the error at the top says it all.
  failed: (request, code, _message, apiVersion) =>
    apiVersion >= 13 ? { errorCode: code } : failedFetch(request, code),
});

function answer(result: ReadAll, session: FetchContext, context: RequestContext): Response {
  const responses: Draft<FetchableTopicResponse>[] = [];
  const endpoints: Draft<NodeEndpoint>[] = [];
  let partitions: Draft<PartitionData>[] = [];
  let last: PartitionRead | undefined;
  for (const read of result.reads) {
    const { target } = read;
    if (!session.includes(target, read)) continue;
    // Neighbours of one topic share an entry, as in FetchResponse.toMessage.
    if (last?.target.topic !== target.topic || last.target.topicId !== target.topicId) {
      partitions = [];
      responses.push({ topic: target.topic, topicId: target.topicId, partitions });
    }
    last = read;
    partitions.push(partitionData(read, context, endpoints));
  }
  context.afterSent(() => releaseReads(result.reads));
  const sessionId = session.finish();
  return endpoints.length > 0
    ? { sessionId, responses, nodeEndpoints: endpoints }
    : { sessionId, responses };
}

function partitionData(
  read: PartitionRead,
  context: RequestContext,
  endpoints: Draft<NodeEndpoint>[],
): Draft<PartitionData> {
  const data = {
    partitionIndex: read.target.partition,
    errorCode: read.errorCode,
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    abortedTransactions: read.abortedTransactions,
    records: read.records,
  };
  if (read.divergingEpoch !== undefined) return { ...data, divergingEpoch: read.divergingEpoch };
  if (context.apiVersion < 16 || !isLeaderError(read.errorCode)) return data;
  const { partition } = read;
  if (partition === undefined) return data;
  const endpoint = context.services.metadata.endpoint(partition.leader, context.listenerName);
  if (endpoint !== undefined && !endpoints.some(({ nodeId }) => nodeId === endpoint.nodeId)) {
    const { nodeId, host, port, rack } = endpoint;
    endpoints.push({ nodeId, host, port, rack });
  }
  return {
    ...data,
    currentLeader: { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch },
  };
}

function isLeaderError(code: number): boolean {
  return code === Errors.NOT_LEADER_OR_FOLLOWER || code === Errors.FENCED_LEADER_EPOCH;
}

function failedFetch(request: FetchRequest, errorCode: number): Response {
  return {
    errorCode,
    responses: request.topics.map(({ topic, topicId, partitions }) => ({
      topic,
      topicId,
      partitions: partitions.map(({ partition }) => ({
        partitionIndex: partition,
        errorCode,
        highWatermark: -1,
        records: null,
      })),
    })),
  };
}
