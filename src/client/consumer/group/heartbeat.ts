// A member's heartbeats: sent on time while it is in a generation, and what they tell about it. One in flight at most.

import type { Io, Timer } from '../../../io/io.ts';
import { Errors } from '../../../protocol/errors.ts';
import { HEARTBEAT } from '../../../protocol/generated/apis/heartbeat.ts';
import type { GroupConfig } from '../../config/consumer-config.ts';
import { ClientError, KafkaError } from '../../errors.ts';
import type { GroupCoordinatorClient } from './group-coordinator-client.ts';
import type { CommitIdentity } from './offset-store.ts';

export interface HeartbeatOptions {
  readonly io: Io;
  readonly config: GroupConfig;
  readonly coordinator: GroupCoordinatorClient;
  readonly retryBackoffMs: number;
  readonly identity: () => CommitIdentity;
  readonly onRebalance: () => void;
  /** UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION: we are out. */
  readonly onLost: (code: number) => void;
  readonly onFatal: (error: ClientError) => void;
  /** No poll for max.poll.interval.ms. */
  readonly onPollTimeout: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: Timer | undefined;
  #isBeating = false;
  #lastPollMs: number;
  #lastAnswerMs: number;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#lastPollMs = this.#nowMs();
    this.#lastAnswerMs = this.#lastPollMs;
  }

  /** The reader is alive. */
  polled(): void {
    this.#lastPollMs = this.#nowMs();
  }

  start(): void {
    if (this.#isBeating) return;
    this.#isBeating = true;
    this.#lastAnswerMs = this.#nowMs();
    this.#schedule(this.#options.config.heartbeatIntervalMs);
  }

  /** Idempotent; an answer under way is ignored. */
  stop(): void {
    this.#isBeating = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #nowMs(): number {
    return this.#options.io.clock.monotonicMs();
  }

  #schedule(delayMs: number): void {
    this.#timer?.cancel();
    // In the background: a member that waits for nothing else needn't keep a process alive.
    this.#timer = this.#options.io.clock.setTimer(delayMs, () => void this.#beat(), {
      background: true,
    });
  }

  async #beat(): Promise<void> {
    const { config, coordinator, identity, retryBackoffMs } = this.#options;
    if (!this.#isBeating) return;
    if (this.#nowMs() - this.#lastPollMs > config.maxPollIntervalMs) {
      this.stop();
      this.#options.onPollTimeout();
      return;
    }
    if (this.#nowMs() - this.#lastAnswerMs > config.sessionTimeoutMs) coordinator.forget();
    const { generationId, memberId, groupInstanceId } = identity();
    let delayMs = config.heartbeatIntervalMs;
    try {
      const response = await coordinator.request(
        HEARTBEAT,
        (version) => ({
          groupId: config.groupId,
          generationId,
          memberId,
          ...(version >= 3 ? { groupInstanceId } : {}),
        }),
        { timeoutMs: config.sessionTimeoutMs },
      );
      // A rejoin may have begun while the answer was under way.
      if (this.#isBeating && identity().generationId === generationId) {
        if (this.#take(response.errorCode)) this.#lastAnswerMs = this.#nowMs();
        else delayMs = retryBackoffMs;
      }
    } catch (error) {
      delayMs = retryBackoffMs;
      const failure = error instanceof ClientError ? error : new KafkaError(String(error), error);
      if (this.#isBeating && !failure.retriable) this.#options.onFatal(failure);
    }
    if (this.#isBeating) this.#schedule(delayMs);
  }

  /** Whether the coordinator holds us for a member. */
  #take(code: number): boolean {
    switch (code) {
      case 0:
        return true;
      case Errors.REBALANCE_IN_PROGRESS:
        this.#options.onRebalance();
        return true;
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.ILLEGAL_GENERATION:
        this.stop();
        this.#options.onLost(code);
        return false;
      default: {
        const error = this.#options.coordinator.check(code)!;
        if (!error.retriable) {
          this.stop();
          this.#options.onFatal(error);
        }
        return false;
      }
    }
  }
}
