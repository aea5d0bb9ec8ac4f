// Groups that members of the classic and of the consumer protocol come to and go from, so that they change their kind
// again and again, from one seed on virtual time. KAFTA_CHURN_SEEDS tries more seeds, KAFTA_CHURN_SEED a single one.

import { describe, expect, test } from 'vitest';
import type { GroupCoordinatorService } from '../../src/coordinator/group/group-coordinator-service.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { ChurningConsumer, CONSUMER_GROUP, OwnershipModel } from './support/churning-consumer.ts';
import { ChurningClassic } from './support/churning-mixed.ts';
import { GroupHarness } from './support/group-harness.ts';
import { SeededRandom } from './support/virtual-io.ts';

const ONE_SEED = process.env.KAFTA_CHURN_SEED;
const SEEDS = Number(process.env.KAFTA_CHURN_SEEDS ?? 6);
/** Upgraded amid a rebalance; members removed while they waited: two owners, offsets that went back. */
const FOUND_SEEDS = [88, 140, 377];
/** Every so many seeds a group of 200 members, for fewer steps. */
const LARGE_EVERY = 6;
const STEP_MS = 500;
const SUBSCRIPTIONS = [['a', 'b'], ['a', 'b'], ['a'], ['b', 'c']];

type Member = ChurningConsumer | ChurningClassic;

async function pictureOf(harness: GroupHarness, service: GroupCoordinatorService) {
  const live = harness.service;
  harness.service = service;
  // What was about to be written may fail, and this with it: then it is asked again.
  const [listed] = (await harness.list()) ?? (await harness.list()) ?? [];
  const isClassic = listed?.groupType === 'Classic';
  const described = isClassic
    ? await harness.describe(CONSUMER_GROUP)
    : await harness.describeConsumer(CONSUMER_GROUP);
  const offsets = await harness.fetch(CONSUMER_GROUP);
  harness.service = live;
  const members = [...(described.members ?? [])].sort((a, b) =>
    a.memberId! < b.memberId! ? -1 : 1,
  );
  return { ...described, members, offsets, type: listed?.groupType };
}

/**
 * Who the coordinator knows, in a consumer group by the epoch that the member believes to be in: one that was fenced and
 * has joined again under its old id, as classic members may there, holds what it had until it has its answer.
 */
async function membersOf(harness: GroupHarness, members: readonly Member[]): Promise<Set<string>> {
  const picture = await pictureOf(harness, harness.service);
  const epochs = new Map(
    members.map((one) => [
      one.memberId,
      one instanceof ChurningClassic ? one.generation : one.epoch,
    ]),
  );
  const known = picture.members.filter(
    (one) => !('memberEpoch' in one) || one.memberEpoch === epochs.get(one.memberId!),
  );
  return new Set(known.map(({ memberId }) => memberId!));
}

async function disturb(member: Member, random: SeededRandom, nowMs: number): Promise<void> {
  if (member.pausedUntilMs > nowMs) return;
  const dice = random.int(1000);
  const isIn = member instanceof ChurningClassic ? member.isIn : member.state === 'in';
  if (member.state === 'out' && dice < 60) member.start();
  else if (member.state === 'crashed' && dice < 30) member.start();
  else if (!isIn) return;
  else if (dice < 5) member.crash();
  else if (dice < 25)
    await (member instanceof ChurningClassic ? member.leave() : member.leave(false));
  else if (dice < 31) member.pausedUntilMs = nowMs + random.int(40_000);
  else if (dice < 36) member.subscribe(random.pick(SUBSCRIPTIONS));
  else if (dice < 150) await member.commit(random.int(10));
}

async function churn(seed: number): Promise<void> {
  const harness = await GroupHarness.start({}, seed);
  const random = new SeededRandom(seed + 224737);
  for (const [name, count] of [
    ['a', 12],
    ['b', 7],
    ['c', 3],
  ] as const) {
    harness.topics.put(name, count);
  }
  const model = new OwnershipModel();
  const isLarge = seed % LARGE_EVERY === 0;
  const size = isLarge ? 200 : 3 + random.int(12);
  const isCooperative = random.chance(50);
  // Few of the consumer protocol, so that the group is often without one.
  const members: Member[] = Array.from({ length: size }, (_, i) =>
    i % 3 === 0
      ? new ChurningConsumer(harness, model, i * 5)
      : new ChurningClassic(harness, model, isCooperative),
  );
  const types = new Set<string>();
  for (let step = 0; step < (isLarge ? 120 : 500); step++) {
    for (const member of members) {
      await disturb(member, random, harness.clock.nowMs());
      await member.step(random.int(5000));
    }
    if (step % 10 === 0) {
      const picture = await pictureOf(harness, harness.service);
      if (picture.type !== undefined) types.add(picture.type);
      model.check(members, await membersOf(harness, members));
    }
    if (random.chance(2)) harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    if (random.chance(1)) await harness.restart();
    await harness.clock.advance(STEP_MS);
  }

  // Then peace.
  harness.log.failures.length = 0;
  for (const member of members) member.pausedUntilMs = 0;
  for (let step = 0; step < 300; step++) {
    for (const member of members) await member.step(0);
    await harness.clock.advance(STEP_MS);
  }
  model.check(members, await membersOf(harness, members));
  const alive = members.filter((one) =>
    one instanceof ChurningClassic ? one.isIn : one.state === 'in',
  );
  const picture = await pictureOf(harness, harness.service);
  if (alive.length > 0) {
    const hasModern = alive.some((one) => one instanceof ChurningConsumer);
    expect([picture.groupState, picture.type]).toEqual([
      'Stable',
      hasModern ? 'Consumer' : 'Classic',
    ]);
    const wanted = new Set(alive.flatMap(({ subscription }) => subscription));
    let total = 0;
    for (const name of wanted) total += harness.topics.byName(name)!.partitionCount;
    expect(new Set(alive.flatMap(({ owned }) => [...owned])).size).toBe(total);
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

describe('a group of both protocols under churn', () => {
  const seeds =
    ONE_SEED === undefined
      ? new Set([...Array.from({ length: SEEDS }, (_, i) => i + 1), ...FOUND_SEEDS])
      : [Number(ONE_SEED)];
  test.each([...seeds])('seed %i: one owner per partition, offsets never go back', churn, 60_000);
});
