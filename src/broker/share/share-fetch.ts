// A ShareFetch's search for records: looks into its partitions, and while they have none for it, waits for new records,
// for records that come back from other members, or for its time to be over. Kafka: DelayedShareFetch.

import type { Clock } from '../../io/io.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type {
  DelayedOperation,
  DelayedOperations,
  WakeReason,
  WatchKey,
} from '../delayed-operations.ts';
import type { Partition } from '../partition.ts';
import type { ClientPeer } from '../request-context.ts';
import { type AcquiredRun, fetchedBatches, sliceAcquired } from './fetched-batches.ts';
import type { SharePartition } from './share-partition.ts';
import type { TopicPartitionIds } from './share-session.ts';

/** One partition of the request, with the group's view of it. */
export interface ShareFetchTarget extends TopicPartitionIds {
  readonly sharePartition: SharePartition;
  /** Touched when records may be had from it again. */
  readonly changes: WatchKey;
  readonly leader: Partition;
}

export interface ShareFetchLimits {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly batchSize: number;
  readonly isRecordLimit: boolean;
  readonly isReadCommitted: boolean;
}

export interface ShareFetched extends TopicPartitionIds {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly records: Buffer | null;
  readonly acquired: readonly AcquiredRun[];
}

export interface ShareFetchOptions {
  readonly memberId: string;
  readonly targets: readonly ShareFetchTarget[];
  readonly limits: ShareFetchLimits;
  readonly clock: Clock;
  readonly delayed: DelayedOperations;
  readonly peer: ClientPeer;
  /** Takes what frees the buffers of `records` once they are sent. */
  readonly onRelease: (release: () => void) => void;
  readonly onError: (target: ShareFetchTarget, error: unknown) => ApiError;
}

/** Resolves with the partitions that have something to tell; null: the client has gone. */
export function shareFetch(options: ShareFetchOptions): Promise<ShareFetched[] | null> {
  return new Promise((resolve) => new ShareFetch(options, resolve).begin());
}

interface Read {
  readonly target: ShareFetchTarget;
  readonly fetchOffset: number;
  readonly result: ReturnType<Partition['log']['read']> | undefined;
  readonly error: unknown;
}

class ShareFetch implements DelayedOperation {
  readonly #options: ShareFetchOptions;
  readonly #resolve: (fetched: ShareFetched[] | null) => void;
  readonly #deadlineMs: number;
  /** It came before all of its partitions were loaded. */
  readonly #isEarly: boolean;
  #stop: () => void = () => {};
  #forgetPeer: () => void = () => {};

