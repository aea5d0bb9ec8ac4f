// Takes batches out of the accumulator and brings them to the leaders: what is ready, in which order, how many at a time,
// and when to look again (Kafka's Sender). What an answer means is delivery.ts's business.

import { ZERO_UUID } from '../../common/uuid.ts';
import type { Io, Timer } from '../../io/io.ts';
import type { ProduceResponse } from '../../protocol/generated/apis/produce-response.ts';
import type { ProducerConfig } from '../config/producer-config.ts';
import { type ClientError, DisconnectError, KafkaError } from '../errors.ts';
import type { MetadataManager } from '../metadata/metadata-manager.ts';
import { chooseVersion } from '../net/api-versions.ts';
import type { BrokerConnection } from '../net/broker-connection.ts';
import type { NetworkClient } from '../net/network-client.ts';
import type { Node } from '../types.ts';
import type { Delivery } from './delivery.ts';
import type { PartitionQueue } from './partition-queue.ts';
import {
  FIRST_VERSION_WITH_TOPIC_IDS,
  LAST_VERSION_BEFORE_TRANSACTIONS_V2,
  PRODUCE,
  produceRequest,
} from './produce-request.ts';
import type { ProducerBatch } from './producer-batch.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import type { RecordAccumulator } from './record-accumulator.ts';

export interface SenderOptions {
  readonly io: Io;
  readonly config: ProducerConfig;
  readonly network: NetworkClient;
  readonly metadata: MetadataManager;
  readonly identity: ProducerIdentity;
  readonly accumulator: RecordAccumulator;
  readonly delivery: Delivery;
  /** Called when the queues are looked through. */
  readonly beforePump: () => void;
  /** Whether batches go without waiting for linger.ms: a flush, a close, or a reader that waits for memory. */
  readonly isUrgent: () => boolean;
}

/** The queues of one leader that have something to send. */
interface LeaderWork {
  readonly node: Node;
  readonly queues: PartitionQueue[];
  isReady: boolean;
}

