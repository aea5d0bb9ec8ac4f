// The assignors against results of Kafka 4.3.1's own on the same input (assignor-results.json: 60 random groups),
// and what must hold of the sticky ones whatever the input.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AssignorName } from '../../src/client/config/consumer-config.ts';
import type { GroupMemberInfo } from '../../src/client/consumer/group/assignors/assignor.ts';
import { ASSIGNORS } from '../../src/client/consumer/group/assignors/index.ts';
import { partitionKey, type TopicPartition } from '../../src/client/types.ts';
import { seeded } from '../support/seeded.ts';

interface Example {
  readonly assignor: AssignorName;
  readonly topics: Record<string, number>;
  readonly members: Record<string, { readonly topics: string; readonly owned: string }>;
  readonly result: Record<string, string>;
}

const examples = JSON.parse(
  readFileSync(join(import.meta.dirname, 'assignor-results.json'), 'utf8'),
) as Example[];

function partitions(text: string): TopicPartition[] {
  return split(text).map((key) => {
    const [topic, partition] = key.split('-');
    return { topic: topic!, partition: Number(partition) };
  });
}

function split(text: string): string[] {
  return text === '' ? [] : text.split(',');
}

function keys(list: readonly TopicPartition[]): string {
  return list
    .map((item) => partitionKey(item.topic, item.partition))
    .sort()
    .join(',');
}

function members(example: Example): GroupMemberInfo[] {
  return Object.entries(example.members).map(([memberId, { topics, owned }]) => ({
    memberId,
    groupInstanceId: null,
    topics: split(topics),
    owned: partitions(owned),
    generation: owned === '' ? -1 : 3,
  }));
}

describe('assignors', () => {
  it.each(examples.map((example, index) => [`${example.assignor} ${index}`, example] as const))(
    'give what Kafka’s give: %s',
    (_name, example) => {
      const counts = new Map(Object.entries(example.topics));
      const assignment = ASSIGNORS[example.assignor].assign(members(example), counts);
      const found = Object.fromEntries([...assignment].map(([id, list]) => [id, keys(list)]));
      expect(found).toEqual(example.result);
    },
  );

  it('put static members before dynamic ones, by instance id', () => {
    const group = [
      { memberId: 'a', groupInstanceId: null },
      { memberId: 'y', groupInstanceId: '2' },
      { memberId: 'z', groupInstanceId: '1' },
    ].map((member) => ({ ...member, topics: ['t'], owned: [], generation: -1 }));
    const assignment = ASSIGNORS.range.assign(group, new Map([['t', 3]]));
    expect([...assignment].map(([id, list]) => `${id} ${keys(list)}`).sort()).toEqual([
      'a t-2',
      'y t-1',
      'z t-0',
    ]);
  });
});

describe('the sticky assignor', () => {
  it('stays even and complete with unequal subscriptions, and moves nothing twice', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const chance = seeded(seed);
      const pick = (below: number) => Math.floor(chance() * below);
      const topics = Array.from({ length: 1 + pick(4) }, (_, index) => `t${index}`);
      const counts = new Map(topics.map((topic) => [topic, 1 + pick(6)]));
      const group: GroupMemberInfo[] = Array.from({ length: 1 + pick(5) }, (_, index) => ({
        memberId: `m${index}`,
        groupInstanceId: null,
        topics: topics.filter((_topic, at) => index === 0 || at === 0 || chance() < 0.6),
        owned: [],
        generation: -1,
      }));
      const first = ASSIGNORS.sticky.assign(group, counts);
      const all = [...first.values()].flat();
      const expected = topics.flatMap((topic) =>
        Array.from({ length: counts.get(topic)! }, (_, partition) => ({ topic, partition })),
      );
      expect(keys(all), `seed ${seed}`).toBe(keys(expected));
      for (const [memberId, own] of first) {
        const mine = group.find((member) => member.memberId === memberId)!;
        expect(own.every(({ topic }) => mine.topics.includes(topic))).toBe(true);
      }
      const again = ASSIGNORS.sticky.assign(
        group.map((member) => ({
          ...member,
          owned: first.get(member.memberId)!,
          generation: 1,
        })),
        counts,
      );
      for (const [memberId, own] of again) {
        expect(keys(own), `seed ${seed}`).toBe(keys(first.get(memberId)!));
      }
    }
  });
});
