// One partition as this broker has it: the log, who leads it in which epoch, and those who wait for news of it.
// Checks leadership and epochs; the log decides about records. Kafka's Partition, for a single replica.

import type { AppendInfo, AppendOptions, UnifiedLog } from '../log/unified-log.ts';
import type { PartitionRegistration } from '../metadata/image/topics-image.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import { WatchKey } from './delayed-operations.ts';
import type { StorageFailures } from './storage-failures.ts';

/** How far a reader may see. */
export type ReaderIsolation = 'log-end' | 'high-watermark' | 'committed';

export interface FoundOffset {
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const NO_TIMESTAMP = -1;

export class Partition {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  #currentLog: UnifiedLog;
  /** Fetches that wait for records. */
  readonly arrivals = new WatchKey();
  #registration: PartitionRegistration;
  readonly #nodeId: number;
  readonly #failures: StorageFailures;
  readonly #onAppend: (partition: Partition, sizeBytes: number) => void;
  #leaderEpochStartOffsetValue = 0;

  constructor(options: {
    topic: string;
    topicId: string;
    index: number;
    log: UnifiedLog;
    nodeId: number;
    failures: StorageFailures;
    registration: PartitionRegistration;
    onAppend: (partition: Partition, sizeBytes: number) => void;
  }) {
    this.topic = options.topic;
    this.topicId = options.topicId;
    this.index = options.index;
    this.#currentLog = options.log;
    this.#nodeId = options.nodeId;
    this.#failures = options.failures;
    this.#registration = options.registration;
    this.#onAppend = options.onAppend;
    if (this.isLeader) this.#becomeLeader();
  }

  get name(): string {
    return `${this.topic}-${this.index}`;
  }

  get log(): UnifiedLog {
    return this.#currentLog;
  }

  /** The same records in another log directory. */
  replaceLog(log: UnifiedLog): void {
    this.#currentLog = log;
    if (this.isLeader) log.updateHighWatermark(log.logEndOffset);
  }

  get leader(): number {
    return this.#registration.leader;
  }

  get leaderEpoch(): number {
    return this.#registration.leaderEpoch;
  }

  get isLeader(): boolean {
    return this.#registration.leader === this.#nodeId;
  }

  /** Where the log stood when this broker took the lead in the present epoch. */
  get leaderEpochStartOffset(): number {
    return this.#leaderEpochStartOffsetValue;
  }

  /** What the controller decided. True when leader or epoch changed: those who wait must look again. */
  update(registration: PartitionRegistration): boolean {
    const before = this.#registration;
    this.#registration = registration;
    const changed =
      before.leader !== registration.leader || before.leaderEpoch !== registration.leaderEpoch;
    if (changed && this.isLeader) this.#becomeLeader();
    return changed;
  }

  #becomeLeader(): void {
    this.#leaderEpochStartOffsetValue = this.log.logEndOffset;
    this.log.assignEpochStartOffset(this.leaderEpoch, this.log.logEndOffset);
    this.#maybeIncrementHighWatermark();
  }

  /**
   * Appends as leader. With requiredAcks -1 too few in-sync replicas refuse it before anything is written.
   * @throws ApiError NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS, and what the log throws
   */
  append(records: Buffer, requiredAcks: number, options: AppendOptions): AppendInfo {
    this.checkLeader();
    if (requiredAcks === -1) this.#checkInSync();
    let info: AppendInfo;
    try {
      info = this.log.appendAsLeader(records, this.leaderEpoch, options);
    } catch (error) {
      this.#failures.noticed(error, this.name);
      throw error;
    }
    this.#maybeIncrementHighWatermark();
    this.#onAppend(this, records.length);
    return info;
  }

