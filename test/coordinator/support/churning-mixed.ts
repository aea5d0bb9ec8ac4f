// A classic consumer with the embedded protocol of real clients, eager or cooperative, as the churn of mixed groups sees
// it: it goes on in a consumer group and back without noticing, assigns when it leads, and may crash, pause or leave.
// It never blocks: every step looks at what has been answered meanwhile.

import { Errors } from '../../../src/protocol/errors.ts';
import type { JoinGroupResponse } from '../../../src/protocol/generated/apis/join-group-response.ts';
import type { SyncGroupResponse } from '../../../src/protocol/generated/apis/sync-group-response.ts';
import {
  consumerProtocolAssignment,
  type TopicPartition,
} from '../../../src/protocol/generated/data/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../../src/protocol/generated/data/consumer-protocol-subscription.ts';
import type { Draft } from '../../../src/protocol/message.ts';
import { Reader } from '../../../src/protocol/reader.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import { CONSUMER_GROUP, type OwnershipModel } from './churning-consumer.ts';
import { Violation } from './churning-member.ts';
import type { GroupHarness, Pending } from './group-harness.ts';

const HEARTBEAT_INTERVAL_MS = 3000;
/** The first version that tells the generation in which the partitions were owned. */
const VERSION = 2;

export class ChurningClassic {
  readonly #harness: GroupHarness;
  readonly #model: OwnershipModel;
  readonly #isCooperative: boolean;
  state: 'out' | 'joining' | 'syncing' | 'stable' | 'crashed' = 'out';
  pausedUntilMs = 0;
  memberId = '';
  generation = -1;
  /** `topicId:partition` */
  owned = new Set<string>();
  subscription: string[] = ['a', 'b'];
  #join: Pending<Draft<JoinGroupResponse>> | undefined;
  #sync: Pending<Draft<SyncGroupResponse>> | undefined;
  #positions = new Map<string, number>();
  #nextHeartbeatMs = 0;

  constructor(harness: GroupHarness, model: OwnershipModel, isCooperative: boolean) {
    this.#harness = harness;
    this.#model = model;
    this.#isCooperative = isCooperative;
  }

  get isIn(): boolean {
    return this.state !== 'out' && this.state !== 'crashed';
  }

  crash(): void {
    this.state = 'crashed';
    this.#lose('');
  }

  async leave(): Promise<void> {
    const { memberId } = this;
    this.state = 'out';
    this.#lose('');
    if (memberId !== '') await this.#harness.leave(CONSUMER_GROUP, memberId);
  }

  subscribe(topics: string[]): void {
    this.subscription = topics;
    if (this.state === 'stable') this.#rejoin();
  }

  start(): void {
    this.#rejoin();
  }

