// Fetch sessions (KIP-227): a client names its partitions once, later requests and answers carry the changes alone.
// Pure bookkeeping over request and result; reads no log, and holds at most a fixed number of sessions.

import { MAX_TOPIC_NAME_LENGTH } from '../common/topic-name.ts';
import type { Random } from '../io/io.ts';
import { Errors } from '../protocol/errors.ts';
import type { FetchRequest } from '../protocol/generated/apis/fetch-request.ts';

export const INVALID_SESSION_ID = 0;
export const INITIAL_EPOCH = 0;
export const FINAL_EPOCH = -1;

/**
 * Partitions of one session (a larger one isn't kept: the client then sends all of them each time), and of all together:
 * what clients name stays in memory, whether it exists or not.
 */
const PARTITION_BOUNDS = { ofOne: 100_000, ofAll: 1_000_000 };
/** A session unused this long gives way to any new one, one this old to a larger one. As in FetchSessionCacheShard. */
export const MIN_EVICTION_MS = 120_000;

/** What a client wants from one partition; what it was last told, when it is part of a session. */
export interface FetchTarget {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  maxBytes: number;
  fetchOffset: number;
  currentLeaderEpoch: number;
  lastFetchedEpoch: number;
  fetcherLogStartOffset: number;
  sentHighWatermark: number;
  sentLogStartOffset: number;
}

/** The part of a partition's answer that decides whether an incremental answer must carry it. */
export interface FetchOutcome {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly recordsSizeBytes: number;
  readonly isDiverging: boolean;
}

function targetKey(topic: string, topicId: string, partition: number): string {
  // Below v13 the id is zero, from v13 on the name is empty: both together tell a partition.
  return `${topic}/${topicId}/${partition}`;
}

class FetchSession {
  readonly id: number;
  readonly isPrivileged: boolean;
  readonly usesTopicIds: boolean;
  readonly createdMs: number;
  lastUsedMs: number;
  epoch: number;
  /** In the order in which they are served: those that got records go to the end. */
  readonly targets: Map<string, FetchTarget>;

  constructor(
    id: number,
    isPrivileged: boolean,
    usesTopicIds: boolean,
    nowMs: number,
    targets: Map<string, FetchTarget>,
  ) {
    this.id = id;
    this.isPrivileged = isPrivileged;
    this.usesTopicIds = usesTopicIds;
    this.createdMs = nowMs;
    this.lastUsedMs = nowMs;
    this.epoch = nextEpoch(INITIAL_EPOCH);
    this.targets = targets;
  }
}

/** As FetchMetadata.nextEpoch. */
export function nextEpoch(epoch: number): number {
  if (epoch < 0) return FINAL_EPOCH;
  return epoch === 0x7fff_ffff ? 1 : epoch + 1;
}

/** One fetch as the session machinery sees it. */
export interface FetchContext {
  /** Not 0: nothing is read, the answer is this error alone. */
  readonly errorCode: number;
  readonly targets: readonly FetchTarget[];
  /** True when the answer carries all partitions, false when only those for which `includes` says so. */
  readonly isFull: boolean;
  /** Called once per target when the outcome is final; tells whether the answer carries it. */
  includes(target: FetchTarget, outcome: FetchOutcome): boolean;
  /** The session id of the answer, after all `includes`. */
  finish(): number;
}

class ErrorContext implements FetchContext {
  readonly errorCode: number;
  readonly targets: FetchTarget[] = [];
  readonly isFull = true;
  constructor(errorCode: number) {
    this.errorCode = errorCode;
  }
  includes(): boolean {
    return false;
  }
  finish(): number {
    return INVALID_SESSION_ID;
  }
}

class SessionlessContext implements FetchContext {
  readonly errorCode = Errors.NONE;
  readonly targets: readonly FetchTarget[];
  readonly isFull = true;
  constructor(targets: readonly FetchTarget[]) {
    this.targets = targets;
  }
  includes(): boolean {
    return true;
  }
  finish(): number {
    return INVALID_SESSION_ID;
  }
}

class FullContext implements FetchContext {
  readonly errorCode = Errors.NONE;
  readonly isFull = true;
  readonly targets: readonly FetchTarget[];
  readonly #create: () => number;

