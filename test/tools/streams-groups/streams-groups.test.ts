// kafka-streams-groups.sh and kafka-streams-application-reset.sh: what they refuse, and the lines of a description.

import { describe, expect, test } from 'vitest';
import type { StreamsGroupDescription } from '../../../src/client/admin/describe-streams-groups.ts';
import { runTool, type Tool } from '../../../src/flags/tool.ts';
import { STREAMS_RESET } from '../../../src/tools/streams-application-reset/index.ts';
import { STREAMS_GROUPS } from '../../../src/tools/streams-groups/index.ts';
import { memberLines, offsetLines, stateLines } from '../../../src/tools/streams-groups/reports.ts';
import { isStreamsInternalTopic } from '../../../src/tools/support/internal-topics.ts';
import { fakeContext } from '../fake-context.ts';

const SERVER = '--bootstrap-server b:1';

describe('a command line', () => {
  test.each<[Tool, string, string]>([
    [STREAMS_GROUPS, '--list', 'Missing required argument "[bootstrap-server]"'],
    [
      STREAMS_GROUPS,
      `${SERVER} --describe`,
      'Option [describe] takes one of these options: [all-groups], [group]',
    ],
    [
      STREAMS_GROUPS,
      `${SERVER} --delete --group g --input-topic t`,
      'Kafka Streams does not support topic-specific offset deletion from a streams group.',
    ],
    [
      STREAMS_GROUPS,
      `${SERVER} --delete-offsets --group g --group h --input-topic t`,
      'Option [delete-offsets] supports only one [group] at a time, but found: [g, h]',
    ],
    [
      STREAMS_GROUPS,
      `${SERVER} --reset-offsets --group g`,
      'Option [reset-offsets] takes the option: [execute] or [dry-run]',
    ],
    [
      STREAMS_GROUPS,
      `${SERVER} --reset-offsets --group g --dry-run --delete-all-internal-topics`,
      'Option [delete-all-internal-topics] takes [execute] when [reset-offsets] is used.',
    ],
    [
      STREAMS_GROUPS,
      SERVER,
      'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, or --delete-offsets.',
    ],
    [STREAMS_RESET, SERVER, 'Missing required option(s) [application-id]'],
    [
      STREAMS_RESET,
      '--application-id a --to-offset 1 --shift-by 1',
      'Option "[to-offset]" can\'t be used with option "[shift-by]"',
    ],
  ])('is refused with 1, after the usage: %#', async (tool, line, message) => {
    const context = fakeContext();
    expect(await runTool(tool, line.split(' '), context)).toBe(1);
    expect(context.stderrLines[0]).toBe(message);
    expect(context.stderrLines[1]).toMatch(/^Option/);
  });

  test.each([
    [
      `${SERVER} --list --verbose`,
      'Option(s) [verbose] are unavailable given other options on the command line',
    ],
    [`${SERVER} --list --nope`, 'nope is not a recognized option'],
    [`${SERVER} --describe --group`, 'Option group requires an argument'],
  ])('that jopt-simple refuses gets its message alone: %s', async (line, message) => {
    const context = fakeContext();
    expect(await runTool(STREAMS_GROUPS, line.split(' '), context)).toBe(1);
    expect(context.stderrLines).toEqual([message]);
  });
});

const GROUP: StreamsGroupDescription = {
  groupId: 'app',
  state: 'Stable',
  groupEpoch: 3,
  targetAssignmentEpoch: 2,
  topologyEpoch: 1,
  subtopologies: [],
  members: [
    {
      memberId: 'm1',
      memberEpoch: 2,
      groupInstanceId: null,
      clientId: 'c1',
      clientHost: '/127.0.0.1',
      processId: 'p1',
      topologyEpoch: 1,
      assignment: {
        activeTasks: [{ subtopologyId: '0', partitions: [0, 1] }],
        standbyTasks: [{ subtopologyId: '1', partitions: [2] }],
        warmupTasks: [],
      },
      targetAssignment: {
        activeTasks: [{ subtopologyId: '0', partitions: [0] }],
        standbyTasks: [],
        warmupTasks: [],
      },
      isClassic: false,
    },
  ],
  coordinator: { id: 1, host: 'localhost', port: 9092, rack: null },
};

describe('a description', () => {
  test('shows the tasks of the members, and with --verbose their target and epochs', () => {
    expect(memberLines(GROUP, false)).toEqual([
      'GROUP           MEMBER          PROCESS         CLIENT-ID       ASSIGNMENTS',
      'app             m1              p1              c1              ACTIVE: 0:[0,1]; STANDBY: 1:[2]; ',
    ]);
    expect(memberLines(GROUP, true)).toEqual([
      'GROUP           TARGET-ASSIGNMENT-EPOCH   TOPOLOGY-EPOCH MEMBER          MEMBER-PROTOCOL MEMBER-EPOCH    PROCESS         CLIENT-ID       ASSIGNMENTS',
      'app             2                         1              m1              streams         2               p1              c1              ACTIVE: 0:[0,1]; STANDBY: 1:[2]; TARGET-ACTIVE: 0:[0]; ',
    ]);
  });

  test('shows the state', () => {
    expect(stateLines(GROUP, true)).toEqual([
      'GROUP           COORDINATOR (ID)          STATE                     GROUP-EPOCH     TARGET-ASSIGNMENT-EPOCH   #MEMBERS',
      'app             localhost:9092 (1)        Stable                    3               2                         1',
    ]);
  });

  test('shows offsets, a dash for what was never committed', () => {
    const row = {
      topic: 't',
      partition: 0,
      offset: undefined,
      leaderEpoch: undefined,
      end: 7,
      lag: 7,
    };
    expect(offsetLines('app', [row], false)).toEqual([
      'GROUP           TOPIC           PARTITION  OFFSET-LAG',
      'app             t               0          7',
    ]);
    expect(offsetLines('app', [row], true)).toEqual([
      'GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LEADER-EPOCH    LOG-END-OFFSET  OFFSET-LAG     ',
      'app             t               0          -               -               7               7              ',
    ]);
  });
});

test.each([
  ['app-counts-changelog', true],
  ['app-KSTREAM-1-repartition', true],
  ['app-KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-0000000006-topic', true],
  ['app-output', false],
  ['other-counts-changelog', false],
])('the topic %s of the application app is internal: %s', (topic, isInternal) => {
  expect(isStreamsInternalTopic(topic, 'app')).toBe(isInternal);
});
