// What --describe prints, for groups that transcripts seldom show.

import { describe, expect, test } from 'vitest';
import type { ConsumerGroupDescription, ConsumerGroupMember } from '../../../src/client/types.ts';
import { memberLines } from '../../../src/tools/consumer-groups/members-report.ts';
import { stateLines } from '../../../src/tools/consumer-groups/states-report.ts';
import { validateRegex } from '../../../src/tools/consumer-groups/validate-regex.ts';
import { fakeContext } from '../fake-context.ts';

const MEMBER: ConsumerGroupMember = {
  memberId: 'm',
  groupInstanceId: null,
  clientId: 'c',
  clientHost: '/127.0.0.1',
  assignment: [
    { topic: 'b', partition: 10 },
    { topic: 'b', partition: 9 },
    { topic: 'a', partition: 0 },
  ],
  targetAssignment: [],
  memberEpoch: 3,
  isUpgraded: true,
};

const GROUP: ConsumerGroupDescription = {
  groupId: 'g',
  type: 'Consumer',
  assignor: 'uniform',
  state: 'Stable',
  members: [MEMBER],
  coordinator: { id: 1, host: 'localhost', port: 9092, rack: null },
  groupEpoch: 4,
  targetAssignmentEpoch: 4,
};

const words = (lines: string[]) => lines.map((line) => line.trim().split(/ +/));

describe('members', () => {
  test('have their partitions by topic and number', () => {
    expect(words(memberLines(GROUP, true, true))[1]).toEqual(
      'g m /127.0.0.1 c 3 3 a:0;b:9,10 4 -'.split(' '),
    );
  });

  test('of both protocols are told apart', () => {
    const members = [MEMBER, { ...MEMBER, isUpgraded: false }];
    const [header, ...rows] = words(memberLines({ ...GROUP, members }, true, true));
    expect(header?.at(-1)).toBe('UPGRADED');
    expect(rows.map((row) => row.at(-1))).toEqual(['true', 'false']);
  });

  test('of a group without any leave the header', () => {
    expect(memberLines({ ...GROUP, members: [] }, false, false)).toEqual([
      '\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     ',
    ]);
  });
});

test('a state has its epochs when it is told at length', () => {
  expect(words(stateLines(GROUP, true))[1]).toEqual(
    'g localhost:9092 (1) uniform Stable 4 4 1'.split(' '),
  );
});

describe('an expression', () => {
  test.each([
    ['a.*', 'is valid.'],
    ['(', 'is invalid: missing closing ).'],
    ['[z-a]', 'is invalid: invalid character class range.'],
    ['*', 'is invalid: missing argument to repetition operator.'],
  ])('%s is judged as RE2 does', async (regex, verdict) => {
    const context = fakeContext();
    expect(await validateRegex(regex, context)).toBe(0);
    expect(await context.stdoutText()).toBe(`The regular expression \`${regex}\` ${verdict}\n`);
  });

  test('that is invalid fails for people', async () => {
    expect(await validateRegex('(', fakeContext({ manner: 'modern' }))).toBe(1);
  });
});
