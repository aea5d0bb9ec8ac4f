// kafka-share-groups.sh: what it refuses, and the lines of a description.

import { describe, expect, test } from 'vitest';
import type { ShareGroupDescription } from '../../../src/client/admin/describe-share-groups.ts';
import { runTool } from '../../../src/flags/tool.ts';
import { memberLines, offsetLines, stateLines } from '../../../src/tools/share-groups/describe.ts';
import { SHARE_GROUPS } from '../../../src/tools/share-groups/index.ts';
import { fakeContext } from '../fake-context.ts';

const SERVER = '--bootstrap-server b:1';

describe('a command line', () => {
  test('whose argument cannot be read is told on stdout, with 0', async () => {
    const context = fakeContext();
    const line = '--bootstrap-server localhost:1 --delete --group g --timeout x';
    expect(await runTool(SHARE_GROUPS, line.split(' '), context)).toBe(0);
    expect(await context.stdoutText()).toBe(
      "\nError: Executing share group command failed due to Cannot parse argument 'x' of option timeout\n",
    );
    expect(context.stderrLines[0]).toMatch(/^joptsimple\.OptionArgumentConversionException: /);
  });

  test.each([
    ['--list', 'Missing required argument "[bootstrap-server]"'],
    [`${SERVER} --delete`, 'Option [delete] takes the options [group] or [all-groups]'],
    [
      `${SERVER} --delete --group g --all-groups`,
      'Option [delete] takes either [group] or [all-groups], not both.',
    ],
    [
      `${SERVER} --reset-offsets --group g --topic t --to-latest`,
      'Option [reset-offsets] takes the option: [execute] or [dry-run]',
    ],
    [
      `${SERVER} --reset-offsets --dry-run --topic t --to-latest`,
      'Option [reset-offsets] takes the option: [group]',
    ],
    [
      `${SERVER} --reset-offsets --dry-run --group g --topic t`,
      'Option [reset-offsets] takes one of these options: [to-datetime], [to-earliest], [to-latest]',
    ],
    [
      `${SERVER} --reset-offsets --dry-run --group g --topic t --to-latest --to-earliest`,
      'Option "[to-earliest]" can\'t be used with option "[to-latest]"',
    ],
    [
      `${SERVER} --list --verbose`,
      'Exception in thread "main" joptsimple.UnavailableOptionException: Option(s) [verbose] are unavailable given other options on the command line',
    ],
  ])('%s is refused with 1', async (line, message) => {
    const context = fakeContext();
    expect(await runTool(SHARE_GROUPS, line.split(' '), context)).toBe(1);
    expect(context.stderrLines[0]).toBe(message);
  });
});

const GROUP: ShareGroupDescription = {
  groupId: 'crew',
  state: 'Stable',
  groupEpoch: 3,
  targetAssignmentEpoch: 2,
  assignor: 'simple',
  members: ['m2', 'm1'].map((memberId) => ({
    memberId,
    memberEpoch: 2,
    clientId: 'c',
    clientHost: '/127.0.0.1',
    assignment: [
      { topic: 'u', partition: 0 },
      { topic: 't', partition: 1 },
      { topic: 't', partition: 0 },
    ],
  })),
  coordinator: { id: 1, host: 'localhost', port: 9092, rack: null },
};

describe('a description', () => {
  test('shows the members in order, and with --verbose their epochs', () => {
    expect(memberLines(GROUP, true)).toEqual([
      '\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS  MEMBER-EPOCH  ASSIGNMENT',
      'crew            m1              /127.0.0.1      c               3            2             t:0,1;u:0',
      'crew            m2              /127.0.0.1      c               3            2             t:0,1;u:0',
    ]);
  });

  test('shows the state', () => {
    expect(stateLines(GROUP, true)).toEqual([
      '\nGROUP           COORDINATOR (ID)          STATE           GROUP-EPOCH  ASSIGNMENT-EPOCH  #MEMBERS',
      'crew            localhost:9092  (1)       Stable          3            2                 2',
    ]);
  });

  test('shows where the group starts, a dash where it never read', () => {
    const unread = { startOffset: undefined, leaderEpoch: undefined, lag: undefined };
    const offsets = [
      { topic: 't', partition: 0, startOffset: 5, leaderEpoch: 0, lag: 2 },
      { topic: 't', partition: 1, ...unread },
    ];
    expect(offsetLines('crew', offsets, false)).toEqual([
      '\nGROUP           TOPIC           PARTITION  START-OFFSET  LAG',
      'crew            t               0          5             2',
      'crew            t               1          -             -',
    ]);
    expect(offsetLines('crew', [], false)).toEqual([
      "\nShare group 'crew' has no offset information.",
    ]);
  });
});
