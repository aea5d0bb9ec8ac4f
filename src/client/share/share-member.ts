// Membership in a share group (KIP-932): heartbeats say which topics we read, their answers which partitions to fetch from.
// Nothing is handed over when the assignment changes: others may read the same partitions (ShareMembershipManager).

import type { Io, Timer } from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../protocol/generated/apis/share-group-heartbeat.ts';
import type { ShareGroupHeartbeatResponse } from '../../protocol/generated/apis/share-group-heartbeat-response.ts';
import type { ShareConsumerConfig } from '../config/share-consumer-config.ts';
import type { GroupCoordinatorClient } from '../consumer/group/group-coordinator-client.ts';
import { ClientError, KafkaError, UnsupportedVersionError } from '../errors.ts';

const JOIN_EPOCH = 0;
const LEAVE_EPOCH = -1;
/** Share groups left their first preview behind with version 1. */
const FIRST_VERSION = 1;

export interface AssignedTopic {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export interface ShareMemberOptions {
  readonly io: Io;
  readonly config: ShareConsumerConfig;
  readonly coordinator: GroupCoordinatorClient;
  readonly topics: () => readonly string[];
  /** Something came or failed. */
  readonly onProgress: () => void;
}

export class ShareMember {
  readonly memberId: string;
  /** What the coordinator wants us to fetch from; replaced as a whole. */
  assignment: readonly AssignedTopic[] = [];
  readonly #options: ShareMemberOptions;
  #epoch = JOIN_EPOCH;
  #isBeating = false;
  #nextBeatMs = 0;
  #sentTopics: string | undefined;
  #lastPollMs: number;
  #timer: Timer | undefined;
  #failure: ClientError | undefined;
  #isClosed = false;

  constructor(options: ShareMemberOptions) {
    this.#options = options;
    this.memberId = options.io.random.uuid();
    this.#lastPollMs = this.#nowMs();
  }

  /** Called by each step of a poll. Throws what the group refused us with. */
  poll(): void {
    this.#lastPollMs = this.#nowMs();
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    const isNew = this.#topicsKey() !== this.#sentTopics && this.#epoch !== JOIN_EPOCH;
    if (isNew || this.#nowMs() >= this.#nextBeatMs) this.#beat();
  }

  /** Milliseconds until poll has something to do by time alone. */
  nextStepMs(): number {
    return this.#isBeating
      ? Number.POSITIVE_INFINITY
      : Math.max(0, this.#nextBeatMs - this.#nowMs());
  }

  /** Leaves; never rejects. Idempotent. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#leave(timeoutMs);
  }

  #nowMs(): number {
    return this.#options.io.clock.monotonicMs();
  }

  #topicsKey(): string {
    return [...this.#options.topics()].sort().join(',');
  }

  #beat(): void {
    const isLeaving = this.#epoch < JOIN_EPOCH;
    if (this.#isBeating || isLeaving || this.#isClosed) return;
    this.#isBeating = true;
    void this.#exchange();
  }

  async #exchange(): Promise<void> {
    const { coordinator, config } = this.#options;
    const epoch = this.#epoch;
    const isJoining = epoch === JOIN_EPOCH;
    const topics = this.#topicsKey();
    const request = {
      groupId: config.groupId,
      memberId: this.memberId,
      memberEpoch: epoch,
      rackId: isJoining && config.rack !== '' ? config.rack : null,
      subscribedTopicNames:
        isJoining || topics !== this.#sentTopics ? [...this.#options.topics()].sort() : null,
    };
    this.#sentTopics = topics;
    try {
      const response = await coordinator.request(
        SHARE_GROUP_HEARTBEAT,
        (version) => {
          if (version < FIRST_VERSION) throw unsupported();
          return request;
        },
        { timeoutMs: config.network.requestTimeoutMs },
      );
      if (this.#epoch === epoch && !this.#isClosed) this.#take(response);
    } catch (error) {
      this.#failed(error instanceof ClientError ? error : new KafkaError(String(error), error));
    }
    this.#isBeating = false;
    if (this.#isClosed) return;
    this.#scheduleNext();
    this.#options.onProgress();
  }

  #take(response: ShareGroupHeartbeatResponse): void {
    const { coordinator } = this.#options;
    if (response.errorCode !== 0) {
      const error = coordinator.check(response.errorCode, response.errorMessage)!;
      const isFenced =
        error.code === Errors.UNKNOWN_MEMBER_ID || error.code === Errors.FENCED_MEMBER_EPOCH;
      if (isFenced) this.#rejoin();
      else this.#failed(error);
      return;
    }
    this.#epoch = response.memberEpoch;
    this.#nextBeatMs = this.#nowMs() + response.heartbeatIntervalMs;
    if (response.assignment !== null) this.assignment = response.assignment.topicPartitions;
  }

  #failed(error: ClientError): void {
    this.#sentTopics = undefined;
    this.#nextBeatMs = this.#nowMs() + this.#options.config.network.retryBackoffMs;
    if (error.retriable) return;
    const isOld = error instanceof UnsupportedVersionError;
    this.#failure = isOld || error.code === Errors.UNSUPPORTED_VERSION ? unsupported() : error;
  }

  /** Out of the group: what we hold others get when its locks time out, and we join anew. */
  #rejoin(): void {
    this.#epoch = JOIN_EPOCH;
    this.assignment = [];
    this.#sentTopics = undefined;
    this.#nextBeatMs = 0;
  }

  /** Between polls heartbeats go on, until the reader has been away for too long. */
  #scheduleNext(): void {
    this.#timer?.cancel();
    if (this.#epoch <= 0) return;
    const delayMs = Math.max(1, this.#nextBeatMs - this.#nowMs());
    this.#timer = this.#options.io.clock.setTimer(delayMs, () => this.#timeUp(), {
      background: true,
    });
  }

  #timeUp(): void {
    if (this.#isClosed || this.#epoch <= 0) return;
    const { maxPollIntervalMs } = this.#options.config;
    if (this.#nowMs() - this.#lastPollMs > maxPollIntervalMs) {
      void this.#leave(maxPollIntervalMs).then(() => this.#rejoin());
    } else if (this.#nowMs() < this.#nextBeatMs) this.#scheduleNext();
    else this.#beat();
  }

  async #leave(timeoutMs: number): Promise<void> {
    const { config, coordinator } = this.#options;
    // A join that is under way has to be taken back, too: the member's id is our own choice.
    const isKnown = this.#epoch > 0 || (this.#epoch === JOIN_EPOCH && this.#isBeating);
    if (!isKnown || !coordinator.isKnown) return;
    this.#epoch = LEAVE_EPOCH;
    const { memberId } = this;
    const request = { groupId: config.groupId, memberId, memberEpoch: LEAVE_EPOCH };
    try {
      await coordinator.request(SHARE_GROUP_HEARTBEAT, request, { timeoutMs });
    } catch {
      // The session will time out by itself.
    }
  }
}

function unsupported(): UnsupportedVersionError {
  return new UnsupportedVersionError(
    'The cluster does not support the share group protocol. To use share groups, the cluster must have the share group protocol enabled.',
  );
}
