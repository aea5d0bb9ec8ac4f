// Lists of states and types in options.

import { describe, expect, test } from 'vitest';
import { CONSUMER_GROUPS_TABLE } from '../../../../src/flags/tables/consumer-groups.ts';
import { GROUP_STATES, namesOption } from '../../../../src/tools/support/groups/group-states.ts';
import { parsed } from '../../fake-context.ts';

function states(line: string): string[] {
  return namesOption(parsed(CONSUMER_GROUPS_TABLE, line), 'state', GROUP_STATES.consumer);
}

describe('--state', () => {
  test.each([
    ['--list --state', []],
    ['--list --state sTaBlE,EMPTY', ['Stable', 'Empty']],
    ['--list --state Empty,,', ['Empty']],
    ['--list --state ,', []],
  ])('%s means %j', (line, names) => expect(states(line)).toEqual(names));

  test.each(['--list --state foo', '--list --state ,Empty', '--list --state Empty,,Dead'])(
    '%s is refused',
    (line) => expect(() => states(line)).toThrow('Valid states are: '),
  );
});
