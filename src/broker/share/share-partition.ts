// One partition as one share group has it: gives records to members, takes their answers, and takes records back whose
// locks end. What is decided lasts only once the share coordinator has it. Reads no log itself.
// Kafka: SharePartition.

import type {
  PersistedState,
  Persister,
  SharePartitionKey,
} from '../../coordinator/share/persister.ts';
import { UNINITIALIZED_START_OFFSET } from '../../coordinator/share/persister.ts';
import type { Clock, Timer } from '../../io/io.ts';
import type { AbortedTransaction } from '../../log/transaction-index.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { type AcknowledgementBatch, acknowledge, type StateChange } from './acknowledge.ts';
import { acquire } from './acquire.ts';
import {
  type AcquiredRun,
  abortedBatches,
  type FetchedBatch,
  withoutRanges,
} from './fetched-batches.ts';
import { InFlightBatch } from './in-flight-batch.ts';
import { InFlightWindow, persistedState } from './in-flight-window.ts';
import { isTerminal, NO_LOCK, RecordState, recordStateOf } from './record-state.ts';
import type { ShareGroupSettings } from './share-group-settings.ts';

export type SharePartitionStatus = 'initializing' | 'active' | 'failed' | 'fenced';

export interface SharePartitionOptions {
  readonly key: SharePartitionKey;
  readonly leaderEpoch: number;
  readonly clock: Clock;
  readonly persister: Persister;
  /** The group's settings of the moment. */
  readonly settings: () => ShareGroupSettings;
  /** Where share.auto.offset.reset points to. Throws an ApiError. */
  readonly resetOffset: () => number;
  /** Records may be had again, or there is room for more. */
  readonly onChanged: () => void;
  /** The share coordinator says that we don't lead the partition any more, or that the group is gone. */
  readonly onFenced: (error: ApiError) => void;
  readonly log: (line: string) => void;
}

export interface ShareFetchInput {
  readonly memberId: string;
  readonly isRecordLimit: boolean;
  readonly batchSize: number;
  readonly maxRecords: number;
  readonly fetchOffset: number;
  readonly records: Buffer;
  readonly batches: readonly FetchedBatch[];
  /** With isolation read_committed; their records are never delivered. */
  readonly abortedTransactions: readonly AbortedTransaction[];
}

export class SharePartition {
  readonly key: SharePartitionKey;
  /** Resolves when it is active; rejects with an ApiError when the state couldn't be read. */
  readonly ready: Promise<void>;
  readonly window = new InFlightWindow();
  readonly leaderEpoch: number;
  readonly #options: SharePartitionOptions;
  #status: SharePartitionStatus = 'initializing';
  #failure: unknown;
  #stateEpoch = 0;
  #timer: Timer | undefined;
  #timerDeadlineMs = NO_LOCK;

  constructor(options: SharePartitionOptions) {
    this.#options = options;
    this.key = options.key;
    this.leaderEpoch = options.leaderEpoch;
    this.ready = this.#initialize();
  }

  get status(): SharePartitionStatus {
    return this.#status;
  }

