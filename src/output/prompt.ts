// Questions on the terminal, on stderr so that stdout stays clean. Loaded only when one is asked.

import inquirer from 'inquirer';

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
}

/** No is the answer to Enter, to Ctrl-C and to Ctrl-D, of which the library would wait on for ever. */
export async function ask(question: string): Promise<boolean> {
  const ending = new AbortController();
  const onKey = (_: string, key: Key) => {
    if (key.ctrl === true && key.name === 'd') ending.abort();
  };
  process.stdin.on('keypress', onKey);
  try {
    const prompt = inquirer.createPromptModule({ output: process.stderr, signal: ending.signal });
    const { answer } = await prompt([
      { type: 'confirm', name: 'answer', message: question, default: false },
    ]);
    return answer === true;
  } catch {
    return false;
  } finally {
    process.stdin.off('keypress', onKey);
  }
}
