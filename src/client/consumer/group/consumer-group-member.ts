// Membership under the consumer rebalance protocol (KIP-848): heartbeats say what we read and hold, their answers what we
// shall hold; the coordinator does the assigning. Partitions change hands inside poll() only (ConsumerMembershipManager).

import type { Io, Timer } from '../../../io/io.ts';
import { Errors, errorInfo } from '../../../protocol/errors.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../../protocol/generated/apis/consumer-group-heartbeat.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../../protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../../protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { ClientLog } from '../../client-log.ts';
import type { GroupConfig } from '../../config/consumer-config.ts';
import { ClientError, KafkaError, UnsupportedVersionError } from '../../errors.ts';
import { partitionKey, type TopicPartition } from '../../types.ts';
import type { GroupCoordinatorClient } from './group-coordinator-client.ts';
import type { AssignmentHooks, Membership } from './membership.ts';
import type { CommitIdentity } from './offset-store.ts';

const REQUEST_LOGGER =
  'org.apache.kafka.clients.consumer.internals.ConsumerHeartbeatRequestManager';
const MEMBERSHIP_LOGGER = 'org.apache.kafka.clients.consumer.internals.ConsumerMembershipManager';
const JOIN_EPOCH = 0;
const LEAVE_EPOCH = -1;
/** A static member that comes back (KIP-848). */
const LEAVE_STATIC_EPOCH = -2;

export interface ConsumerGroupMemberOptions {
  readonly io: Io;
  readonly config: GroupConfig;
  readonly coordinator: GroupCoordinatorClient;
  readonly retryBackoffMs: number;
  readonly log: ClientLog;
  readonly topics: () => readonly string[];
  readonly topicId: (name: string) => string | undefined;
  readonly topicName: (id: string) => string | undefined;
  /** A topic id came that nobody knows here. */
  readonly onUnknownTopicId: () => void;
  readonly hooks: AssignmentHooks;
  readonly onProgress: () => void;
}

type TargetAssignment = readonly {
  readonly topicId: string;
  readonly partitions: readonly number[];
}[];

export class ConsumerGroupMember implements Membership {
  readonly #options: ConsumerGroupMemberOptions;
  readonly #memberId: string;
  #epoch = JOIN_EPOCH;
  #owned: readonly TopicPartition[] = [];
  /** What the coordinator wants us to hold, until we do. */
  #target: TargetAssignment | undefined;
  /** Something to tell without waiting for the interval: a join, another subscription, partitions given up or taken. */
  #isDue = true;
  #isBeating = false;
  #nextBeatMs = 0;
  /** Nothing is sent before, however due: the last heartbeat failed. */
  #retryAtMs = 0;
  #intervalMs = 0;
  #sentTopics: string | undefined;
  #sentOwned: string | undefined;
  #lastPollMs: number;
  #timer: Timer | undefined;
  #isLost = false;
  #failure: ClientError | undefined;
  #isClosed = false;

  constructor(options: ConsumerGroupMemberOptions) {
    this.#options = options;
    this.#memberId = options.io.random.uuid();
    this.#lastPollMs = this.#nowMs();
  }