  /** Nothing is given out or written any more. */
  fence(): void {
    this.#status = 'fenced';
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  // Loading

  async #initialize(): Promise<void> {
    const { persister, onChanged } = this.#options;
    try {
      const state = await persister.read(this.key, this.leaderEpoch);
      if (this.#status !== 'initializing') throw new ApiError(Errors.LEADER_NOT_AVAILABLE);
      if (state.errorCode !== Errors.NONE)
        throw persisterError(state.errorCode, state.errorMessage);
      this.#restore(state);
      this.#status = 'active';
    } catch (error) {
      this.#failure = error;
      if (this.#status === 'initializing') this.#status = 'failed';
      throw error;
    } finally {
      onChanged();
    }
  }

  #restore(state: PersistedState): void {
    const startOffset =
      state.startOffset === UNINITIALIZED_START_OFFSET
        ? this.#options.resetOffset()
        : state.startOffset;
    const batches = state.stateBatches.map((batch) => {
      const known = recordStateOf(batch.deliveryState);
      const isSound =
        known !== undefined &&
        batch.firstOffset >= startOffset &&
        batch.lastOffset >= batch.firstOffset;
      if (!isSound) {
        const { groupId, topicId, partition } = this.key;
        throw new ApiError(
          Errors.UNKNOWN_SERVER_ERROR,
          `Failed to initialize the share partition ${groupId}-${topicId}:${partition}`,
        );
      }
      return new InFlightBatch(
        batch.firstOffset,
        batch.lastOffset,
        persistedState(known, batch.deliveryCount),
      );
    });
    this.#stateEpoch = state.stateEpoch;
    this.window.restore(startOffset, batches);
  }

  /** Throws why it can't be read from: NOT_LEADER_OR_FOLLOWER, or what went wrong when its state was read. */
  checkActive(): void {
    if (this.#status === 'failed') throw this.#failure;
    if (this.#status !== 'active') throw new ApiError(Errors.NOT_LEADER_OR_FOLLOWER);
  }

  // Giving out

  get nextFetchOffset(): number {
    return this.window.nextFetchOffset();
  }

  get canAcquire(): boolean {
    if (this.#status !== 'active') return false;
    const { window } = this;
    if (window.nextFetchOffset() !== window.endOffset + 1) return true;
    const { maxRecordLocks } = this.#options.settings();
    if (window.inFlightCount < maxRecordLocks) return true;
    // A gap that turned out to be none may have been all that kept the start offset back.
    return window.advance() && window.inFlightCount < maxRecordLocks;
  }

  /** The runs that the member holds from now on, until it answers or their locks end. */
  acquire(input: ShareFetchInput): AcquiredRun[] {
    if (this.#status !== 'active' || input.maxRecords <= 0 || input.batches.length === 0) return [];
    const { deliveryCountLimit, maxRecordLocks } = this.#options.settings();
    const lockDeadlineMs = this.#newDeadline();
    const runs = acquire(this.window, {
      ...input,
      lockDeadlineMs,
      maxDeliveryCount: deliveryCountLimit,
      maxInFlight: maxRecordLocks,
    });
    if (runs.length > 0) this.#armTimer(lockDeadlineMs);
    return this.#withoutAborted(input, runs);
  }

  #withoutAborted(input: ShareFetchInput, runs: AcquiredRun[]): AcquiredRun[] {
    if (runs.length === 0 || input.abortedTransactions.length === 0) return runs;
    const { window } = this;
    const aborted = abortedBatches(input.records, input.batches, input.abortedTransactions);
    for (const { baseOffset, lastOffset } of aborted) {
      const from = window.batches.floor(baseOffset)?.firstOffset ?? baseOffset;
      const found = window.batches.beginningIn(from, lastOffset);
      window.archive(baseOffset, lastOffset, found, RecordState.ACQUIRED, true);
    }
    const left = withoutRanges(runs, aborted);
    if (aborted.length > 0 && window.advance()) this.#options.onChanged();
    return left;
  }

  // Answers

  /** Resolves when the answer is kept; rejects with an ApiError, then nothing of it counts. */
  async acknowledge(memberId: string, batches: readonly AcknowledgementBatch[]): Promise<void> {
    const changes: StateChange[] = [];
    const { deliveryCountLimit, isRenewEnabled } = this.#options.settings();
    try {
      acknowledge(
        this.window,
        batches,
        {
          memberId,
          maxDeliveryCount: deliveryCountLimit,
          isRenewEnabled,
          lockDeadlineMs: this.#newDeadline(),
        },
        changes,
      );
    } catch (error) {
      this.#complete(changes, false);
      throw error;
    }
    this.#count(changes);
    await this.#persist(changes);
  }

  /** All that the member holds goes back: it left, or its session ended. */
  async release(memberId: string): Promise<void> {
    const { window } = this;
    const { deliveryCountLimit } = this.#options.settings();
    const changes: StateChange[] = [];
    for (const batch of window.batches) {
      const isHeldWhole =
        batch.whole?.state === RecordState.ACQUIRED && batch.whole.memberId === memberId;
      if (isHeldWhole && window.isCutByStart(batch.firstOffset, batch.lastOffset)) batch.split();
      batch.forEachState((state, firstOffset, lastOffset) => {
        if (state.memberId !== memberId || state.state !== RecordState.ACQUIRED) return;
        const next = lastOffset < window.startOffset ? RecordState.ARCHIVED : RecordState.AVAILABLE;
        if (!state.startLeaving(next, deliveryCountLimit)) return;
        const { state: to, deliveryCount } = state;
        changes.push({ state, firstOffset, lastOffset, to, deliveryCount });
      });
    }
    this.#count(changes);
    await this.#persist(changes);
  }

  async #persist(changes: readonly StateChange[]): Promise<void> {
    if (changes.length === 0) return;
    const failure = await this.#write(changes);
    this.#complete(changes, failure === undefined);
    if (failure === undefined) {
      if (this.window.advance()) this.#options.onChanged();
      return;
    }
    this.#uncount(changes);
    throw failure;
  }

  #complete(changes: readonly StateChange[], isCommitted: boolean): void {
    const nowMs = this.#options.clock.monotonicMs();
    let isAvailable = false;
    for (const { state } of changes) {
      state.complete(isCommitted, nowMs);
      if (state.state === RecordState.AVAILABLE) isAvailable = true;
    }
    // Locks that come back may end before the one that the timer is set to.
    if (!isCommitted) this.#armTimer(this.#earliestDeadline());
    if (!isAvailable) return;
    this.window.mayHaveAvailable = true;
    this.#options.onChanged();
  }

  #count(changes: readonly StateChange[]): void {
    for (const { to, firstOffset, lastOffset } of changes) {
      if (!isTerminal(to)) continue;
      this.window.deliveryCompleteCount += this.window.countFromStart(firstOffset, lastOffset);
    }
  }

  /** For changes that were taken back: whatever is done with nevertheless stays counted. */
  #uncount(changes: readonly StateChange[]): void {
    for (const { state, to, firstOffset, lastOffset } of changes) {
      if (!isTerminal(to) || isTerminal(state.state)) continue;
      this.window.deliveryCompleteCount -= this.window.countFromStart(firstOffset, lastOffset);
    }
  }

