// Reads what a fetch wants from the local logs, within its limits of size. As ReplicaManager.readFromLog.
// Never waits: delayed-fetch.ts does, and asks again.

import { type LogSlice, locateInLog } from '../log/log-slice.ts';
import type { Isolation, ReadResult, UnifiedLog } from '../log/unified-log.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import type { FetchOutcome, FetchTarget } from './fetch-session.ts';
import { attachable, FileSlice } from './file-slice.ts';
import type { MetadataCache } from './metadata-cache.ts';
import type { Partition } from './partition.ts';
import type { ReplicaManager } from './replica-manager.ts';

export interface FetchLimits {
  readonly maxBytes: number;
  readonly isolation: Isolation;
  /** A broker asks, which no partition has as a follower. */
  readonly isFollower: boolean;
}

/** The answer about one partition. */
export interface PartitionRead extends FetchOutcome {
  readonly target: FetchTarget;
  readonly partition: Partition | undefined;
  readonly lastStableOffset: number;
  readonly records: readonly Buffer[];
  readonly abortedTransactions: ReadResult['abortedTransactions'] | null;
  /** Gives the buffers of `records` back; undefined when there are none. */
  readonly release: (() => void) | undefined;
  readonly divergingEpoch: { epoch: number; endOffset: number } | undefined;
}

export interface ReadAll {
  readonly reads: readonly PartitionRead[];
  readonly sizeBytes: number;
  /** An error or a diverging log: nothing to wait for. */
  readonly isUrgent: boolean;
}

/** Gives all buffers back: nobody may look at the records any more. */
export function releaseReads(reads: readonly PartitionRead[]): void {
  for (const { release } of reads) release?.();
}

const NO_RECORDS: readonly Buffer[] = [];

export class FetchReader {
  readonly #replicas: ReplicaManager;
  readonly #metadata: MetadataCache;
  readonly #log: (line: string) => void;

  constructor(replicas: ReplicaManager, metadata: MetadataCache, log: (line: string) => void) {
    this.#replicas = replicas;
    this.#metadata = metadata;
    this.#log = log;
  }

  /** Partitions are served in their order until the limit; the first that has records gives at least one batch. */
  read(targets: Iterable<FetchTarget>, byId: boolean, limits: FetchLimits): ReadAll {
    const reads: PartitionRead[] = [];
    let sizeBytes = 0;
    let isUrgent = false;
    for (const target of targets) {
      const room = Math.max(0, limits.maxBytes - sizeBytes);
      const read = this.#readOne(target, byId, room, sizeBytes === 0, limits);
      sizeBytes += read.recordsSizeBytes;
      if (read.errorCode !== Errors.NONE || read.isDiverging) isUrgent = true;
      reads.push(read);
    }
    return { reads, sizeBytes, isUrgent };
  }

  #readOne(
    target: FetchTarget,
    byId: boolean,
    room: number,
    minOneMessage: boolean,
    { isolation, isFollower }: FetchLimits,
  ): PartitionRead {
    const topic = byId ? this.#metadata.topicById(target.topicId)?.name : target.topic;
    if (topic === undefined) return failedRead(target, undefined, Errors.UNKNOWN_TOPIC_ID);
    const partition = this.#replicas.find(topic, target.partition);
    if (partition === undefined) {
      const isUnopened = this.#replicas.isUnopened(topic, target.partition);
      const code = isUnopened ? Errors.KAFKA_STORAGE_ERROR : Errors.UNKNOWN_TOPIC_OR_PARTITION;
      return failedRead(target, undefined, code);
    }
    try {
      partition.checkLeaderEpoch(target.currentLeaderEpoch);
      partition.checkLeader();
      if (isFollower) throw new ApiError(Errors.NOT_LEADER_OR_FOLLOWER);
      const { log } = partition;
      const diverging = divergence(log, target);
      if (diverging !== undefined) return divergedRead(target, partition, diverging);
      const maxBytes = Math.max(0, Math.min(target.maxBytes, room));
      const options = { isolation, minOneMessage };
      const slice = locateInLog(log, target.fetchOffset, maxBytes, options);
      if (slice !== undefined) return slicedRead(target, partition, slice, isolation);
      const data = log.read(target.fetchOffset, maxBytes, options);
      return {
        target,
        partition,
        errorCode: Errors.NONE,
        highWatermark: log.highWatermark,
        lastStableOffset: log.lastStableOffset,
        logStartOffset: log.logStartOffset,
        records: data.records,
        recordsSizeBytes: data.sizeBytes,
        abortedTransactions: data.abortedTransactions ?? null,
        release: data.sizeBytes > 0 ? data.release : undefined,
        divergingEpoch: undefined,
        isDiverging: false,
      };
    } catch (error) {
      return this.#failed(error, target, partition);
    }
  }

  #failed(error: unknown, target: FetchTarget, partition: Partition): PartitionRead {
    this.#replicas.failures.noticed(error, partition.name);
    if (error instanceof ApiError) return failedRead(target, partition, error.code);
    this.#log(`fetch from ${partition.name} failed: ${(error as Error).stack ?? error}`);
    return failedRead(target, partition, Errors.UNKNOWN_SERVER_ERROR);
  }
}

/** Much at once: it goes from the file to the socket piece by piece, as the client takes it. */
function slicedRead(
  target: FetchTarget,
  partition: Partition,
  { file, position, sizeBytes }: LogSlice,
  isolation: Isolation,
): PartitionRead {
  const { log } = partition;
  return {
    target,
    partition,
    errorCode: Errors.NONE,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStartOffset,
    records: [attachable(new FileSlice(file, position, sizeBytes))],
    recordsSizeBytes: sizeBytes,
    abortedTransactions: isolation === 'committed' ? [] : null,
    release: undefined,
    divergingEpoch: undefined,
    isDiverging: false,
  };
}

function failedRead(
  target: FetchTarget,
  partition: Partition | undefined,
  errorCode: number,
): PartitionRead {
  return {
    target,
    partition,
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    records: NO_RECORDS,
    recordsSizeBytes: 0,
    abortedTransactions: partition === undefined ? [] : null,
    release: undefined,
    divergingEpoch: undefined,
    isDiverging: false,
  };
}

function divergedRead(
  target: FetchTarget,
  partition: Partition,
  divergingEpoch: { epoch: number; endOffset: number },
): PartitionRead {
  const { log } = partition;
  return {
    ...failedRead(target, partition, Errors.NONE),
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStartOffset,
    divergingEpoch,
    isDiverging: true,
  };
}

/** Where the fetcher's log leaves ours (KIP-595), when it said what epoch it stands in. */
function divergence(
  log: UnifiedLog,
  target: FetchTarget,
): { epoch: number; endOffset: number } | undefined {
  if (target.lastFetchedEpoch < 0) return undefined;
  const { leaderEpoch, endOffset } = log.endOffsetForEpoch(target.lastFetchedEpoch);
  const end = { epoch: leaderEpoch, endOffset };
  if (end.epoch < 0 || end.endOffset < 0) {
    throw new ApiError(Errors.OFFSET_OUT_OF_RANGE);
  }
  const isSame = end.epoch >= target.lastFetchedEpoch && end.endOffset >= target.fetchOffset;
  return isSame ? undefined : end;
}
