// Commits that nobody asks for: every auto.commit.interval.ms, before partitions change hands, and at the end
// (ConsumerCoordinator's). Never commits what the reader hasn't dealt with, nor as a member that it no longer is.

import type { Clock } from '../../io/io.ts';
import type { ClientLog } from '../client-log.ts';
import { TimeoutError } from '../errors.ts';
import type { NetworkClient } from '../net/network-client.ts';
import type { Assignment } from './assignment.ts';
import type { OffsetStore } from './group/offset-store.ts';

const COORDINATOR_LOGGER = 'org.apache.kafka.clients.consumer.internals.ConsumerCoordinator';

export interface AutoCommitOptions {
  readonly clock: Clock;
  readonly network: NetworkClient;
  readonly offsets: OffsetStore;
  readonly assignment: Assignment;
  readonly intervalMs: number;
  /** undefined for a topic that isn't there (any more). */
  readonly topicId: (name: string) => string | undefined;
  /** False while the group doesn't know us, so that the offsets are others' business. */
  readonly mayCommit: () => boolean;
  /** The reader has dealt with all that was handed out before this was called. */
  readonly untilDelivered: () => Promise<void>;
  readonly log: ClientLog;
}

export class AutoCommit {
  readonly #options: AutoCommitOptions;
  #nextMs = Number.POSITIVE_INFINITY;
  #committing: Promise<void> | undefined;

  constructor(options: AutoCommitOptions) {
    this.#options = options;
  }

  /** From now on. Idempotent. */
  start(): void {
    const { clock, intervalMs } = this.#options;
    if (this.#nextMs === Number.POSITIVE_INFINITY) this.#nextMs = clock.monotonicMs() + intervalMs;
  }

  /** On Clock.monotonicMs. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** Commits in the background when it is time; failures are for the next time, or for the end. */
  advance(isStable: boolean): void {
    const { clock, intervalMs } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + intervalMs;
    if (this.#committing !== undefined || !isStable) return;
    this.#committing = this.#commit(intervalMs)
      .catch(() => {})
      .finally(() => {
        this.#committing = undefined;
      });
  }

  /** Never rejects: the next owner reads some records again, at least once. */
  async beforeRebalance(timeoutMs: number): Promise<void> {
    await this.#lastly(timeoutMs).catch(() => {});
  }

  /** Never rejects: what failed is told (ConsumerCoordinator.maybeAutoCommitOffsetsSync). */
  async atEnd(timeoutMs: number): Promise<void> {
    try {
      await this.#lastly(timeoutMs);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log('WARN', `Synchronous auto-commit failed: ${why}`, COORDINATOR_LOGGER);
    }
  }

  /** One after the other: an earlier commit that came later would move offsets back. */
  async #lastly(timeoutMs: number): Promise<void> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    if (this.#committing !== undefined) await this.#inTime(this.#committing, deadlineMs);
    await this.#commit(Math.max(0, deadlineMs - clock.monotonicMs()));
  }

  async #commit(timeoutMs: number): Promise<void> {
    const { clock, offsets, assignment, topicId, mayCommit, untilDelivered } = this.#options;
    // A deleted topic's offsets would wait for a namesake, in which they mean nothing.
    const consumed = assignment.consumedOffsets().filter(({ topic }) => topicId(topic));
    if (consumed.length === 0 || !mayCommit()) return;
    const { lossCount } = assignment;
    const ids = new Map(consumed.map(({ topic }) => [topic, topicId(topic)]));
    const areSameTopics = () => [...ids].every(([topic, id]) => topicId(topic) === id);
    // A rebalance may come between: the next owner may have committed already.
    const isStillOurs = () => assignment.lossCount === lossCount && areSameTopics() && mayCommit();
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    await this.#inTime(untilDelivered(), deadlineMs);
    if (!isStillOurs()) return;
    const leftMs = Math.max(0, Math.round(deadlineMs - clock.monotonicMs()));
    await offsets.commit(consumed, leftMs, isStillOurs);
  }

  #inTime(promise: Promise<void>, deadlineMs: number): Promise<void> {
    const late = () => new TimeoutError('The consumed offsets could not be committed in time');
    return this.#options.network.within(promise, deadlineMs, late);
  }
}
