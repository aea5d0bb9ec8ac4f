// The shell itself: lines are read, run and answered until `exit` or the end of the input. At a terminal the tab key
// completes commands and paths.

import type { ToolContext } from '../../flags/tool-context.ts';
import { completions, runCommand, type ShellState } from './commands.ts';

const PROMPT = '>> ';

export async function interact(state: ShellState, context: ToolContext): Promise<number> {
  context.out.line('Loading...');
  context.out.line('Starting...');
  context.out.line('[ Kafka Metadata Shell ]');
  await context.out.flush();
  for await (const line of lines(state, context)) {
    const words = wordsOf(line);
    if (words.length === 0) continue;
    state.history.push(line);
    if (words[0] === 'exit') break;
    for (const text of runCommand(state, words, true)) context.out.line(text);
    await context.out.flush();
  }
  return 0;
}

const wordsOf = (line: string): string[] =>
  line
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');

async function* lines(state: ShellState, context: ToolContext): AsyncGenerator<string> {
  if (context.stdin.isTerminal && context.out.isTerminal) {
    const { terminalLines } = await import('../../io/node-terminal.ts');
    const complete = (line: string): [string[], string] => {
      const words = line.split(/\s+/);
      return [completions(state, words), words.at(-1) ?? ''];
    };
    yield* terminalLines(PROMPT, complete, context.signal);
    return;
  }
  yield* inputLines(context);
}

/** Lines of a pipe or a file. */
async function* inputLines({ stdin }: ToolContext): AsyncGenerator<string> {
  let rest = '';
  for (let bytes = await stdin.read(); bytes !== undefined; bytes = await stdin.read()) {
    const pieces = (rest + bytes.toString('utf8')).split('\n');
    rest = pieces.pop() ?? '';
    yield* pieces;
  }
  if (rest !== '') yield rest;
}