  async #write(changes: readonly StateChange[]): Promise<ApiError | undefined> {
    const { persister, onFenced } = this.#options;
    const { startOffset, deliveryCompleteCount } = this.window;
    const { errorCode, errorMessage } = await persister.write(this.key, {
      stateEpoch: this.#stateEpoch,
      leaderEpoch: this.leaderEpoch,
      startOffset,
      deliveryCompleteCount,
      stateBatches: changes.map(({ firstOffset, lastOffset, to, deliveryCount }) => ({
        firstOffset,
        lastOffset,
        deliveryState: to,
        deliveryCount,
      })),
    });
    if (errorCode === Errors.NONE) return undefined;
    const error = persisterError(errorCode, errorMessage);
    if (isFencing(error)) onFenced(error);
    return error;
  }

  // Locks

  #newDeadline(): number {
    return this.#options.clock.monotonicMs() + this.#options.settings().recordLockDurationMs;
  }

  /** One timer for all locks: a new one that ends later than the one it is set to can wait for that. */
  #armTimer(deadlineMs: number): void {
    if (this.#timer !== undefined && this.#timerDeadlineMs <= deadlineMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (deadlineMs === NO_LOCK || this.#status !== 'active') return;
    const { clock } = this.#options;
    this.#timerDeadlineMs = deadlineMs;
    const delayMs = Math.max(1, Math.ceil(deadlineMs - clock.monotonicMs()));
    this.#timer = clock.setTimer(delayMs, () => this.#expireLocks(), { background: true });
  }

  #earliestDeadline(): number {
    let earliest = NO_LOCK;
    for (const batch of this.window.batches) {
      batch.forEachState(({ lockDeadlineMs, isChanging }) => {
        if (!isChanging && lockDeadlineMs < earliest) earliest = lockDeadlineMs;
      });
    }
    return earliest;
  }

  #expireLocks(): void {
    this.#timer = undefined;
    if (this.#status !== 'active') return;
    const { window } = this;
    const nowMs = this.#options.clock.monotonicMs();
    const { deliveryCountLimit } = this.#options.settings();
    const changes: StateChange[] = [];
    for (const batch of window.batches) {
      const isOver =
        batch.whole?.state === RecordState.ACQUIRED && batch.whole.lockDeadlineMs <= nowMs;
      if (isOver && window.isCutByStart(batch.firstOffset, batch.lastOffset)) batch.split();
      batch.forEachState((state, firstOffset, lastOffset) => {
        if (state.lockDeadlineMs > nowMs || state.state !== RecordState.ACQUIRED) return;
        const next = lastOffset < window.startOffset ? RecordState.ARCHIVED : RecordState.AVAILABLE;
        if (!state.leave(next, deliveryCountLimit)) return;
        state.lockDeadlineMs = NO_LOCK;
        const { state: to, deliveryCount } = state;
        changes.push({ state, firstOffset, lastOffset, to, deliveryCount });
      });
    }
    this.#armTimer(this.#earliestDeadline());
    if (changes.length === 0) return;
    if (changes.some(({ to }) => to === RecordState.AVAILABLE)) window.mayHaveAvailable = true;
    this.#count(changes);
    // The locks are over whether or not that can be written.
    this.#write(changes)
      .then((failure) => {
        if (failure !== undefined) {
          this.#options.log(`could not write released locks: ${failure.message}`);
        }
        window.advance();
        this.#options.onChanged();
      })
      .catch((error) => this.#options.log(`could not write released locks: ${String(error)}`));
    this.#options.onChanged();
  }
}

/** The share coordinator's error as a member is told it. Kafka: SharePartition.fetchPersisterError. */
function persisterError(code: number, message: string | null): ApiError {
  switch (code) {
    case Errors.NOT_COORDINATOR:
    case Errors.COORDINATOR_NOT_AVAILABLE:
    case Errors.COORDINATOR_LOAD_IN_PROGRESS:
      return new ApiError(Errors.COORDINATOR_NOT_AVAILABLE, message);
    case Errors.GROUP_ID_NOT_FOUND:
    case Errors.UNKNOWN_TOPIC_OR_PARTITION:
      return new ApiError(code, message);
    case Errors.FENCED_LEADER_EPOCH:
    case Errors.FENCED_STATE_EPOCH:
      return new ApiError(Errors.NOT_LEADER_OR_FOLLOWER, message);
    default:
      return new ApiError(Errors.UNKNOWN_SERVER_ERROR, message);
  }
}

/** After these the state in memory isn't the truth any more. */
export function isFencing(error: ApiError): boolean {
  return (
    error.code === Errors.NOT_LEADER_OR_FOLLOWER ||
    error.code === Errors.FENCED_STATE_EPOCH ||
    error.code === Errors.GROUP_ID_NOT_FOUND ||
    error.code === Errors.UNKNOWN_TOPIC_OR_PARTITION
  );
}
