// The shell itself: lines are read, run and answered until `exit` or the end of the input. At a terminal the tab key
// completes commands and paths.

import type { ToolContext } from '../../flags/tool-context.ts';
import { completions, refusal, runCommand, type ShellState } from './commands.ts';

const PROMPT = '>> ';

export async function interact(state: ShellState, context: ToolContext): Promise<number> {
  context.out.line('Loading...');
  context.out.line('Starting...');
  context.out.line('[ Kafka Metadata Shell ]');
  await context.out.flush();
  for await (const line of lines(state, context)) {
    const words = wordsOf(line);
    if (words.length === 0) continue;
    state.history.push(line.trim());
    if (words[0] === 'exit' && refusal('exit', words.slice(1)) === undefined) break;
    // All of it or nothing: what a command printed before it failed is lost in Kafka's shell.
    for (const text of [...runCommand(state, words, true)]) context.out.line(text);
    await context.out.flush();
  }
  return 0;
}

/** Words stand between blanks, or in quotes; a backslash takes the next character as it is. Empty ones fall away. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:"[^"]*"?|'[^']*'?|\\.|[^\s"'])+/g)) {
    const text = word.replaceAll(/"([^"]*)"?|'([^']*)'?|\\(.)/g, '$1$2$3');
    if (text !== '') words.push(text);
  }
  return words;
}

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

/** Kafka's asks a pipe as it asks a terminal. */
async function prompt({ manner, out }: ToolContext): Promise<void> {
  if (manner !== 'exact') return;
  out.text(PROMPT);
  await out.flush();
}

/** Lines of a pipe or a file. */
async function* inputLines(context: ToolContext): AsyncGenerator<string> {
  const { stdin } = context;
  let rest = '';
  await prompt(context);
  for (let bytes = await stdin.read(); bytes !== undefined; bytes = await stdin.read()) {
    const pieces = (rest + bytes.toString('utf8')).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield piece;
      await prompt(context);
    }
  }
  if (rest === '') return;
  yield rest;
  await prompt(context);
}
