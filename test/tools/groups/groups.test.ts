// kafka-groups.sh without a broker: what it refuses, in which words, with which exit code.

import { describe, expect, test } from 'vitest';
import { runTool } from '../../../src/flags/tool.ts';
import { GROUPS } from '../../../src/tools/groups/index.ts';
import { type FakeContext, fakeContext } from '../fake-context.ts';

async function run(line: string, context: FakeContext): Promise<[number, string | undefined]> {
  const code = await runTool(GROUPS, line === '' ? [] : line.split(' '), context);
  return [code, context.stderrLines.join('\n').split('\n')[0]];
}

describe('kafka-groups.sh', () => {
  test.each([
    ['', 'Missing required option(s) [bootstrap-server]'],
    ['--list', 'Missing required option(s) [bootstrap-server]'],
    ['--bootstrap-server b:1', 'Command must include exactly one action: --list.'],
    ['--bootstrap-server b:1 --list --nope', 'nope is not a recognized option'],
    [
      '--bootstrap-server b:1 --list --share --streams',
      'Option "[share]" can\'t be used with option "[streams]"',
    ],
    [
      '--bootstrap-server b:1 --list --group-type odd --share',
      '--group-type must be a valid group type.',
    ],
    [
      '--bootstrap-server b:1 --list --group-type share --group-type classic',
      'Found multiple arguments for option group-type, but you asked for only one',
    ],
  ])('%j is refused with 1', async (line, message) => {
    expect(await run(line, fakeContext())).toEqual([1, message]);
  });

  test('a file of properties that is not there is named as Java does', async () => {
    const context = fakeContext();
    expect(await run('--bootstrap-server b:1 --list --command-config none', context)).toEqual([
      1,
      'none',
    ]);
    expect(context.stderrLines).toEqual(['none\njava.nio.file.NoSuchFileException: none']);
    expect(await context.stdoutText()).toBe('');
  });

  test('properties that a client refuses are told on stdout', async () => {
    const context = fakeContext();
    const [code] = await run('--bootstrap-server , --list', context);
    expect(code).toBe(1);
    expect(await context.stdoutText()).toMatch(/^Error while executing groups command : /);
  });

  test('in the modern manner a type that does not exist is a wrong command line, told with those that do', async () => {
    const context = fakeContext({ manner: 'modern' });
    expect(await run('--list --group-type odd', context)).toEqual([
      2,
      '--group-type must be a valid group type. Valid types: consumer, classic, share, streams.',
    ]);
  });
});