  constructor(options: ShareFetchOptions, resolve: (fetched: ShareFetched[] | null) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#deadlineMs = options.clock.monotonicMs() + options.limits.maxWaitMs;
    this.#isEarly = options.targets.some(
      ({ sharePartition }) => sharePartition.status === 'initializing',
    );
  }

  begin(): void {
    const { limits, peer } = this.#options;
    if (this.#tryOnce(limits.maxWaitMs <= 0)) return;
    this.#forgetPeer = peer.onGone(() => this.wake('cancelled'));
    this.#wait(limits.maxWaitMs);
  }

  isReady(): boolean {
    return true;
  }

  wake(reason: WakeReason): void {
    this.#stop();
    if (reason === 'cancelled') {
      this.#resolve(null);
      return;
    }
    const leftMs = this.#deadlineMs - this.#options.clock.monotonicMs();
    if (this.#tryOnce(reason === 'expired' || leftMs <= 0)) return;
    this.#wait(leftMs);
  }

  #wait(waitMs: number): void {
    const keys = this.#options.targets.flatMap(({ changes, leader }) => [changes, leader.arrivals]);
    this.#stop = this.#options.delayed.watch(this, keys, waitMs);
  }

  /** False: not enough yet. */
  #tryOnce(isLast: boolean): boolean {
    const reads = this.#readAll();
    let sizeBytes = 0;
    for (const { result } of reads) sizeBytes += result?.sizeBytes ?? 0;
    const isUrgent = reads.some(({ error }) => error !== undefined);
    // Nothing is given out before it is enough: a record that is given out is the member's.
    if (!isLast && !isUrgent && (sizeBytes === 0 || sizeBytes < this.#options.limits.minBytes)) {
      for (const { result } of reads) result?.release();
      return false;
    }
    const fetched = this.#acquireAll(reads);
    const hasSome = fetched.some((one) => one.errorCode !== Errors.NONE || one.acquired.length > 0);
    if (!hasSome && !isLast && !isUrgent) return false;
    this.#forgetPeer();
    this.#resolve(fetched);
    return true;
  }

  #readAll(): Read[] {
    const { targets, limits } = this.#options;
    const acquirable = targets.filter(
      ({ sharePartition }) => sharePartition.status !== 'active' || sharePartition.canAcquire,
    );
    if (acquirable.length === 0) return [];
    const maxBytes = Math.max(1, Math.floor(limits.maxBytes / acquirable.length));
    const reads: Read[] = [];
    let hasRecords = false;
    for (const target of acquirable) {
      if (target.sharePartition.status === 'initializing') continue;
      const read = this.#readOne(target, maxBytes, !hasRecords);
      hasRecords ||= (read.result?.sizeBytes ?? 0) > 0;
      reads.push(read);
      // Kafka looks after each partition that got loaded, so that the first with records is the whole answer.
      if (hasRecords && this.#isEarly) break;
    }
    return reads;
  }

  #readOne(target: ShareFetchTarget, maxBytes: number, minOneMessage: boolean): Read {
    const { sharePartition, leader } = target;
    const fetchOffset = sharePartition.nextFetchOffset;
    const isolation = this.#options.limits.isReadCommitted ? 'committed' : 'high-watermark';
    try {
      sharePartition.checkActive();
      leader.checkLeader();
      const result = leader.log.read(fetchOffset, maxBytes, { isolation, minOneMessage });
      return { target, fetchOffset, result, error: undefined };
    } catch (error) {
      return { target, fetchOffset, result: undefined, error };
    }
  }

  #acquireAll(reads: readonly Read[]): ShareFetched[] {
    let room = this.#options.limits.maxRecords;
    return reads.map((read) => {
      const fetched = this.#acquireOne(read, room);
      for (const { firstOffset, lastOffset } of fetched.acquired) {
        room -= lastOffset - firstOffset + 1;
      }
      return fetched;
    });
  }

  #acquireOne({ target, fetchOffset, result, error }: Read, maxRecords: number): ShareFetched {
    const { topicId, partition, sharePartition } = target;
    const nothing = {
      topicId,
      partition,
      errorCode: Errors.NONE,
      errorMessage: null,
      records: null,
      acquired: [],
    };
    if (result === undefined) {
      // The log begins later than we thought: the member asks again.
      if (error instanceof ApiError && error.code === Errors.OFFSET_OUT_OF_RANGE) {
        sharePartition.window.moveToLogStart(target.leader.log.logStartOffset);
        return nothing;
      }
      const { code: errorCode, message: errorMessage } = this.#options.onError(target, error);
      return { ...nothing, errorCode, errorMessage };
    }
    const records = result.records[0];
    if (records === undefined) {
      result.release();
      return nothing;
    }
    const { memberId, limits } = this.#options;
    const batches = fetchedBatches(records);
    const acquired = sharePartition.acquire({
      memberId,
      isRecordLimit: limits.isRecordLimit,
      batchSize: limits.batchSize,
      maxRecords,
      fetchOffset,
      records,
      batches,
      abortedTransactions: result.abortedTransactions ?? [],
    });
    if (acquired.length === 0) {
      result.release();
      return nothing;
    }
    this.#options.onRelease(() => result.release());
    return { ...nothing, records: sliceAcquired(records, batches, acquired), acquired };
  }
}
