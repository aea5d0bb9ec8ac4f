import { describe, expect, it } from 'vitest';
import {
  type FetchOutcome,
  FetchSessions,
  type FetchTarget,
  MIN_EVICTION_MS,
  nextEpoch,
} from '../../src/broker/fetch-session.ts';
import { ZERO_UUID } from '../../src/common/uuid.ts';
import { Errors } from '../../src/protocol/errors.ts';
import type { FetchRequest } from '../../src/protocol/generated/apis/fetch-request.ts';

const TOPIC_ID = 'kaftaReferenceAAAAAAAA';
let nextRandom = 0;
const random = { int: () => nextRandom++, bytes: () => Buffer.alloc(0), uuid: () => '' };

function request(
  sessionId: number,
  sessionEpoch: number,
  offsets: Record<number, number>,
  forgotten: number[] = [],
): FetchRequest {
  return {
    clusterId: null,
    replicaId: -1,
    replicaState: { replicaId: -1, replicaEpoch: -1 },
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1000,
    isolationLevel: 0,
    sessionId,
    sessionEpoch,
    rackId: '',
    topics: [
      {
        topic: '',
        topicId: TOPIC_ID,
        partitions: Object.entries(offsets).map(([partition, fetchOffset]) => ({
          partition: Number(partition),
          currentLeaderEpoch: -1,
          fetchOffset,
          lastFetchedEpoch: -1,
          logStartOffset: -1,
          partitionMaxBytes: 100,
          replicaDirectoryId: ZERO_UUID,
          highWatermark: -1,
        })),
      },
    ],
    forgottenTopicsData:
      forgotten.length > 0 ? [{ topic: '', topicId: TOPIC_ID, partitions: forgotten }] : [],
  };
}

function outcome(overrides: Partial<FetchOutcome> = {}): FetchOutcome {
  return {
    errorCode: 0,
    highWatermark: 10,
    logStartOffset: 0,
    recordsSizeBytes: 0,
    isDiverging: false,
    ...overrides,
  };
}

const numbers = (targets: Iterable<FetchTarget>) => [...targets].map((target) => target.partition);

/** Partitions [from, to), each from offset 0. */
function many(from: number, to: number): Record<number, number> {
  return Object.fromEntries(Array.from({ length: to - from }, (_, n) => [from + n, 0]));
}

/** A session over partitions 0, 1 and 2, as a consumer's first fetch makes it; returns its id. */
function established(sessions: FetchSessions, nowMs = 0): number {
  const context = sessions.context(request(0, 0, { 0: 0, 1: 0, 2: 0 }), 13, false, nowMs);
  for (const target of context.targets) context.includes(target, outcome());
  return context.finish();
}

const BOUNDS = { ofOne: 100, ofAll: 1000 };

