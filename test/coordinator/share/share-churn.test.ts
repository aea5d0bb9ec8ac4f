// A share group under churn: members join, leave, crash and pause, share partitions can't get their state for a while,
// appends fail and the coordinator is killed, all from one seed on virtual time. KAFTA_CHURN_SEEDS tries more seeds,
// KAFTA_CHURN_SEED a single one.

import { describe, expect, test } from 'vitest';
import { ApiError, Errors } from '../../../src/protocol/errors.ts';
import { ShareCluster } from '../support/share-cluster.ts';
import { SeededRandom } from '../support/virtual-io.ts';

const ONE_SEED = process.env.KAFTA_CHURN_SEED;
const SEEDS = Number(process.env.KAFTA_CHURN_SEEDS ?? 6);
/** Every so many seeds a group of 200 members, for fewer steps. */
const LARGE_EVERY = 6;
const STEP_MS = 500;
const HEARTBEAT_MS = 5000;
const LEAVE = -1;
const PARTITIONS = { t: 4, u: 7 };
const SUBSCRIPTIONS = [['t', 'u'], ['t'], ['u']];
/** After these a member begins anew. */
const FENCED: readonly number[] = [Errors.UNKNOWN_MEMBER_ID, Errors.FENCED_MEMBER_EPOCH];

class Member {
  readonly #cluster: ShareCluster;
  readonly memberId: string;
  readonly subscription: string[];
  state: 'out' | 'in' | 'crashed' = 'out';
  pausedUntilMs = 0;
  epoch = 0;
  /** topicId:partition */
  assigned = new Set<string>();
  #nextBeatMs = 0;

  constructor(cluster: ShareCluster, memberId: string, subscription: string[]) {
    this.#cluster = cluster;
    this.memberId = memberId;
    this.subscription = subscription;
  }

  start(): void {
    this.state = 'in';
    this.#begin();
  }

  async leave(): Promise<void> {
    await this.#cluster.beat(this.memberId, LEAVE);
    this.state = 'out';
  }

  #begin(): void {
    this.epoch = 0;
    this.assigned.clear();
    this.#nextBeatMs = 0;
  }

  async step(): Promise<void> {
    const nowMs = this.#cluster.clock.nowMs();
    if (this.state !== 'in' || this.pausedUntilMs > nowMs || nowMs < this.#nextBeatMs) return;
    this.#nextBeatMs = nowMs + HEARTBEAT_MS;
    const fields = this.epoch === 0 ? { subscribedTopicNames: this.subscription } : {};
    const answer = await this.#cluster.beat(this.memberId, this.epoch, fields);
    if (FENCED.includes(answer.errorCode!)) this.#begin();
    else if (answer.errorCode) this.#nextBeatMs = 0;
    else {
      expect(answer.memberEpoch).toBeGreaterThanOrEqual(this.epoch);
      this.epoch = answer.memberEpoch!;
      const topics = answer.assignment?.topicPartitions;
      if (topics === undefined) return;
      const named = topics.flatMap(({ topicId, partitions }) =>
        partitions!.map((partition) => `${topicId}:${partition}`),
      );
      this.assigned = new Set(named);
    }
  }
}

function disturb(member: Member, random: SeededRandom, nowMs: number): Promise<void> | undefined {
  const dice = random.int(1000);
  if (member.state === 'out' && dice < 100) member.start();
  else if (member.state === 'crashed' && dice < 30) member.start();
  else if (member.state !== 'in') return undefined;
  else if (dice < 4) member.state = 'crashed';
  else if (dice < 12) return member.leave();
  else if (dice < 18) member.pausedUntilMs = nowMs + random.int(80_000);
  return undefined;
}

/** The group as anybody is told of it. */
async function pictureOf(cluster: ShareCluster) {
  const { members = [], ...group } = await cluster.describe();
  const sorted = [...members].sort((a, b) => (a.memberId! < b.memberId! ? -1 : 1));
  return { ...group, members: sorted, offsets: (await cluster.offsets()).length };
}

async function churn(seed: number): Promise<void> {
  const cluster = await ShareCluster.start();
  for (const [name, count] of Object.entries(PARTITIONS)) cluster.topics.put(name, count);
  const random = new SeededRandom(seed + 15_485_863);
  const isLarge = seed % LARGE_EVERY === 0;
  const members = Array.from(
    { length: isLarge ? 200 : 3 + random.int(20) },
    (_, i) => new Member(cluster, `member-${i}`, random.pick(SUBSCRIPTIONS)),
  );
  for (let step = 0; step < (isLarge ? 60 : 400); step++) {
    for (const member of members) {
      await disturb(member, random, cluster.clock.nowMs());
      await member.step();
    }
    if (random.chance(2)) cluster.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    if (random.chance(3)) cluster.isBroken = !cluster.isBroken;
    if (random.chance(1)) await cluster.restart();
    await cluster.clock.advance(STEP_MS);
  }

  // Then peace.
  cluster.log.failures.length = 0;
  cluster.isBroken = false;
  for (const member of members) member.pausedUntilMs = 0;
  for (let step = 0; step < (isLarge ? 140 : 300); step++) {
    for (const member of members) await member.step();
    await cluster.clock.advance(STEP_MS);
  }
  const alive = members.filter(({ state }) => state === 'in');
  const picture = await pictureOf(cluster);
  expect(picture.members.map(({ memberId }) => memberId)).toEqual(
    alive.map(({ memberId }) => memberId).sort(),
  );
  for (const [name, count] of Object.entries(PARTITIONS)) {
    const { id } = cluster.topics.byName(name)!;
    const served = new Set<string>();
    for (const { assigned, subscription } of alive) {
      const ofTopic = [...assigned].filter((one) => one.startsWith(`${id}:`));
      if (!subscription.includes(name)) expect(ofTopic).toEqual([]);
      for (const one of ofTopic) served.add(one);
    }
    const isWanted = alive.some(({ subscription }) => subscription.includes(name));
    expect(served.size).toBe(isWanted ? count : 0);
  }
  // What a coordinator knows that starts from the log alone.
  await cluster.restart();
  expect(await pictureOf(cluster)).toEqual(picture);
}

describe('a share group under churn', () => {
  const seeds =
    ONE_SEED === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONE_SEED)];
  test.each(seeds)('seed %i: every partition is served, epochs never fall', churn, 60_000);
});
