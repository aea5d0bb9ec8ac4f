import { describe, expect, test } from 'vitest';
import type { Assignor, AssignorInput } from '../../src/coordinator/group/consumer/assignor.ts';
import type { TopicPartitions } from '../../src/coordinator/group/consumer/partitions.ts';
import { assignRanges } from '../../src/coordinator/group/consumer/range-assignor.ts';
import { assignUniformly } from '../../src/coordinator/group/consumer/uniform-assignor.ts';
import { SeededRandom } from './support/virtual-io.ts';

function randomInput(random: SeededRandom, equal: boolean): AssignorInput {
  const topics = Array.from({ length: 1 + random.int(6) }, (_, i) => `topic-${i}`);
  const partitionCounts = new Map(topics.map((id) => [id, 1 + random.int(12)]));
  const members = Array.from({ length: 1 + random.int(12) }, (_, i) => ({
    memberId: `member-${i}`,
    instanceId: random.chance(20) ? `instance-${i}` : null,
    subscribedTopicIds: new Set(equal ? topics : topics.filter(() => random.chance(60))),
    current: new Map() as TopicPartitions,
  }));
  return { members, partitionCounts };
}

function withCurrent(input: AssignorInput, assigned: ReadonlyMap<string, TopicPartitions>) {
  const members = input.members.map((member) => ({
    ...member,
    current: assigned.get(member.memberId) ?? new Map(),
  }));
  return { ...input, members };
}

/** topic:partition -> member, each exactly once, to a subscriber, none left over. */
function checkComplete(input: AssignorInput, assigned: ReadonlyMap<string, TopicPartitions>) {
  const owners = new Map<string, string>();
  for (const { memberId, subscribedTopicIds } of input.members) {
    for (const [topicId, partitions] of assigned.get(memberId) ?? []) {
      expect(subscribedTopicIds.has(topicId)).toBe(true);
      for (const partition of partitions) {
        expect(owners.has(`${topicId}:${partition}`)).toBe(false);
        owners.set(`${topicId}:${partition}`, memberId);
      }
    }
  }
  for (const [topicId, count] of input.partitionCounts) {
    if (!input.members.some((member) => member.subscribedTopicIds.has(topicId))) continue;
    for (let p = 0; p < count; p++) expect(owners.has(`${topicId}:${p}`)).toBe(true);
  }
  return owners;
}

function counts(input: AssignorInput, assigned: ReadonlyMap<string, TopicPartitions>): number[] {
  return input.members.map(({ memberId }) =>
    [...(assigned.get(memberId) ?? [])].reduce((sum, [, partitions]) => sum + partitions.size, 0),
  );
}

const assignors: [string, Assignor][] = [
  ['uniform', assignUniformly],
  ['range', assignRanges],
];

describe.each(assignors)('%s', (_name, assign) => {
  test('gives every partition to exactly one subscriber', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const input = randomInput(random, seed % 2 === 0);
      const first = assign(input);
      checkComplete(input, first);
      const members = input.members.filter(() => random.chance(80));
      const later = withCurrent({ ...input, members }, first);
      if (members.length > 0) checkComplete(later, assign(later));
    }
  });
});

describe('uniform', () => {
  test('with equal subscriptions nobody has two more than another', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const input = randomInput(random, true);
      const first = assignUniformly(input);
      const members = input.members.filter((_, i) => i === 0 || random.chance(70));
      const later = withCurrent({ ...input, members }, first);
      for (const [one, assigned] of [
        [input, first],
        [later, assignUniformly(later)],
      ] as const) {
        const sizes = counts(one, assigned);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  });

  test('moves nothing when nothing has changed, and no more than it must when a member comes', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const input = randomInput(new SeededRandom(seed), true);
      const first = assignUniformly(input);
      const same = withCurrent(input, first);
      const before = checkComplete(input, first);
      expect(checkComplete(same, assignUniformly(same))).toEqual(before);
      const newcomer = {
        memberId: 'new',
        instanceId: null,
        subscribedTopicIds: input.members[0]!.subscribedTopicIds,
        current: new Map(),
      };
      const grown = { ...same, members: [...same.members, newcomer] };
      const after = checkComplete(grown, assignUniformly(grown));
      const moved = [...after].filter(([key, owner]) => before.get(key) !== owner);
      expect(moved.every(([, owner]) => owner === 'new')).toBe(true);
    }
  });

  test('with different subscriptions it is as even as single moves can make it', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const input = randomInput(new SeededRandom(seed), false);
      const assigned = assignUniformly(input);
      const sizes = new Map(
        counts(input, assigned).map((size, i) => [input.members[i]!.memberId, size]),
      );
      for (const [memberId, topics] of assigned) {
        for (const topicId of topics.keys()) {
          for (const other of input.members) {
            if (!other.subscribedTopicIds.has(topicId)) continue;
            expect(sizes.get(memberId)! - sizes.get(other.memberId)!).toBeLessThanOrEqual(1);
          }
        }
      }
    }
  });
});

describe('range', () => {
  test('gives neighbours, the first members one more, and the same runs of equal topics', () => {
    const subscribedTopicIds = new Set(['a', 'b']);
    const member = (memberId: string, instanceId: string | null) => ({
      memberId,
      instanceId,
      subscribedTopicIds,
      current: new Map(),
    });
    const members = [member('z', null), member('y', null), member('x', 'static')];
    const partitionCounts = new Map([
      ['a', 5],
      ['b', 5],
    ]);
    const assigned = assignRanges({ members, partitionCounts });
    const runs = (memberId: string) =>
      [...assigned.get(memberId)!].map(([topicId, partitions]) => [topicId, ...partitions]);
    expect(runs('x')).toEqual([
      ['a', 0, 1],
      ['b', 0, 1],
    ]);
    expect(runs('y')).toEqual([
      ['a', 2, 3],
      ['b', 2, 3],
    ]);
    expect(runs('z')).toEqual([
      ['a', 4],
      ['b', 4],
    ]);
  });
});