  constructor(targets: readonly FetchTarget[], create: () => number) {
    this.targets = targets;
    this.#create = create;
  }
  includes(target: FetchTarget, outcome: FetchOutcome): boolean {
    markSent(target, outcome);
    return true;
  }
  finish(): number {
    return this.#create();
  }
}

class IncrementalContext implements FetchContext {
  readonly errorCode = Errors.NONE;
  readonly isFull = false;
  readonly targets: FetchTarget[];
  readonly #session: FetchSession;

  constructor(session: FetchSession) {
    this.#session = session;
    // A copy: the order changes while the answer is made.
    this.targets = [...session.targets.values()];
  }

  includes(target: FetchTarget, outcome: FetchOutcome): boolean {
    const isNews =
      outcome.recordsSizeBytes > 0 ||
      outcome.errorCode !== Errors.NONE ||
      outcome.isDiverging ||
      outcome.highWatermark !== target.sentHighWatermark ||
      outcome.logStartOffset !== target.sentLogStartOffset;
    markSent(target, outcome);
    if (isNews && outcome.recordsSizeBytes > 0) this.#serveLast(target);
    return isNews;
  }

  finish(): number {
    return this.#session.id;
  }

  /** A partition that got records waits for the others next time. */
  #serveLast(target: FetchTarget): void {
    const key = targetKey(target.topic, target.topicId, target.partition);
    if (this.#session.targets.delete(key)) this.#session.targets.set(key, target);
  }
}

/** A partition with an error is told again when the error is gone, whatever its high watermark then is. */
function markSent(target: FetchTarget, outcome: FetchOutcome): void {
  target.sentHighWatermark = outcome.errorCode === Errors.NONE ? outcome.highWatermark : -1;
  target.sentLogStartOffset = outcome.logStartOffset;
}

function addTargets(request: FetchRequest, into: Map<string, FetchTarget>): void {
  for (const topic of request.topics) {
    for (const partition of topic.partitions) {
      const key = targetKey(topic.topic, topic.topicId, partition.partition);
      const known = into.get(key);
      if (known !== undefined) {
        known.maxBytes = partition.partitionMaxBytes;
        known.fetchOffset = partition.fetchOffset;
        known.currentLeaderEpoch = partition.currentLeaderEpoch;
        known.lastFetchedEpoch = partition.lastFetchedEpoch;
        known.fetcherLogStartOffset = partition.logStartOffset;
        continue;
      }
      into.set(key, {
        topic: topic.topic,
        topicId: topic.topicId,
        partition: partition.partition,
        maxBytes: partition.partitionMaxBytes,
        fetchOffset: partition.fetchOffset,
        currentLeaderEpoch: partition.currentLeaderEpoch,
        lastFetchedEpoch: partition.lastFetchedEpoch,
        fetcherLogStartOffset: partition.logStartOffset,
        sentHighWatermark: -1,
        sentLogStartOffset: -1,
      });
    }
  }
}

/** Whether what is named could be a topic: a session doesn't keep names of any length. */
function namesTopics({ topics }: FetchRequest): boolean {
  return topics.every(({ topic }) => topic.length <= MAX_TOPIC_NAME_LENGTH);
}

export class FetchSessions {
  readonly #maxSessions: number;
  readonly #partitionBounds: typeof PARTITION_BOUNDS;
  readonly #random: Random;
  readonly #sessions = new Map<number, FetchSession>();

