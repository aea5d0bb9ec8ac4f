// A member of a consumer group (KIP-848) as the churn test sees it: heartbeats, gives back when told, after a while,
// commits what it owns, and at any moment crashes, pauses, leaves or subscribes to something else.

import { Errors } from '../../../src/protocol/errors.ts';
import { Violation } from './churning-member.ts';
import type { GroupHarness } from './group-harness.ts';

export const CONSUMER_GROUP = 'churn848';
const HEARTBEAT_INTERVAL_MS = 5000;

/** Who holds what now, among those that the coordinator knows as members. */
export class OwnershipModel {
  readonly committed = new Map<string, number>();

  check(
    consumers: readonly { readonly memberId: string; readonly owned: ReadonlySet<string> }[],
    members: ReadonlySet<string>,
  ): void {
    const owners = new Map<string, string>();
    for (const { memberId, owned } of consumers) {
      if (!members.has(memberId)) continue;
      for (const partition of owned) {
        const owner = owners.get(partition);
        if (owner !== undefined) throw new Violation(`${partition}: ${owner} and ${memberId}`);
        owners.set(partition, memberId);
      }
    }
  }
}

export class ChurningConsumer {
  readonly #harness: GroupHarness;
  readonly #model: OwnershipModel;
  readonly #instanceId: string | null;
  state: 'out' | 'in' | 'crashed' = 'out';
  pausedUntilMs = 0;
  memberId = '';
  epoch = 0;
  /** `topicId:partition` */
  owned = new Set<string>();
  subscription: string[] = ['a', 'b'];
  #toRevoke: Set<string> = new Set();
  #revokedAtMs = 0;
  #nextBeatMs = 0;
  #mustTellAll = true;
  #positions = new Map<string, number>();
  #incarnation = 0;
  readonly #name: string;

  constructor(harness: GroupHarness, model: OwnershipModel, index: number) {
    this.#harness = harness;
    this.#model = model;
    this.#name = `member-${index}`;
    this.#instanceId = index % 5 === 4 ? `instance-${index}` : null;
  }

  start(): void {
    this.state = 'in';
    this.memberId = `${this.#name}-${this.#incarnation++}`;
    this.#abandon();
  }

  #abandon(): void {
    this.epoch = 0;
    this.owned = new Set();
    this.#toRevoke = new Set();
    this.#mustTellAll = true;
    this.#nextBeatMs = 0;
  }

  crash(): void {
    this.state = 'crashed';
    this.owned = new Set();
  }

  async leave(forAWhile: boolean): Promise<void> {
    const epoch = this.#instanceId !== null && forAWhile ? -2 : -1;
    this.owned = new Set();
    if (this.epoch > 0) {
      await this.#harness.beat(CONSUMER_GROUP, this.memberId, epoch, {
        instanceId: this.#instanceId,
      });
    }
    this.state = 'out';
  }

  subscribe(topics: string[]): void {
    this.subscription = topics;
    this.#mustTellAll = true;
    this.#nextBeatMs = 0;
  }

  async step(revocationMs: number): Promise<void> {
    const nowMs = this.#harness.clock.nowMs();
    if (this.state !== 'in' || this.pausedUntilMs > nowMs) return;
    if (this.#toRevoke.size > 0 && nowMs >= this.#revokedAtMs) {
      for (const partition of this.#toRevoke) this.owned.delete(partition);
      this.#toRevoke = new Set();
      this.#nextBeatMs = 0;
    }
    if (nowMs < this.#nextBeatMs) return;
    this.#nextBeatMs = nowMs + HEARTBEAT_INTERVAL_MS;
    await this.#beat(nowMs + revocationMs);
  }

  async #beat(revokedAtMs: number): Promise<void> {
    const isJoin = this.epoch === 0;
    const answer = await this.#harness.beat(CONSUMER_GROUP, this.memberId, this.epoch, {
      instanceId: this.#instanceId,
      rebalanceTimeoutMs: this.#mustTellAll ? 15_000 : -1,
      subscribedTopicNames: this.#mustTellAll ? this.subscription : null,
      topicPartitions: isJoin ? [] : this.#listed(),
    });
    const code = answer.errorCode ?? 0;
    if (code === Errors.FENCED_MEMBER_EPOCH || code === Errors.UNKNOWN_MEMBER_ID) {
      this.#abandon();
      return;
    }
    if (code === Errors.FENCED_INSTANCE_ID || code === Errors.UNRELEASED_INSTANCE_ID) {
      // Somebody else has its name; only for a while, in this test.
      this.#abandon();
      return;
    }
    if (code === Errors.GROUP_ID_NOT_FOUND) {
      this.#abandon();
      return;
    }
    if (code !== 0) {
      this.#mustTellAll = true;
      this.#nextBeatMs = 0;
      return;
    }
    this.#mustTellAll = false;
    this.epoch = answer.memberEpoch!;
    if (answer.assignment === null || answer.assignment === undefined) return;
    const assigned = new Set(
      (answer.assignment.topicPartitions ?? []).flatMap(({ topicId, partitions }) =>
        partitions!.map((partition) => `${topicId}:${partition}`),
      ),
    );
    this.#toRevoke = new Set([...this.owned].filter((partition) => !assigned.has(partition)));
    this.#revokedAtMs = revokedAtMs;
    const added = [...assigned].filter((partition) => !this.owned.has(partition));
    await this.#take(added);
  }

  async #take(added: readonly string[]): Promise<void> {
    for (const partition of added) {
      this.owned.add(partition);
      this.#positions.set(partition, Math.max(0, this.#model.committed.get(partition) ?? 0));
    }
  }

  #listed(): { topicId: string; partitions: number[] }[] {
    const topics = new Map<string, number[]>();
    for (const partition of this.owned) {
      const [topicId, index] = partition.split(':') as [string, string];
      const list = topics.get(topicId);
      if (list === undefined) topics.set(topicId, [Number(index)]);
      else list.push(Number(index));
    }
    return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }));
  }

  async commit(by: number): Promise<void> {
    if (this.state !== 'in' || this.epoch <= 0) return;
    for (const { topicId, partitions } of this.#listed()) {
      const offsets: Record<number, number> = {};
      for (const index of partitions) {
        offsets[index] = this.#positions.get(`${topicId}:${index}`)! + by;
      }
      const topic = this.#harness.topics.byId(topicId)!.name;
      const { memberId, epoch: generation } = this;
      const options = { memberId, generation, topic, topicId };
      const codes = await this.#harness.commit(CONSUMER_GROUP, offsets, options);
      for (const [i, index] of Object.keys(offsets).map(Number).entries()) {
        if (codes[i] !== 0) continue;
        const key = `${topicId}:${index}`;
        const before = this.#model.committed.get(key) ?? -1;
        if (offsets[index]! < before)
          throw new Violation(`${key} went ${before} -> ${offsets[index]}`);
        this.#model.committed.set(key, offsets[index]!);
        this.#positions.set(key, offsets[index]!);
      }
    }
  }
}
