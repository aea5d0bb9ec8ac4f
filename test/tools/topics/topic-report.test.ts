import { describe, expect, test } from 'vitest';
import type { ConfigEntry, Node, PartitionDescription } from '../../../src/client/types.ts';
import { TOPICS_TABLE } from '../../../src/flags/tables/topics.ts';
import type { DescribedTopic } from '../../../src/tools/topics/describe.ts';
import { describeFilter } from '../../../src/tools/topics/describe-filter.ts';
import { presentTopics } from '../../../src/tools/topics/topic-report.ts';
import { fakeContext, parsed } from '../fake-context.ts';

const ID = 'aaaaaaaaaaaaaaaaaaaaaw';

function node(id: number): Node {
  return { id, host: 'localhost', port: 9092, rack: null };
}

function partition(
  number: number,
  fields: { leader?: number; replicas: number[]; isr: number[]; elr?: number[] },
): PartitionDescription {
  return {
    partition: number,
    leader: fields.leader === undefined ? undefined : node(fields.leader),
    leaderEpoch: 0,
    replicas: fields.replicas.map(node),
    isr: fields.isr.map(node),
    eligibleLeaderReplicas: fields.elr?.map(node),
    lastKnownElr: fields.elr === undefined ? undefined : [],
  };
}

function config(name: string, value: string, source: number): ConfigEntry {
  return {
    name,
    value,
    source,
    isReadOnly: false,
    isSensitive: false,
    type: 0,
    documentation: null,
    synonyms: [],
  };
}

function topic(partitions: PartitionDescription[], configs: ConfigEntry[] = []): DescribedTopic {
  return {
    description: {
      name: 'orders',
      topicId: ID,
      isInternal: false,
      partitions,
      authorizedOperations: undefined,
    },
    configs: [config('min.insync.replicas', '2', 5), ...configs],
    reassignments: new Map(),
  };
}

async function lines(topics: DescribedTopic[], words = ''): Promise<string[]> {
  const context = fakeContext();
  const options = parsed(TOPICS_TABLE, `--describe ${words}`.trim());
  await presentTopics(topics, describeFilter(options, new Set([1, 2])), context);
  return (await context.stdoutText()).split('\n').slice(0, -1);
}

const healthy = partition(0, { leader: 1, replicas: [1, 2], isr: [1, 2], elr: [] });
const behind = partition(1, { leader: 1, replicas: [1, 2], isr: [1], elr: [2] });
const leaderless = partition(2, { replicas: [1, 3], isr: [] });
const leaderGone = partition(3, { leader: 3, replicas: [3], isr: [3, 1, 2] });

test('a topic line and its partitions in order', async () => {
  const shown = await lines([topic([behind, healthy], [config('retention.ms', '5', 1)])]);
  expect(shown).toEqual([
    `Topic: orders\tTopicId: ${ID}\tPartitionCount: 2\tReplicationFactor: 2\tConfigs: retention.ms=5`,
    '\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: \tLastKnownElr: ',
    '\tTopic: orders\tPartition: 1\tLeader: 1\tReplicas: 1,2\tIsr: 1\tElr: 2\tLastKnownElr: ',
  ]);
});

test('no leader is none, and unknown ELR is N/A', async () => {
  expect((await lines([topic([leaderless])]))[1]).toBe(
    '\tTopic: orders\tPartition: 2\tLeader: none\tReplicas: 1,3\tIsr: \tElr: N/A\tLastKnownElr: N/A',
  );
});

test('a reassignment shows what comes and goes, and the factor without what comes', async () => {
  const moving = {
    ...topic([partition(0, { leader: 1, replicas: [1, 2, 3], isr: [1, 2], elr: [] })]),
    reassignments: new Map([
      [
        0,
        {
          topic: 'orders',
          partition: 0,
          replicas: [1, 2, 3],
          addingReplicas: [3],
          removingReplicas: [2],
        },
      ],
    ]),
  };
  const [head, line] = await lines([moving]);
  expect(head).toContain('ReplicationFactor: 2');
  expect(line).toContain('\tIsr: 1,2\tAdding Replicas: 3\tRemoving Replicas: 2\tElr: ');
});

describe('filters', () => {
  const all = topic([healthy, behind, leaderless, leaderGone]);
  const numbers = async (words: string) =>
    (await lines([all], words)).map((line) => /Partition: (\d)/.exec(line)?.[1]);

  test.each([
    ['--under-replicated-partitions', ['1', '2']],
    ['--unavailable-partitions', ['2', '3']],
    ['--under-min-isr-partitions', ['1', '2']],
    ['--at-min-isr-partitions', ['0']],
    ['--at-min-isr-partitions --unavailable-partitions', ['0', '2', '3']],
  ])('%s', async (words, partitions) => {
    expect(await numbers(words)).toEqual(partitions);
  });

  test('--topics-with-overrides shows heads alone, of topics with overrides', async () => {
    const overridden = topic([healthy], [config('retention.ms', '5', 1)]);
    expect(await lines([all, overridden], '--topics-with-overrides')).toHaveLength(1);
  });
});
