// Questions on the terminal, on stderr so that stdout stays clean. Loaded only when one is asked.

import inquirer from 'inquirer';

/** No is the answer to Enter and to Ctrl-C. */
export async function ask(question: string): Promise<boolean> {
  try {
    const prompt = inquirer.createPromptModule({ output: process.stderr });
    const { answer } = await prompt([
      { type: 'confirm', name: 'answer', message: question, default: false },
    ]);
    return answer === true;
  } catch {
    return false;
  }
}
