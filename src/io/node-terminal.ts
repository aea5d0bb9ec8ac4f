// Lines typed at the terminal, with editing, history and completion (node:readline). For interactive tools alone.

import { createInterface } from 'node:readline';

/** Whole words that the end of `line` may become, and the end that they replace. */
export type Completer = (line: string) => [string[], string];

/** Ends with Ctrl-D, Ctrl-C or the signal. */
export async function* terminalLines(
  prompt: string,
  complete: Completer,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { stdin: input, stdout: output } = process;
  const terminal = createInterface({ input, output, prompt, completer: complete });
  const close = (): void => terminal.close();
  signal.addEventListener('abort', close, { once: true });
  terminal.once('SIGINT', close);
  try {
    terminal.prompt();
    for await (const line of terminal) {
      yield line;
      terminal.prompt();
    }
  } finally {
    signal.removeEventListener('abort', close);
    terminal.close();
  }
}
