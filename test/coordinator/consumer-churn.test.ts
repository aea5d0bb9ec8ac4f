// Consumer groups (KIP-848) under churn, from one seed on virtual time. KAFTA_CHURN_SEEDS tries more seeds,
// KAFTA_CHURN_SEED a single one.

import { describe, expect, test } from 'vitest';
import type { GroupCoordinatorService } from '../../src/coordinator/group/group-coordinator-service.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { ChurningConsumer, CONSUMER_GROUP, OwnershipModel } from './support/churning-consumer.ts';
import { GroupHarness } from './support/group-harness.ts';
import { SeededRandom } from './support/virtual-io.ts';

const ONE_SEED = process.env.KAFTA_CHURN_SEED;
const SEEDS = Number(process.env.KAFTA_CHURN_SEEDS ?? 6);
const STEP_MS = 500;
const STEPS = 500;
/** Every so many seeds a group of 200 members, for fewer steps. */
const LARGE_EVERY = 6;
const SUBSCRIPTIONS = [['a', 'b'], ['a', 'b'], ['a'], ['b', 'c']];

async function pictureOf(harness: GroupHarness, service: GroupCoordinatorService) {
  const live = harness.service;
  harness.service = service;
  const described = await harness.describeConsumer(CONSUMER_GROUP);
  const offsets = await harness.fetch(CONSUMER_GROUP);
  harness.service = live;
  const members = [...(described.members ?? [])].sort((a, b) =>
    a.memberId! < b.memberId! ? -1 : 1,
  );
  return { ...described, members, offsets };
}

async function membersOf(harness: GroupHarness): Promise<Set<string>> {
  const { members } = await harness.describeConsumer(CONSUMER_GROUP);
  return new Set((members ?? []).map(({ memberId }) => memberId!));
}

async function churn(seed: number): Promise<void> {
  const harness = await GroupHarness.start({}, seed);
  const random = new SeededRandom(seed + 104729);
  for (const [name, count] of [
    ['a', 12],
    ['b', 7],
    ['c', 3],
  ] as const) {
    harness.topics.put(name, count);
  }
  const model = new OwnershipModel();
  const isLarge = seed % LARGE_EVERY === 0;
  const size = isLarge ? 200 : 3 + random.int(20);
  const consumers = Array.from({ length: size }, (_, i) => new ChurningConsumer(harness, model, i));
  let partitionsOfB = 7;

  const disturb = async (consumer: ChurningConsumer): Promise<void> => {
    const dice = random.int(1000);
    if (consumer.state === 'out' && dice < 100) consumer.start();
    else if (consumer.state === 'crashed' && dice < 30) consumer.start();
    else if (consumer.state !== 'in') return;
    else if (dice < 4) consumer.crash();
    else if (dice < 10) await consumer.leave(random.chance(50));
    else if (dice < 16) consumer.pausedUntilMs = harness.clock.nowMs() + random.int(60_000);
    else if (dice < 22) consumer.subscribe(random.pick(SUBSCRIPTIONS));
    else if (dice < 150) await consumer.commit(random.int(10));
  };

  for (let step = 0; step < (isLarge ? 120 : STEPS); step++) {
    for (const consumer of consumers) {
      await disturb(consumer);
      await consumer.step(random.int(20_000));
    }
    if (step % 10 === 0) model.check(consumers, await membersOf(harness));
    if (random.chance(1)) harness.topics.put('b', ++partitionsOfB);
    if (random.chance(2)) harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    if (random.chance(1)) await harness.restart();
    await harness.clock.advance(STEP_MS);
  }

  // Then peace.
  harness.log.failures.length = 0;
  for (const consumer of consumers) consumer.pausedUntilMs = 0;
  for (let step = 0; step < 300; step++) {
    for (const consumer of consumers) await consumer.step(0);
    await harness.clock.advance(STEP_MS);
  }
  const alive = consumers.filter(({ state }) => state === 'in');
  model.check(consumers, await membersOf(harness));
  const picture = await pictureOf(harness, harness.service);
  if (alive.length > 0) {
    expect(picture.groupState).toBe('Stable');
    const wanted = new Set(alive.flatMap(({ subscription }) => subscription));
    const held = new Set(alive.flatMap(({ owned }) => [...owned]));
    let total = 0;
    for (const name of wanted) total += harness.topics.byName(name)!.partitionCount;
    expect(held.size).toBe(total);
  }
  const service = harness.newService();
  await harness.run(service.onElection(0, 99));
  expect(await pictureOf(harness, service)).toEqual(picture);
  service.close();
  for (const [key, offset] of model.committed) {
    const [topicId, index] = key.split(':') as [string, string];
    const name = harness.topics.byId(topicId)!.name;
    expect(picture.offsets[`${name}-${index}`]!.committedOffset).toBe(offset);
  }
}

describe('a consumer group under churn', () => {
  const seeds =
    ONE_SEED === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONE_SEED)];
  test.each(seeds)('seed %i: one owner per partition, offsets never go back', churn, 60_000);
});