describe('fetch sessions', () => {
  it('a full fetch makes a session, an incremental one adds, changes and forgets partitions', () => {
    const sessions = new FetchSessions(10, random);
    const id = established(sessions);
    expect(id).toBeGreaterThan(0);
    const next = sessions.context(request(id, 1, { 1: 7, 3: 0 }, [0]), 13, false, 1);
    expect(next.errorCode).toBe(0);
    expect(numbers(next.targets)).toEqual([1, 2, 3]);
    expect([...next.targets].find((target) => target.partition === 1)?.fetchOffset).toBe(7);
    expect(next.finish()).toBe(id);
  });

  it('an incremental answer carries partitions with news alone', () => {
    const sessions = new FetchSessions(10, random);
    const id = established(sessions);
    const next = sessions.context(request(id, 1, {}), 13, false, 1);
    const [first, second, third] = [...next.targets] as [FetchTarget, FetchTarget, FetchTarget];
    expect(next.includes(first, outcome())).toBe(false);
    expect(next.includes(second, outcome({ highWatermark: 11 }))).toBe(true);
    expect(next.includes(third, outcome({ logStartOffset: 3 }))).toBe(true);
  });

  it('a partition that got records is served last the next time', () => {
    const sessions = new FetchSessions(10, random);
    const id = established(sessions);
    const next = sessions.context(request(id, 1, {}), 13, false, 1);
    for (const target of next.targets) {
      next.includes(target, outcome({ recordsSizeBytes: target.partition === 0 ? 50 : 0 }));
    }
    expect(numbers(sessions.context(request(id, 2, {}), 13, false, 2).targets)).toEqual([1, 2, 0]);
  });

  it('the end of an error is told although the high watermark is what it was', () => {
    const sessions = new FetchSessions(10, random);
    const id = established(sessions);
    const failing = sessions.context(request(id, 1, {}), 13, false, 1);
    const [target] = [...failing.targets] as [FetchTarget];
    expect(failing.includes(target, outcome({ errorCode: 6, highWatermark: -1 }))).toBe(true);
    const healthy = sessions.context(request(id, 2, {}), 13, false, 2);
    expect(healthy.includes(target, outcome())).toBe(true);
  });

  it('an unknown session, a wrong epoch and a change to topic ids are refused', () => {
    const sessions = new FetchSessions(10, random);
    const id = established(sessions);
    const code = (sessionId: number, epoch: number, version: number) =>
      sessions.context(request(sessionId, epoch, {}), version, false, 0).errorCode;
    expect(code(id + 1000, 1, 13)).toBe(Errors.FETCH_SESSION_ID_NOT_FOUND);
    expect(code(id, 2, 13)).toBe(Errors.INVALID_FETCH_SESSION_EPOCH);
    expect(code(id, 1, 12)).toBe(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    expect(code(id, 1, 13)).toBe(Errors.NONE);
    expect(code(id, 1, 13)).toBe(Errors.INVALID_FETCH_SESSION_EPOCH);
  });

  it('epoch -1 closes the session, and forgetting all partitions does too', () => {
    const sessions = new FetchSessions(10, random);
    const closed = established(sessions);
    sessions.context(request(closed, -1, {}), 13, false, 0);
    expect(sessions.size).toBe(0);
    const emptied = established(sessions);
    const context = sessions.context(request(emptied, 1, {}, [0, 1, 2]), 13, false, 0);
    expect([...context.targets]).toEqual([]);
    expect(context.finish()).toBe(0);
    expect(sessions.size).toBe(0);
  });

  it('a full cache makes no session until one is stale', () => {
    const sessions = new FetchSessions(2, random);
    const first = established(sessions, 0);
    established(sessions, MIN_EVICTION_MS);
    expect(established(sessions, MIN_EVICTION_MS)).toBe(0);
    expect(established(sessions, MIN_EVICTION_MS + 1)).toBeGreaterThan(0);
    expect(sessions.size).toBe(2);
    const old = sessions.context(request(first, 1, {}), 13, false, MIN_EVICTION_MS + 1);
    expect(old.errorCode).toBe(Errors.FETCH_SESSION_ID_NOT_FOUND);
  });

  it('one that grows past its bound ends, and its client begins anew', () => {
    const sessions = new FetchSessions(10, random, BOUNDS);
    const id = established(sessions);
    const half = BOUNDS.ofOne / 2;
    const grown = sessions.context(request(id, 1, many(3, half)), 13, false, 0);
    expect(grown.errorCode).toBe(Errors.NONE);
    const more = sessions.context(request(id, 2, many(half, BOUNDS.ofOne + 1)), 13, false, 0);
    expect(more.errorCode).toBe(Errors.FETCH_SESSION_ID_NOT_FOUND);
    expect(sessions.size).toBe(0);
  });

  it('all together hold a bounded number of partitions', () => {
    const sessions = new FetchSessions(100, random, BOUNDS);
    const asked = request(0, 0, many(0, BOUNDS.ofOne));
    const ids = Array.from({ length: 11 }, () => sessions.context(asked, 13, false, 0).finish());
    expect(ids.filter((id) => id > 0)).toHaveLength(10);
    expect(ids.at(-1)).toBe(0);
  });

  it('none keeps a name that is too long for a topic', () => {
    const sessions = new FetchSessions(10, random);
    const asked = (sessionId: number, epoch: number) => {
      const { topics, ...rest } = request(sessionId, epoch, { 0: 0 });
      return { ...rest, topics: topics.map((topic) => ({ ...topic, topic: 'x'.repeat(250) })) };
    };
    expect(sessions.context(asked(0, 0), 12, false, 0).finish()).toBe(0);
    const id = established(sessions);
    const incremental = sessions.context(asked(id, 1), 13, false, 0);
    expect(incremental.errorCode).toBe(Errors.FETCH_SESSION_ID_NOT_FOUND);
    expect(sessions.size).toBe(0);
  });

  it('epochs go from the largest int32 back to 1', () => {
    expect(nextEpoch(0)).toBe(1);
    expect(nextEpoch(0x7fff_ffff)).toBe(1);
    expect(nextEpoch(-1)).toBe(-1);
  });
});
