// ShareFetch v1-2
//
// Behavior: gives records of a share group's partitions to a member, which holds them until it acknowledges them or their
// locks end (KIP-932). Keeps the member's acknowledgements of earlier records first. Waits up to maxWaitMs for records.
// A share session tells the partitions once; epoch 0 begins one, -1 ends it and gives back what is held.
//
// Version notes: v2 the acquire mode (KIP-1206) and renewals (KIP-1222), with which nothing is fetched.

import { ApiError, Errors } from '../../protocol/errors.ts';
import { SHARE_FETCH } from '../../protocol/generated/apis/share-fetch.ts';
import type { ShareFetchRequest } from '../../protocol/generated/apis/share-fetch-request.ts';
import type {
  PartitionData,
  ShareFetchResponse,
} from '../../protocol/generated/apis/share-fetch-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { handler } from '../handler.ts';
import { waitWhileThere } from '../patience.ts';
import type { RequestContext } from '../request-context.ts';
import { shareFetch as fetchRecords, type ShareFetched } from '../share/share-fetch.ts';
import {
  type AcknowledgeOutcome,
  acknowledgementsOf,
  byTopic,
  handleAcknowledgements,
  type LeaderEndpoint,
  leaderNews,
  shareIdentity,
} from '../share/share-requests.ts';
import {
  advanceEpoch,
  FINAL_EPOCH,
  INITIAL_EPOCH,
  partitionKey,
  type ShareSession,
  type TopicPartitionIds,
} from '../share/share-session.ts';

type Response = Draft<ShareFetchResponse>;

const RECORD_LIMIT = 1;
const NO_RECORDS = Buffer.alloc(0);
/** Errors whose message Kafka leaves out. */
const UNTOLD: readonly number[] = [
  Errors.UNKNOWN_TOPIC_ID,
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
  Errors.OFFSET_NOT_AVAILABLE,
];

export const shareFetch = handler(SHARE_FETCH, {
  minVersion: 1,
  maxVersion: 2,
  async handle(request, context) {
    const identity = shareIdentity(request, context);
    const isRenewal = context.apiVersion >= 2 && request.isRenewAck;
    if (isRenewal) checkRenewal(request);
    const session = await openSession(request, identity, context);
    const acknowledging = handleAcknowledgements(
      identity,
      acknowledgementsOf(request.topics),
      isRenewal,
      context,
    );
    const isFinal = request.shareSessionEpoch === FINAL_EPOCH;
    const fetching = isFinal || isRenewal ? [] : fetch(request, session, context);
    const [acknowledged, fetched] = await Promise.all([acknowledging, fetching]);
    if (fetched === null) return null;
    if (isFinal) await context.services.share.closeSession(session);
    return answer(fetched, acknowledged, session, request, context);
  },
  failed: (_, errorCode) => ({ errorCode }),
});

/** A request that renews locks may ask for nothing else. */
function checkRenewal({ maxBytes, minBytes, maxRecords, maxWaitMs }: ShareFetchRequest): void {
  const asksForRecords = [maxBytes, minBytes, maxRecords, maxWaitMs].some((limit) => limit !== 0);
  if (asksForRecords) throw new ApiError(Errors.INVALID_REQUEST);
}

// Sessions

async function openSession(
  request: ShareFetchRequest,
  { groupId, memberId }: { groupId: string; memberId: string },
  context: RequestContext,
): Promise<ShareSession> {
  const { share, io } = context.services;
  const { sessions } = share;
  const asked = partitionsOf(request);
  switch (request.shareSessionEpoch) {
    case FINAL_EPOCH:
      return sessions.get(groupId, memberId, FINAL_EPOCH);
    case INITIAL_EPOCH:
      if (acknowledgementsOf(request.topics).length > 0) {
        throw new ApiError(Errors.INVALID_REQUEST);
      }
      try {
        return share.openSession(groupId, memberId, asked, context.peer);
      } catch (error) {
        // Whoever finds no room tries again at once: not more often than it would fetch.
        await waitWhileThere(io.clock, context.peer, Math.max(0, request.maxWaitMs));
        throw error;
      }
    default: {
      const session = sessions.get(groupId, memberId, request.shareSessionEpoch);
      const forgotten = request.forgottenTopicsData.flatMap(({ topicId, partitions }) =>
        partitions.map((partition) => ({ topicId, partition })),
      );
      sessions.update(session, asked, forgotten);
      advanceEpoch(session);
      return session;
    }
  }
}