  /** `maxSessions`: max.incremental.fetch.session.cache.slots */
  constructor(maxSessions: number, random: Random, partitionBounds = PARTITION_BOUNDS) {
    this.#maxSessions = maxSessions;
    this.#partitionBounds = partitionBounds;
    this.#random = random;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** As FetchManager.newContext. */
  context(
    request: FetchRequest,
    version: number,
    isFollower: boolean,
    nowMs: number,
  ): FetchContext {
    const isFull = request.sessionEpoch === INITIAL_EPOCH || request.sessionEpoch === FINAL_EPOCH;
    return isFull
      ? this.#fullContext(request, version, isFollower, nowMs)
      : this.#incrementalContext(request, version, nowMs);
  }

  #fullContext(
    request: FetchRequest,
    version: number,
    isFollower: boolean,
    nowMs: number,
  ): FetchContext {
    if (request.sessionId !== INVALID_SESSION_ID) this.#sessions.delete(request.sessionId);
    const targets = new Map<string, FetchTarget>();
    addTargets(request, targets);
    // A list, not an iterator: a fetch that waits walks it several times.
    const values = [...targets.values()];
    const isKept = request.sessionEpoch !== FINAL_EPOCH && namesTopics(request);
    if (!isKept) return new SessionlessContext(values);
    return new FullContext(values, () => this.#create(isFollower, version >= 13, nowMs, targets));
  }

  #incrementalContext(request: FetchRequest, version: number, nowMs: number): FetchContext {
    const session = this.#sessions.get(request.sessionId);
    if (session === undefined) return new ErrorContext(Errors.FETCH_SESSION_ID_NOT_FOUND);
    if (session.epoch !== request.sessionEpoch) {
      return new ErrorContext(Errors.INVALID_FETCH_SESSION_EPOCH);
    }
    if (session.usesTopicIds !== version >= 13) {
      return new ErrorContext(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    }
    const sizeBefore = session.targets.size;
    addTargets(request, session.targets);
    for (const topic of request.forgottenTopicsData) {
      for (const partition of topic.partitions) {
        session.targets.delete(targetKey(topic.topic, topic.topicId, partition));
      }
    }
    const hasGrown = session.targets.size > sizeBefore;
    if (!namesTopics(request) || (hasGrown && !this.#isRoomFor(session.targets.size, 0))) {
      // The client begins anew, with all its partitions.
      this.#sessions.delete(session.id);
      return new ErrorContext(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }
    if (session.targets.size === 0) {
      this.#sessions.delete(session.id);
      return new SessionlessContext([]);
    }
    session.epoch = nextEpoch(session.epoch);
    session.lastUsedMs = nowMs;
    return new IncrementalContext(session);
  }

  #create(
    isPrivileged: boolean,
    usesTopicIds: boolean,
    nowMs: number,
    targets: Map<string, FetchTarget>,
  ): number {
    if (!this.#isRoomFor(targets.size, targets.size)) return INVALID_SESSION_ID;
    if (
      this.#sessions.size >= this.#maxSessions &&
      !this.#evict(isPrivileged, targets.size, nowMs)
    ) {
      return INVALID_SESSION_ID;
    }
    const id = this.#unusedId();
    this.#sessions.set(id, new FetchSession(id, isPrivileged, usesTopicIds, nowMs, targets));
    return id;
  }

  /** Whether there may be a session of `size` partitions, of which `added` aren't in a session yet. */
  #isRoomFor(size: number, added: number): boolean {
    let count = added;
    for (const { targets } of this.#sessions.values()) count += targets.size;
    const { ofOne, ofAll } = this.#partitionBounds;
    return size <= ofOne && count <= ofAll;
  }

  #unusedId(): number {
    // Ids are sparse: a clash is rare, a second one rarer.
    let id: number;
    do id = 1 + this.#random.int(0x7fff_fffe);
    while (this.#sessions.has(id));
    return id;
  }

  /** Makes room for a session of `size` partitions, when one may give way: a stale one, or a smaller old one. */
  #evict(isPrivileged: boolean, size: number, nowMs: number): boolean {
    if (this.#maxSessions <= 0) return false;
    let smallest: FetchSession | undefined;
    for (const session of this.#sessions.values()) {
      if (nowMs - session.lastUsedMs > MIN_EVICTION_MS) {
        this.#sessions.delete(session.id);
        return true;
      }
      if (session.isPrivileged && !isPrivileged) continue;
      const isOutranked = isPrivileged && !session.isPrivileged;
      if (!isOutranked && nowMs - session.createdMs <= MIN_EVICTION_MS) continue;
      if (!isOutranked && session.targets.size >= size) continue;
      if (smallest === undefined || session.targets.size < smallest.targets.size)
        smallest = session;
    }
    if (smallest === undefined) return false;
    this.#sessions.delete(smallest.id);
    return true;
  }
}