  /**
   * The first offset at or after a time, or for a special timestamp, as far as the reader may see.
   * Undefined when there is none (Partition.fetchOffsetForTimestamp).
   */
  offsetFor(timestamp: number, isolation: ReaderIsolation): FoundOffset | undefined {
    const { log } = this;
    const endOffset = this.#visibleEnd(isolation);
    if (timestamp === LATEST) {
      return { timestamp: NO_TIMESTAMP, offset: endOffset, leaderEpoch: this.leaderEpoch };
    }
    if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) {
      const offset = log.logStartOffset;
      return {
        timestamp: NO_TIMESTAMP,
        offset,
        leaderEpoch: log.epochs.epochForOffset(offset) ?? -1,
      };
    }
    // The others name tiered storage, which there is none of.
    if (timestamp < MAX_TIMESTAMP) return undefined;
    const found =
      timestamp === MAX_TIMESTAMP ? log.offsetOfMaxTimestamp() : log.offsetForTimestamp(timestamp);
    return found === undefined || found.offset >= endOffset ? undefined : found;
  }

  #visibleEnd(isolation: ReaderIsolation): number {
    const { log } = this;
    if (isolation === 'log-end') return log.logEndOffset;
    return isolation === 'committed' ? log.lastStableOffset : log.highWatermark;
  }

  /** Where the epoch ends (KIP-101): the log end for the leader's own, -1 and -1 for one that isn't known. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    if (epoch === this.leaderEpoch) return { epoch, endOffset: this.log.logEndOffset };
    const { leaderEpoch, endOffset } = this.log.endOffsetForEpoch(epoch);
    return { epoch: leaderEpoch, endOffset };
  }

  /** Raises the log start offset (-1: to the high watermark); returns the low watermark. @throws ApiError OFFSET_OUT_OF_RANGE, POLICY_VIOLATION */
  deleteRecords(beforeOffset: number): number {
    const { config } = this.log;
    if (config.compact && !config.delete) throw new ApiError(Errors.POLICY_VIOLATION);
    return this.log.deleteRecordsBefore(beforeOffset);
  }

  /** The lowest log end of the in-sync replicas: with this one alone, its own. */
  #maybeIncrementHighWatermark(): void {
    const { isr } = this.#registration;
    if (isr.length > 1) return;
    this.log.updateHighWatermark(this.log.logEndOffset);
  }

  #minInsyncReplicas(): number {
    return Number(this.log.config.values.get('min.insync.replicas') ?? 1);
  }

  #checkInSync(): void {
    const { isr, replicas } = this.#registration;
    // As Partition.effectiveMinIsr: more than there are replicas can't be asked for.
    const minInsync = Math.min(this.#minInsyncReplicas(), replicas.length);
    if (isr.length >= minInsync) return;
    throw new ApiError(
      Errors.NOT_ENOUGH_REPLICAS,
      `The size of the current ISR : ${isr.length} is insufficient to satisfy the min.isr requirement of ${minInsync} for partition ${this.name}, live replica(s) broker.id are : ${isr.join(',')}`,
    );
  }

  /** @throws ApiError NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR once its log directory has failed */
  checkLeader(): void {
    if (this.log.isClosed) {
      throw new ApiError(Errors.KAFKA_STORAGE_ERROR, `Partition ${this.name} is offline`);
    }
    if (this.isLeader) return;
    throw new ApiError(
      Errors.NOT_LEADER_OR_FOLLOWER,
      `Leader not local for partition ${this.name} on broker ${this.#nodeId}`,
    );
  }

  /**
   * A client that knows an older epoch must refresh, one that knows a newer must wait for us. -1: it doesn't say.
   * @throws ApiError FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH
   */
  checkLeaderEpoch(currentLeaderEpoch: number): void {
    if (currentLeaderEpoch < 0 || currentLeaderEpoch === this.leaderEpoch) return;
    throw new ApiError(
      currentLeaderEpoch < this.leaderEpoch
        ? Errors.FENCED_LEADER_EPOCH
        : Errors.UNKNOWN_LEADER_EPOCH,
    );
  }
}
