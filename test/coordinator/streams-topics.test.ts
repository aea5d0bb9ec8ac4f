import { describe, expect, test } from 'vitest';
import { configureTopology } from '../../src/coordinator/group/streams/internal-topics.ts';
import {
  StreamsTopology,
  topologyValueOf,
} from '../../src/coordinator/group/streams/streams-topology.ts';
import type { Subtopology } from '../../src/protocol/generated/apis/streams-group-heartbeat-request.ts';
import { subtopology, topicInfo, topologyOf } from './support/streams-topologies.ts';
import { TestTopics } from './support/topics.ts';

function configure(topics: Record<string, number>, ...subtopologies: Subtopology[]) {
  const lookup = new TestTopics();
  for (const [name, count] of Object.entries(topics)) lookup.put(name, count);
  const topology = new StreamsTopology(topologyValueOf(topologyOf(...subtopologies)));
  const configured = configureTopology(topology, lookup);
  return {
    problem: configured.problem?.message,
    missing: Object.fromEntries(
      configured.missingTopics.map(({ name, numPartitions }) => [name, numPartitions]),
    ),
    tasks: [...(configured.subtopologies ?? [])].map(([, { taskCount }]) => taskCount),
  };
}

const JOINED = { sourceTopics: [0, 1], sourceTopicRegex: [], repartitionSourceTopics: [] };

describe('the topics of a topology', () => {
  test('a repartition topic is as wide as the widest source of who writes it, over several steps', () => {
    const found = configure(
      { a: 2, b: 5 },
      subtopology('0', { sourceTopics: ['a', 'b'], repartitionSinkTopics: ['r1'] }),
      subtopology('1', {
        repartitionSourceTopics: [topicInfo('r1')],
        repartitionSinkTopics: ['r2'],
      }),
      subtopology('2', {
        repartitionSourceTopics: [topicInfo('r2')],
        stateChangelogTopics: [topicInfo('c')],
      }),
    );
    expect(found).toMatchObject({ missing: { r1: 5, r2: 5, c: 5 }, tasks: [5, 5, 5] });
  });

  test('a number that the user chose stands', () => {
    const found = configure(
      { a: 2 },
      subtopology('0', { sourceTopics: ['a'], repartitionSinkTopics: ['r'] }),
      subtopology('1', {
        repartitionSourceTopics: [topicInfo('r', 7)],
        stateChangelogTopics: [topicInfo('c')],
      }),
    );
    expect(found).toMatchObject({ missing: { r: 7, c: 7 }, tasks: [2, 7] });
  });

  test('a repartition topic joined with a source takes its width', () => {
    const found = configure(
      { a: 2, b: 6 },
      subtopology('0', { sourceTopics: ['a'], repartitionSinkTopics: ['r'] }),
      subtopology('1', {
        sourceTopics: ['b'],
        repartitionSourceTopics: [topicInfo('r')],
        copartitionGroups: [
          { sourceTopics: [0], sourceTopicRegex: [], repartitionSourceTopics: [0] },
        ],
      }),
    );
    expect(found).toMatchObject({ missing: { r: 6 }, tasks: [2, 6] });
  });

  test('joined sources of different width are told', () => {
    const found = configure(
      { a: 2, b: 3 },
      subtopology('0', { sourceTopics: ['a', 'b'], copartitionGroups: [JOINED] }),
    );
    expect(found.problem).toBe(
      'Following topics do not have the same number of partitions: [{a=2, b=3}]',
    );
  });

  test('a chosen width that does not fit the joined source is told', () => {
    const found = configure(
      { a: 2 },
      subtopology('0', { sourceTopics: ['a'], repartitionSinkTopics: ['r'] }),
      subtopology('1', {
        sourceTopics: ['a'],
        repartitionSourceTopics: [topicInfo('r', 3)],
        copartitionGroups: [
          { sourceTopics: [0], sourceTopicRegex: [], repartitionSourceTopics: [0] },
        ],
      }),
    );
    expect(found.problem).toBe(
      "Number of partitions [3] of repartition topic [r] doesn't match number of partitions [2] of the source topic.",
    );
  });

  test('many missing topics are told by three names and a number', () => {
    const found = configure({}, subtopology('0', { sourceTopics: ['e', 'd', 'c', 'b', 'a'] }));
    expect(found.problem).toBe('Source topics a, b, c and 2 additional topics are missing.');
  });

  test('a loop, or a topic that nobody writes, is an invalid topology', () => {
    const loop = subtopology('0', {
      repartitionSourceTopics: [topicInfo('r')],
      repartitionSinkTopics: ['r'],
    });
    expect(() => configure({}, loop)).toThrow('There may be loops in the topology');
    const orphan = subtopology('0', { repartitionSourceTopics: [topicInfo('r')] });
    expect(() => configure({}, orphan)).toThrow('is never used as a sink topic');
  });
});