  /** Whoever is told that it is not a member, or of another generation, has lost what it had. */
  #lose(memberId: string): void {
    this.memberId = memberId;
    this.generation = -1;
    this.owned = new Set();
    this.#join = undefined;
    this.#sync = undefined;
  }

  #rejoin(): void {
    if (!this.#isCooperative) this.owned = new Set();
    this.state = 'joining';
    this.#join = this.#harness.join(CONSUMER_GROUP, {
      memberId: this.memberId,
      rebalanceTimeoutMs: 15_000,
      sessionTimeoutMs: 10_000,
      protocols: [
        {
          name: this.#isCooperative ? 'cooperative-sticky' : 'range',
          metadata: this.#subscription(),
        },
      ],
    });
  }

  #subscription(): Buffer {
    const writer = new Writer();
    writer.writeInt16(VERSION);
    const ownedPartitions = this.#named(this.owned);
    const { subscription: topics, generation: generationId } = this;
    consumerProtocolSubscription.write(writer, { topics, ownedPartitions, generationId }, VERSION);
    return writer.finishBuffer();
  }

  #named(partitions: Iterable<string>): TopicPartition[] {
    return [...partitions].map((key) => {
      const [topicId, index] = key.split(':') as [string, string];
      return { topic: this.#harness.topics.byId(topicId)!.name, partitions: [Number(index)] };
    });
  }

  #keys(listed: readonly TopicPartition[]): string[] {
    return listed.flatMap(({ topic, partitions }) => {
      const { id } = this.#harness.topics.byName(topic)!;
      return partitions.map((partition) => `${id}:${partition}`);
    });
  }

  async step(): Promise<void> {
    if (this.pausedUntilMs > this.#harness.clock.nowMs()) return;
    if (this.state === 'joining' && this.#join?.result !== undefined) this.#onJoined();
    else if (this.state === 'syncing' && this.#sync?.result !== undefined) this.#onSynced();
    else if (this.state === 'stable') await this.#heartbeat();
  }

  #onJoined(): void {
    const { errorCode, memberId, generationId, leader, members } = this.#join!.result!;
    if (errorCode === Errors.MEMBER_ID_REQUIRED) this.memberId = memberId!;
    if (errorCode !== 0) {
      this.#onError(errorCode!);
      return;
    }
    this.memberId = memberId!;
    this.generation = generationId!;
    this.state = 'syncing';
    const isLeader = leader === memberId;
    const assignments = isLeader
      ? this.#assign(members as { memberId: string; metadata: Buffer }[])
      : {};
    this.#sync = this.#harness.syncBytes(
      CONSUMER_GROUP,
      this.memberId,
      this.generation,
      assignments,
    );
  }

  /**
   * Round robin over the subscribers. Cooperatively, a partition that somebody else owns waits until it is given back:
   * its owner sees that it isn't among its own, gives it back and joins again.
   */
  #assign(members: readonly { memberId: string; metadata: Buffer }[]): Record<string, Buffer> {
    const subscriptions = members.map(({ memberId, metadata }) => {
      const reader = new Reader(metadata);
      const subscription = consumerProtocolSubscription.read(reader, reader.readInt16());
      return { memberId, ...subscription };
    });
    const newest = Math.max(...subscriptions.map(({ generationId }) => generationId));
    const owners = new Map<string, string>();
    for (const { memberId, generationId, ownedPartitions } of subscriptions) {
      if (generationId !== newest) continue;
      for (const key of this.#keys(ownedPartitions)) owners.set(key, memberId);
    }
    const parts = new Map(members.map(({ memberId }) => [memberId, [] as string[]]));
    let turn = 0;
    for (const topic of ['a', 'b', 'c']) {
      const subscribers = subscriptions.filter(({ topics }) => topics.includes(topic));
      if (subscribers.length === 0) continue;
      const { id, partitionCount } = this.#harness.topics.byName(topic)!;
      for (let partition = 0; partition < partitionCount; partition++) {
        const { memberId } = subscribers[turn++ % subscribers.length]!;
        const key = `${id}:${partition}`;
        const owner = owners.get(key) ?? memberId;
        if (!this.#isCooperative || owner === memberId) parts.get(memberId)!.push(key);
      }
    }
    return Object.fromEntries(
      [...parts].map(([memberId, keys]) => [memberId, this.#embedded(keys)]),
    );
  }

  #embedded(keys: readonly string[]): Buffer {
    const writer = new Writer();
    writer.writeInt16(VERSION);
    const assignment = { assignedPartitions: this.#named(keys), userData: null };
    consumerProtocolAssignment.write(writer, assignment, VERSION);
    return writer.finishBuffer();
  }

  #onSynced(): void {
    const { errorCode, assignment } = this.#sync!.result!;
    if (errorCode !== 0) {
      this.#onError(errorCode!);
      return;
    }
    const bytes = assignment as Buffer;
    const reader = new Reader(bytes);
    const listed =
      bytes.length === 0
        ? []
        : consumerProtocolAssignment.read(reader, reader.readInt16()).assignedPartitions;
    const assigned = new Set(this.#keys(listed));
    const hasRevoked = [...this.owned].some((key) => !assigned.has(key));
    for (const key of assigned) {
      if (this.owned.has(key)) continue;
      this.#positions.set(key, Math.max(0, this.#model.committed.get(key) ?? 0));
    }
    this.owned = assigned;
    this.state = 'stable';
    this.#nextHeartbeatMs = 0;
    // What it has given back is for somebody else now.
    if (hasRevoked) this.#rejoin();
  }

  async #heartbeat(): Promise<void> {
    const nowMs = this.#harness.clock.nowMs();
    if (nowMs < this.#nextHeartbeatMs) return;
    this.#nextHeartbeatMs = nowMs + HEARTBEAT_INTERVAL_MS;
    const { memberId, generation } = this;
    const code = await this.#harness.heartbeat(CONSUMER_GROUP, memberId, generation);
    if (code !== 0) this.#onError(code);
  }

  #onError(code: number): void {
    if (code === Errors.UNKNOWN_MEMBER_ID || code === Errors.INCONSISTENT_GROUP_PROTOCOL) {
      this.#lose('');
    } else if (code === Errors.ILLEGAL_GENERATION) this.#lose(this.memberId);
    this.#rejoin();
  }

  /** Commits progress in all that it believes to own, rightly or not. */
  async commit(by: number): Promise<void> {
    if (this.state !== 'stable') return;
    for (const { topic, partitions } of this.#named(this.owned)) {
      const [key] = this.#keys([{ topic, partitions }]) as [string];
      const offset = this.#positions.get(key)! + by;
      const { memberId, generation } = this;
      const topicId = this.#harness.topics.byName(topic)!.id;
      const options = { memberId, generation, topic, topicId };
      const codes = await this.#harness.commit(
        CONSUMER_GROUP,
        { [partitions[0]!]: offset },
        options,
      );
      if (codes[0] !== 0) continue;
      const before = this.#model.committed.get(key) ?? -1;
      if (offset < before) throw new Violation(`${key} went ${before} -> ${offset}`);
      this.#model.committed.set(key, offset);
      this.#positions.set(key, offset);
    }
  }
}
