// Classic groups under churn: members join, leave, crash and pause, appends fail and the coordinator is killed, all from
// one seed on virtual time. KAFTA_CHURN_SEEDS tries more seeds, KAFTA_CHURN_SEED a single one.

import { describe, expect, test } from 'vitest';
import type { GroupCoordinatorService } from '../../src/coordinator/group/group-coordinator-service.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { ChurningMember, GROUP, GroupModel, PARTITIONS } from './support/churning-member.ts';
import { GroupHarness } from './support/group-harness.ts';
import { SeededRandom } from './support/virtual-io.ts';

const ONE_SEED = process.env.KAFTA_CHURN_SEED;
const SEEDS = Number(process.env.KAFTA_CHURN_SEEDS ?? 6);
const STEP_MS = 500;
const STEPS = 800;

async function stateOf(harness: GroupHarness, service: GroupCoordinatorService) {
  const live = harness.service;
  harness.service = service;
  const described = await harness.describe(GROUP);
  const offsets = await harness.fetch(GROUP);
  harness.service = live;
  const members = [...(described.members ?? [])]
    .map((member) => ({ ...member, memberAssignment: String(member.memberAssignment) }))
    .sort((a, b) => (a.memberId! < b.memberId! ? -1 : 1));
  return { ...described, members, offsets };
}

/** What a coordinator that starts from the log alone knows of the group. */
async function replayed(harness: GroupHarness) {
  const service = harness.newService();
  await harness.run(service.onElection(0, 99));
  const state = await stateOf(harness, service);
  service.close();
  return state;
}

async function churn(seed: number): Promise<void> {
  const harness = await GroupHarness.start({ classicGroupMaxSize: 200 }, seed);
  const random = new SeededRandom(seed + 7919);
  const model = new GroupModel();
  const size = 5 + random.int(seed % 5 === 0 ? 195 : 30);
  const members = Array.from(
    { length: size },
    (_, i) => new ChurningMember(harness, model, i % 4 === 3 ? `instance-${i}` : null),
  );

  const disturb = async (member: ChurningMember): Promise<void> => {
    const dice = random.int(1000);
    const isIn = member.state === 'stable' || member.state === 'syncing';
    if (member.state === 'out' && dice < 150) member.start();
    else if (member.state === 'crashed' && dice < 50) member.start();
    else if (isIn && dice < 4) member.crash();
    else if (isIn && dice < 8) await member.leave();
    else if (isIn && dice < 14) {
      member.pausedUntilMs = harness.clock.nowMs() + random.int(40_000);
    } else if (isIn && dice < 200) await member.commit(random.int(10));
  };

  for (let step = 0; step < STEPS; step++) {
    for (const member of members) {
      await disturb(member);
      await member.step();
    }
    if (random.chance(2)) harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    if (random.chance(1)) await harness.restart();
    await harness.clock.advance(STEP_MS);
  }

  // Then peace: everybody who lives comes together.
  harness.log.failures.length = 0;
  for (const member of members) {
    member.pausedUntilMs = 0;
    if (member.state === 'out' && random.chance(50)) member.start();
  }
  for (let step = 0; step < 160; step++) {
    for (const member of members) await member.step();
    await harness.clock.advance(STEP_MS);
  }
  const alive = members.filter(({ state }) => state !== 'out' && state !== 'crashed');
  expect(alive.map(({ state }) => state)).toEqual(alive.map(() => 'stable'));
  expect(new Set(alive.map(({ generation }) => generation)).size).toBeLessThanOrEqual(1);
  if (alive.length > 0) {
    const owned = alive.flatMap(({ partitions }) => partitions).sort((a, b) => a - b);
    expect(owned).toEqual(Array.from({ length: PARTITIONS }, (_, i) => i));
  }
  const live = await stateOf(harness, harness.service);
  expect(await replayed(harness)).toEqual(live);
  for (const [partition, offset] of model.committed) {
    expect(live.offsets[`t-${partition}`]!.committedOffset).toBe(offset);
  }
}

describe('a classic group under churn', () => {
  const seeds =
    ONE_SEED === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONE_SEED)];
  test.each(seeds)(
    'seed %i: one owner per partition and generation, offsets never go back',
    churn,
    60_000,
  );
});