export class Sender {
  readonly #options: SenderOptions;
  /** Produce requests without an answer, by node. */
  readonly #inFlight = new Map<number, number>();
  readonly #connecting = new Set<number>();
  #isScheduled = false;
  #isClosed = false;
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;
  /** Where the last request of a node left off, so that every partition has its turn. */
  #turn = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Looks for work once the current events are over. */
  wake(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    this.#options.io.clock.defer(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  /** Looks for work no later than in `delayMs`. */
  wakeWithin(delayMs: number): void {
    const { clock } = this.#options.io;
    const dueMs = clock.monotonicMs() + delayMs;
    if (dueMs >= this.#timerDueMs || this.#isClosed) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.#timerDueMs = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #pump(): void {
    if (this.#isClosed) return;
    const { accumulator, delivery, identity, io } = this.#options;
    const nowMs = io.clock.monotonicMs();
    delivery.expire(nowMs);
    if (accumulator.activeQueues.size === 0) return;
    if (identity.fatalError !== undefined) {
      delivery.failEverything(identity.fatalError);
      return;
    }
    if (identity.abortReason !== undefined) delivery.failUnsent(identity.abortReason);
    this.#options.beforePump();
    if (identity.ready()) delivery.settleEpochs();
    // Asked again: the last epoch of an id may just have ended.
    if (identity.ready()) {
      for (const work of this.#findWork(nowMs).values()) {
        if (work.isReady) this.#serve(work, nowMs);
      }
    }
    this.wakeWithin(Math.max(1, this.#nextLookMs(nowMs)));
  }

  /** By leader what waits for it. Partitions without a leader ask for metadata. */
  #findWork(nowMs: number): Map<number, LeaderWork> {
    const { accumulator, metadata } = this.#options;
    const byLeader = new Map<number, LeaderWork>();
    let hasOrphans = false;
    for (const queue of accumulator.activeQueues) {
      const first = queue.waiting[0];
      if (first === undefined || !this.#mayGo(queue, first, nowMs)) continue;
      const node = metadata.leaderOf(queue.topic, queue.partition);
      if (node === undefined) {
        hasOrphans = true;
        continue;
      }
      let work = byLeader.get(node.id);
      if (work === undefined) {
        work = { node, queues: [], isReady: false };
        byLeader.set(node.id, work);
      }
      work.queues.push(queue);
      work.isReady ||= this.#isReady(queue, first, nowMs);
    }
    if (hasOrphans) metadata.requestUpdateLater();
    return byLeader;
  }

  #mayGo(queue: PartitionQueue, first: ProducerBatch, nowMs: number): boolean {
    if (first.retryAtMs > nowMs || !queue.mayDrain(first)) return false;
    const { identity } = this.#options;
    if (!identity.isIdempotent) return true;
    if (!identity.maySendTo(queue)) return false;
    // Nothing goes while the broker's view of our numbers isn't known, and new batches wait until those of an
    // older epoch are through (TransactionManager.hasUnresolvedSequence, hasStaleProducerIdAndEpoch).
    if (queue.needsNewEpoch) return false;
    if (first.isTracked) return true;
    if (queue.isUnresolved) return false;
    const isCurrent =
      queue.producerId === identity.producerId && queue.producerEpoch === identity.producerEpoch;
    return isCurrent || queue.unacknowledged.length === 0;
  }

  /** Full, lingered long enough, a retry whose back-off is over, or somebody waits. */
  #isReady(queue: PartitionQueue, first: ProducerBatch, nowMs: number): boolean {
    if (first.isTracked || queue.waiting.length > 1) return true;
    if (this.#options.accumulator.isFull(first)) return true;
    const { config, identity, isUrgent } = this.#options;
    return nowMs - first.createdMs >= config.lingerMs || identity.isCompleting || isUrgent();
  }

  /** Sends requests to one leader until nothing is ready or enough is in flight. */
  #serve(work: LeaderWork, nowMs: number): void {
    const connection = this.#connectionTo(work.node);
    if (connection === undefined) return;
    const { maxInFlight } = this.#options.config;
    while ((this.#inFlight.get(work.node.id) ?? 0) < maxInFlight && connection.open) {
      const batches = this.#drain(work.queues, nowMs);
      if (batches.length === 0) return;
      this.#send(work.node, connection, batches);
      if (!work.queues.some((queue) => this.#hasReady(queue, nowMs))) return;
    }
  }

  #hasReady(queue: PartitionQueue, nowMs: number): boolean {
    const first = queue.waiting[0];
    return (
      first !== undefined && this.#mayGo(queue, first, nowMs) && this.#isReady(queue, first, nowMs)
    );
  }

  /** The next batch of each queue, as many as max.request.size takes, at least one. */
  #drain(queues: readonly PartitionQueue[], nowMs: number): ProducerBatch[] {
    const { config, accumulator } = this.#options;
    const batches: ProducerBatch[] = [];
    let sizeBytes = 0;
    for (let step = 0; step < queues.length; step++) {
      const queue = queues[(this.#turn + step) % queues.length]!;
      const first = queue.waiting[0];
      if (first === undefined || !this.#mayGo(queue, first, nowMs)) continue;
      this.#number(queue, first);
      const wasBuilt = first.bytes !== undefined;
      const bytes = first.build();
      if (!wasBuilt) accumulator.updateRatio(first, bytes.length);
      if (batches.length > 0 && sizeBytes + bytes.length > config.maxRequestSizeBytes) {
        this.#turn += step;
        return batches;
      }
      sizeBytes += bytes.length;
      queue.waiting.shift();
      batches.push(first);
    }
    return batches;
  }

  /** From here on the batch takes no records and has its place in the order. */
  #number(queue: PartitionQueue, batch: ProducerBatch): void {
    if (batch.isTracked) return;
    const { identity } = this.#options;
    queue.track(batch);
    if (!identity.isIdempotent) return;
    const isCurrent =
      queue.producerId === identity.producerId && queue.producerEpoch === identity.producerEpoch;
    if (isCurrent) queue.assignSequence(batch);
    else queue.restartSequences(identity.producerId, identity.producerEpoch);
  }

  #send(node: Node, connection: BrokerConnection, batches: ProducerBatch[]): void {
    const { config, metadata, delivery, identity } = this.#options;
    const topicIdOf = (topic: string) => metadata.topic(topic)?.topicId ?? ZERO_UUID;
    for (const batch of batches) {
      batch.isInFlight = true;
      batch.attempts++;
    }
    const failed = (error: ClientError) => {
      this.#answered(node);
      delivery.disconnected(batches, error);
      this.wake();
    };
    const before = this.#inFlight.get(node.id) ?? 0;
    try {
      const knowsIds = batches.every((batch) => topicIdOf(batch.queue.topic) !== ZERO_UUID);
      const version = chooseVersion(connection.versions, PRODUCE, this.#limits(knowsIds));
      const timeoutMs = config.network.requestTimeoutMs;
      const request = produceRequest(
        batches,
        identity.transactionalId,
        config.acks,
        timeoutMs,
        version,
        topicIdOf,
      );
      this.#inFlight.set(node.id, before + 1);
      if (config.acks === 0) {
        const taken = () => {
          this.#answered(node);
          delivery.unacknowledged(batches);
          this.wake();
        };
        connection.sendOneWay(PRODUCE, version, request, taken, failed);
      } else {
        const answered = (response: ProduceResponse) => {
          this.#answered(node);
          delivery.answered(batches, response);
          this.wake();
        };
        connection.send(PRODUCE, version, request, timeoutMs, answered, failed);
      }
    } catch (error) {
      this.#inFlight.set(node.id, before);
      delivery.refused(batches, error);
    }
  }

  #limits(knowsIds: boolean): { maxVersion?: number } {
    const { transactionalId, speaksV2 } = this.#options.identity;
    if (transactionalId !== null && !speaksV2) {
      return { maxVersion: LAST_VERSION_BEFORE_TRANSACTIONS_V2 };
    }
    return knowsIds ? {} : { maxVersion: FIRST_VERSION_WITH_TOPIC_IDS - 1 };
  }

  #answered(node: Node): void {
    this.#inFlight.set(node.id, Math.max(0, (this.#inFlight.get(node.id) ?? 0) - 1));
  }

  /** The open connection to a leader; begins to make one when there is none. */
  #connectionTo(node: Node): BrokerConnection | undefined {
    const { network, metadata } = this.#options;
    const link = network.link(node);
    if (link.connection !== undefined) return link.connection;
    const waitMs = link.waitMs();
    if (waitMs > 0) {
      this.wakeWithin(waitMs);
      return undefined;
    }
    if (this.#connecting.has(node.id)) return undefined;
    this.#connecting.add(node.id);
    link.connect().then(
      () => {
        this.#connecting.delete(node.id);
        this.wake();
      },
      (error: unknown) => {
        this.#connecting.delete(node.id);
        if (error instanceof DisconnectError) metadata.requestUpdate();
        else if (error instanceof KafkaError) metadata.requestUpdateLater();
        this.wakeWithin(Math.max(1, link.waitMs()));
      },
    );
    return undefined;
  }

  /** Milliseconds until some batch is ready by time alone: linger, back-off or expiry. */
  #nextLookMs(nowMs: number): number {
    const { config, accumulator } = this.#options;
    let nextMs = config.deliveryTimeoutMs;
    for (const queue of accumulator.activeQueues) {
      for (const batch of queue.unacknowledged) {
        if (batch.isDone) continue;
        nextMs = Math.min(nextMs, batch.createdMs + config.deliveryTimeoutMs - nowMs);
        if (!batch.isInFlight && batch.retryAtMs > nowMs) {
          nextMs = Math.min(nextMs, batch.retryAtMs - nowMs);
        }
      }
      const first = queue.waiting[0];
      if (first === undefined || first.isTracked) continue;
      // The same comparison as in isReady: a fraction of a millisecond too early must not count as over.
      if (nowMs - first.createdMs < config.lingerMs) {
        nextMs = Math.min(nextMs, first.createdMs + config.lingerMs - nowMs);
      }
      nextMs = Math.min(nextMs, first.createdMs + config.deliveryTimeoutMs - nowMs);
    }
    return nextMs;
  }
}