function partitionsOf({ topics }: ShareFetchRequest): TopicPartitionIds[] {
  return topics.flatMap(({ topicId, partitions }) =>
    partitions.map(({ partitionIndex: partition }) => ({ topicId, partition })),
  );
}

// Fetching

async function fetch(
  request: ShareFetchRequest,
  session: ShareSession,
  context: RequestContext,
): Promise<ShareFetched[] | null> {
  const { share, config, io, delayed } = context.services;
  const { groupId, memberId } = session;
  const failed: ShareFetched[] = [];
  const targets = rotated([...session.partitions.values()], request.shareSessionEpoch).flatMap(
    ({ topicId, partition }) => {
      try {
        return [share.target(groupId, { topicId, partition })];
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failed.push(failure({ topicId, partition }, error));
        return [];
      }
    },
  );
  const maxBytes = Math.max(0, Math.min(request.maxBytes, config.number('fetch.max.bytes')));
  const hasNothingToDo = targets.length === 0 || request.maxRecords === 0 || maxBytes === 0;
  if (hasNothingToDo) return failed;
  const releases: (() => void)[] = [];
  context.afterSent(() => {
    for (const release of releases) release();
  });
  const fetched = await fetchRecords({
    memberId,
    targets,
    limits: {
      // What went wrong is told at once.
      maxWaitMs: failed.length > 0 ? 0 : request.maxWaitMs,
      minBytes: Math.min(request.minBytes, maxBytes),
      maxBytes,
      maxRecords: request.maxRecords,
      batchSize: request.batchSize,
      isRecordLimit: context.apiVersion >= 2 && request.shareAcquireMode === RECORD_LIMIT,
      isReadCommitted: share.settings(groupId).isReadCommitted,
    },
    clock: io.clock,
    delayed,
    peer: context.peer,
    onRelease: (release) => releases.push(release),
    onError: ({ sharePartition }, error) => share.failed(groupId, sharePartition, error),
  });
  return fetched === null ? null : [...failed, ...fetched];
}

/** Each request begins with another partition, so that all get their turn. */
function rotated<T>(items: T[], epoch: number): T[] {
  if (items.length < 2 || epoch < 1) return items;
  const by = epoch % items.length;
  return [...items.slice(by), ...items.slice(0, by)];
}

function failure(target: TopicPartitionIds, error: ApiError): ShareFetched {
  const { code: errorCode, message: errorMessage } = error;
  return { ...target, errorCode, errorMessage, records: null, acquired: [] };
}

// Answering

function answer(
  fetched: readonly ShareFetched[],
  acknowledged: readonly AcknowledgeOutcome[],
  session: ShareSession,
  request: ShareFetchRequest,
  context: RequestContext,
): Response {
  const isFull = request.shareSessionEpoch === INITIAL_EPOCH;
  const nodeEndpoints: LeaderEndpoint[] = [];
  const answered = new Map<string, TopicPartitionIds & { data: Draft<PartitionData> }>();
  for (const one of fetched) {
    const { topicId, partition, errorCode, errorMessage, records, acquired } = one;
    if (!isFull && !mustTell(session, one)) continue;
    const data = {
      partitionIndex: partition,
      errorCode,
      errorMessage: UNTOLD.includes(errorCode) ? null : errorMessage,
      records: records ?? NO_RECORDS,
      acquiredRecords: acquired,
      ...leaderNews(one, errorCode, context, nodeEndpoints),
    };
    answered.set(partitionKey(one), { topicId, partition, data });
  }
  for (const one of acknowledged) {
    const { topicId, partition } = one;
    const known = answered.get(partitionKey(one));
    const data = {
      partitionIndex: partition,
      records: NO_RECORDS,
      ...leaderNews(one, one.errorCode, context, nodeEndpoints),
      ...known?.data,
      acknowledgeErrorCode: one.errorCode,
      acknowledgeErrorMessage: one.errorMessage,
    };
    answered.set(partitionKey(one), { topicId, partition, data });
  }
  return {
    acquisitionLockTimeoutMs: context.services.share.settings(session.groupId).recordLockDurationMs,
    responses: byTopic([...answered.values()]),
    ...(nodeEndpoints.length > 0 ? { nodeEndpoints } : {}),
  };
}

/** An incremental answer has what is new; who got records is served last next time. */
function mustTell(session: ShareSession, fetched: ShareFetched): boolean {
  const partition = session.partitions.get(partitionKey(fetched));
  if (partition === undefined) return true;
  const isError = fetched.errorCode !== Errors.NONE;
  const isNews = isError || partition.mustTell || fetched.acquired.length > 0;
  // When the error is over, the member is told so.
  partition.mustTell = isError;
  return isNews;
}