  get identity(): CommitIdentity {
    const { groupInstanceId } = this.#options.config;
    return { generationId: this.#epoch, memberId: this.#memberId, groupInstanceId };
  }

  get isMember(): boolean {
    return this.#epoch > 0;
  }

  get isStable(): boolean {
    return this.isMember && this.#target === undefined && !this.#isLost;
  }

  async poll(): Promise<void> {
    this.#lastPollMs = this.#nowMs();
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    if (this.#isLost) await this.#giveUpLost();
    if (this.#target !== undefined) await this.#reconcile(this.#target);
    if (this.#isLost) await this.#giveUpLost();
    if (this.#topicsKey() !== this.#sentTopics) this.#isDue = true;
    if (this.#isDue || this.#nowMs() >= this.#nextBeatMs) this.#beat();
  }

  nextStepMs(): number {
    if (this.#isBeating) return Number.POSITIVE_INFINITY;
    const dueMs = this.#isDue ? this.#retryAtMs : Math.max(this.#nextBeatMs, this.#retryAtMs);
    return Math.max(0, dueMs - this.#nowMs());
  }

  metadataChanged(): void {
    if (this.#target !== undefined) this.#options.onProgress();
  }

  membershipError(code: number): void {
    if (code !== Errors.FENCED_INSTANCE_ID) this.#lost();
  }

  async close(_reason: string, timeoutMs: number): Promise<void> {
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

  /** Sends one heartbeat, if none is under way and the last one didn't just fail. */
  #beat(): void {
    const isLeaving = this.#epoch < JOIN_EPOCH;
    if (this.#isBeating || isLeaving || this.#isClosed || this.#nowMs() < this.#retryAtMs) return;
    this.#isBeating = true;
    this.#isDue = false;
    void this.#exchange();
  }

  async #exchange(): Promise<void> {
    const { coordinator, config, retryBackoffMs } = this.#options;
    const request = this.#request();
    const epoch = this.#epoch;
    try {
      const response = await coordinator.request(
        CONSUMER_GROUP_HEARTBEAT,
        (version) => {
          if (version < 1) throw unsupported();
          return request;
        },
        { timeoutMs: config.maxPollIntervalMs },
      );
      if (this.#epoch === epoch && !this.#isClosed) this.#take(response);
    } catch (error) {
      this.#forgetSent();
      this.#retryAtMs = this.#nowMs() + retryBackoffMs;
      const failure = error instanceof ClientError ? error : new KafkaError(String(error), error);
      if (!failure.retriable)
        this.#failure = failure instanceof UnsupportedVersionError ? unsupported() : failure;
    }
    this.#isBeating = false;
    if (this.#isClosed) return;
    this.#scheduleNext();
    this.#options.onProgress();
  }

  /** Between polls heartbeats go on, until the reader has been away for too long. */
  #scheduleNext(): void {
    this.#timer?.cancel();
    if (this.#epoch <= 0) return;
    const delayMs = Math.max(1, Math.max(this.#nextBeatMs, this.#retryAtMs) - this.#nowMs());
    this.#timer = this.#options.io.clock.setTimer(delayMs, () => this.#timeUp(), {
      background: true,
    });
  }

  #timeUp(): void {
    if (this.#isClosed || this.#epoch <= 0) return;
    if (this.#nowMs() - this.#lastPollMs > this.#options.config.maxPollIntervalMs) {
      void this.#leave(this.#options.config.maxPollIntervalMs).then(() => this.#lost());
      return;
    }
    // A timer that came before its time has nobody after it.
    if (!this.#isBeating && this.#nowMs() < this.#retryAtMs) this.#scheduleNext();
    else this.#beat();
  }

  /** Everything when we join, only what changed afterwards. */
  #request(): Draft<ConsumerGroupHeartbeatRequest> {
    const { config } = this.#options;
    const isJoining = this.#epoch === JOIN_EPOCH;
    const topics = this.#topicsKey();
    const owned = this.#owned.map((item) => partitionKey(item.topic, item.partition)).join(',');
    const sendTopics = isJoining || topics !== this.#sentTopics;
    const sendOwned = isJoining || owned !== this.#sentOwned;
    this.#sentTopics = topics;
    this.#sentOwned = owned;
    return {
      groupId: config.groupId,
      memberId: this.#memberId,
      memberEpoch: this.#epoch,
      instanceId: config.groupInstanceId,
      rackId: isJoining && config.rack !== '' ? config.rack : null,
      rebalanceTimeoutMs: isJoining ? config.maxPollIntervalMs : -1,
      subscribedTopicNames: sendTopics ? [...this.#options.topics()].sort() : null,
      serverAssignor: isJoining ? config.remoteAssignor : null,
      topicPartitions: sendOwned ? this.#ownedById() : null,
    };
  }

  #forgetSent(): void {
    this.#sentTopics = undefined;
    this.#sentOwned = undefined;
  }

  #ownedById(): { topicId: string; partitions: number[] }[] {
    const byId = new Map<string, number[]>();
    for (const { topic, partition } of this.#owned) {
      const id = this.#options.topicId(topic);
      if (id === undefined) continue;
      byId.set(id, [...(byId.get(id) ?? []), partition]);
    }
    return [...byId].map(([topicId, partitions]) => ({ topicId, partitions }));
  }

  #take(response: ConsumerGroupHeartbeatResponse): void {
    if (response.errorCode !== 0) {
      this.#refused(response);
      return;
    }
    this.#epoch = response.memberEpoch;
    this.#intervalMs = response.heartbeatIntervalMs;
    this.#nextBeatMs = this.#nowMs() + this.#intervalMs;
    if (response.assignment !== null) this.#target = response.assignment.topicPartitions;
  }

  #refused(response: ConsumerGroupHeartbeatResponse): void {
    const { coordinator, retryBackoffMs } = this.#options;
    const error = coordinator.check(response.errorCode, response.errorMessage)!;
    this.#forgetSent();
    this.#retryAtMs = this.#nowMs() + retryBackoffMs;
    switch (error.code) {
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.FENCED_MEMBER_EPOCH:
        this.#lost();
        return;
      case Errors.UNSUPPORTED_VERSION:
        this.#failure = unsupported();
        return;
      default:
        if (error.retriable) return;
        this.#failure = error;
        this.#tellFatal(error);
    }
  }

  #tellFatal(error: ClientError): void {
    const { log } = this.#options;
    const { name } = errorInfo(error.code);
    log(
      'ERROR',
      `ConsumerGroupHeartbeatRequest failed due to ${name}: ${error.message}`,
      REQUEST_LOGGER,
    );
    const who = `Member ${this.#memberId} with epoch ${this.#epoch}`;
    log('ERROR', `${who} transitioned to fatal state`, MEMBERSHIP_LOGGER);
  }

  /** Out of the group: what we held belongs to others already, and we join anew. */
  #lost(): void {
    this.#epoch = JOIN_EPOCH;
    this.#target = undefined;
    this.#forgetSent();
    this.#isLost = true;
    this.#isDue = true;
    this.#options.onProgress();
  }

  async #giveUpLost(): Promise<void> {
    this.#isLost = false;
    const gone = this.#owned;
    this.#owned = [];
    if (gone.length > 0) await this.#options.hooks.onLost(gone);
  }

  /** First gives up what isn't ours any more, then takes what is new, then says so. */
  async #reconcile(target: TargetAssignment): Promise<void> {
    const { hooks, topicName } = this.#options;
    const wanted: TopicPartition[] = [];
    let isComplete = true;
    for (const { topicId, partitions } of target) {
      const topic = topicName(topicId);
      if (topic === undefined) isComplete = false;
      else wanted.push(...partitions.map((partition) => ({ topic, partition })));
    }
    if (!isComplete) this.#options.onUnknownTopicId();
    const wantedKeys = new Set(wanted.map(keyOf));
    const ownedKeys = new Set(this.#owned.map(keyOf));
    const revoked = this.#owned.filter((item) => !wantedKeys.has(keyOf(item)));
    const added = wanted.filter((item) => !ownedKeys.has(keyOf(item)));
    if (isComplete && this.#target === target) this.#target = undefined;
    if (revoked.length > 0) {
      await hooks.beforeRebalance();
      // Fenced meanwhile: all of it is lost, and what was promised with it.
      if (this.#isLost) return;
      await hooks.onRevoked(revoked);
    }
    this.#owned = wanted;
    // The coordinator waits for the answer even when nothing changed.
    this.#isDue = this.#isDue || isComplete || added.length > 0;
    if (isComplete) this.#sentOwned = undefined;
    if (added.length > 0 || revoked.length > 0 || isComplete) await hooks.onAssigned(added, wanted);
  }

  async #leave(timeoutMs: number): Promise<void> {
    const { config, coordinator } = this.#options;
    // A join that is under way has to be taken back, too: the member's id is our own choice.
    const isKnown = this.#epoch > 0 || (this.#epoch === JOIN_EPOCH && this.#isBeating);
    if (!isKnown || !coordinator.isKnown) return;
    const memberEpoch = config.groupInstanceId === null ? LEAVE_EPOCH : LEAVE_STATIC_EPOCH;
    const memberId = this.#memberId;
    this.#epoch = memberEpoch;
    try {
      await coordinator.request(
        CONSUMER_GROUP_HEARTBEAT,
        { groupId: config.groupId, memberId, memberEpoch, instanceId: config.groupInstanceId },
        { timeoutMs },
      );
    } catch {
      // The session will time out by itself.
    }
  }
}

function keyOf(item: TopicPartition): string {
  return partitionKey(item.topic, item.partition);
}

function unsupported(): UnsupportedVersionError {
  return new UnsupportedVersionError(
    'The cluster does not support the new CONSUMER group protocol. Set group.protocol=classic on the consumer configs to revert to the CLASSIC protocol until the cluster is upgraded.',
  );
}
