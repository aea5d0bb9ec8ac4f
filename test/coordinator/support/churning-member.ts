// A classic consumer as the churn test sees it: joins, assigns when it leads, commits what it owns, and at any moment
// crashes, pauses or leaves. It never blocks: every step looks at what has been answered meanwhile.

import { Errors } from '../../../src/protocol/errors.ts';
import type { JoinGroupResponse } from '../../../src/protocol/generated/apis/join-group-response.ts';
import type { SyncGroupResponse } from '../../../src/protocol/generated/apis/sync-group-response.ts';
import type { Draft } from '../../../src/protocol/message.ts';
import type { GroupHarness, Pending } from './group-harness.ts';

export const GROUP = 'churn';
export const PARTITIONS = 40;
const HEARTBEAT_INTERVAL_MS = 3000;

export class Violation extends Error {}

/** What must hold for the whole group, whoever looks. */
export class GroupModel {
  /** generation -> partition -> member */
  readonly owners = new Map<number, Map<number, string>>();
  readonly committed = new Map<number, number>();

  claim(generation: number, partition: number, memberId: string): void {
    let owners = this.owners.get(generation);
    if (owners === undefined) {
      owners = new Map();
      this.owners.set(generation, owners);
    }
    const owner = owners.get(partition) ?? memberId;
    if (owner !== memberId) {
      throw new Violation(`generation ${generation}: ${partition} owned by ${owner}, ${memberId}`);
    }
    owners.set(partition, memberId);
  }

  accepted(partition: number, offset: number): void {
    const before = this.committed.get(partition) ?? -1;
    if (offset < before) throw new Violation(`offset of ${partition} went ${before} -> ${offset}`);
    this.committed.set(partition, offset);
  }
}

export class ChurningMember {
  readonly #harness: GroupHarness;
  readonly #model: GroupModel;
  readonly #instanceId: string | null;
  state: 'out' | 'joining' | 'syncing' | 'stable' | 'crashed' = 'out';
  pausedUntilMs = 0;
  memberId = '';
  generation = -1;
  partitions: number[] = [];
  #join: Pending<Draft<JoinGroupResponse>> | undefined;
  #sync: Pending<Draft<SyncGroupResponse>> | undefined;
  #positions = new Map<number, number>();
  #nextHeartbeatMs = 0;

  constructor(harness: GroupHarness, model: GroupModel, instanceId: string | null) {
    this.#harness = harness;
    this.#model = model;
    this.#instanceId = instanceId;
  }

  crash(): void {
    this.state = 'crashed';
    this.#forget();
  }

  #forget(): void {
    this.memberId = '';
    this.generation = -1;
    this.partitions = [];
    this.#join = undefined;
    this.#sync = undefined;
  }

  async leave(): Promise<void> {
    if (this.memberId !== '') {
      await this.#harness.leave(GROUP, this.memberId, this.#instanceId);
    }
    this.state = 'out';
    this.#forget();
  }

  start(): void {
    this.partitions = [];
    this.state = 'joining';
    this.#join = this.#harness.join(GROUP, {
      memberId: this.memberId,
      groupInstanceId: this.#instanceId,
      rebalanceTimeoutMs: 15_000,
      sessionTimeoutMs: 10_000,
    });
  }

  async step(): Promise<void> {
    if (this.pausedUntilMs > this.#harness.clock.nowMs()) return;
    if (this.state === 'joining' && this.#join?.result !== undefined) this.#onJoined();
    else if (this.state === 'syncing' && this.#sync?.result !== undefined) await this.#onSynced();
    else if (this.state === 'stable') await this.#heartbeat();
  }

  #onJoined(): void {
    const { errorCode, memberId, generationId, leader, members } = this.#join!.result!;
    if (errorCode === Errors.MEMBER_ID_REQUIRED) {
      this.memberId = memberId!;
      this.start();
    } else if (errorCode !== 0) {
      this.#retry(errorCode!);
    } else {
      this.memberId = memberId!;
      this.generation = generationId!;
      this.state = 'syncing';
      const assignments: Record<string, string> = {};
      if (leader === memberId) {
        const parts = members!.map(() => [] as number[]);
        for (let p = 0; p < PARTITIONS; p++) parts[p % parts.length]!.push(p);
        for (const [i, one] of members!.entries()) {
          assignments[one.memberId!] = JSON.stringify(parts[i]);
        }
      }
      this.#sync = this.#harness.sync(
        GROUP,
        this.memberId,
        this.generation,
        assignments,
        this.#instanceId,
      );
    }
  }

  async #onSynced(): Promise<void> {
    const { errorCode, assignment } = this.#sync!.result!;
    if (errorCode !== 0) {
      this.#retry(errorCode!);
      return;
    }
    const text = String(assignment);
    const partitions = text === '' ? [] : (JSON.parse(text) as number[]);
    for (const p of partitions) this.#model.claim(this.generation, p, this.#owner());
    const found = await this.#harness.fetch(GROUP, { t: partitions });
    // The coordinator is in trouble: it is asked again at the next step.
    if (partitions.some((p) => found[`t-${p}`] === undefined)) return;
    for (const p of partitions) {
      const { committedOffset } = found[`t-${p}`]!;
      const expected = this.#model.committed.get(p) ?? -1;
      if (committedOffset !== expected) {
        throw new Violation(`${p} is at ${committedOffset}, committed was ${expected}`);
      }
      this.#positions.set(p, Math.max(0, committedOffset!));
    }
    this.partitions = partitions;
    this.state = 'stable';
    this.#nextHeartbeatMs = 0;
  }

  /** A static member keeps what it owns under a new id. */
  #owner(): string {
    return this.#instanceId ?? this.memberId;
  }

  async #heartbeat(): Promise<void> {
    const nowMs = this.#harness.clock.nowMs();
    if (nowMs < this.#nextHeartbeatMs) return;
    this.#nextHeartbeatMs = nowMs + HEARTBEAT_INTERVAL_MS;
    const { memberId, generation } = this;
    const code = await this.#harness.heartbeat(GROUP, memberId, generation, this.#instanceId);
    if (code !== 0) this.#retry(code);
  }

  /** Commits progress in all that it believes to own, rightly or not. */
  async commit(by: number): Promise<void> {
    if (this.state !== 'stable' || this.partitions.length === 0) return;
    const offsets: Record<number, number> = {};
    for (const p of this.partitions) offsets[p] = this.#positions.get(p)! + by;
    const { memberId, generation } = this;
    const codes = await this.#harness.commit(GROUP, offsets, { memberId, generation });
    const partitions = Object.keys(offsets).map(Number);
    for (const [i, p] of partitions.entries()) {
      if (codes[i] !== 0) continue;
      this.#model.accepted(p, offsets[p]!);
      this.#positions.set(p, offsets[p]!);
    }
  }

  #retry(code: number): void {
    const forgotten =
      code === Errors.UNKNOWN_MEMBER_ID ||
      code === Errors.FENCED_INSTANCE_ID ||
      code === Errors.GROUP_MAX_SIZE_REACHED;
    if (forgotten) this.memberId = '';
    this.start();
  }
}
