import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type CompletionCommand, completionScript } from '../../src/commands/support/completion.ts';

const flag = (name: string, choices: string[] = [], takesValue = choices.length > 0) => ({
  name,
  summary: `It's [${name}]: text`,
  takesValue,
  choices,
});

const COMMANDS: CompletionCommand[] = [
  { name: 'broker start', summary: 'Start', flags: [flag('port', [], true)] },
  { name: 'broker stop', summary: 'Stop', flags: [] },
  {
    name: 'topics',
    summary: 'Topics',
    flags: [flag('topic', [], true), flag('output', ['json', 'yaml'])],
  },
];

/** What bash offers for the words typed; the last is being completed. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', COMMANDS)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _kafta
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('the completion for bash', () => {
  test('offers commands, then their second words, then their flags', () => {
    expect(offered('kafta', '')).toEqual(['broker', 'topics']);
    expect(offered('kafta', 'broker', 'st')).toEqual(['start', 'stop']);
    expect(offered('kafta', 'broker', 'start', '--p')).toEqual(['--port']);
    expect(offered('kafta', 'topics', '--')).toEqual(['--topic', '--output']);
  });

  test('offers the values of a flag that has few', () => {
    expect(offered('kafta', 'topics', '--output', '')).toEqual(['json', 'yaml']);
  });
});

describe('the completions for zsh and fish', () => {
  test('quote what would end a string or an entry', () => {
    expect(completionScript('zsh', COMMANDS)).toContain(
      "'*--output[It’s output text]:value:(json yaml)'",
    );
    expect(completionScript('fish', COMMANDS)).toContain(
      "-l 'output' -x -a 'json yaml' -d 'It’s output text'",
    );
  });
});
