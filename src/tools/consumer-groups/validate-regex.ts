// kafka-consumer-groups.sh --validate-regex: whether an expression is one of RE2's, without a broker.

import { re2Problem } from '../../common/re2-problem.ts';
import type { ToolContext } from '../../flags/tool-context.ts';

/** What is wrong with it, undefined when nothing is. */
async function regexProblem(regex: string): Promise<string | undefined> {
  const { RE2JS } = await import('re2js');
  try {
    RE2JS.compile(regex);
    return undefined;
  } catch (error) {
    return re2Problem(error);
  }
}

/** Kafka's tool exits with 0 whatever it finds; kafta with 1 for an invalid expression. */
export async function validateRegex(regex: string, context: ToolContext): Promise<number> {
  const problem = await regexProblem(regex);
  await context.out.present({
    kafka: () => [
      problem === undefined
        ? `The regular expression \`${regex}\` is valid.`
        : `The regular expression \`${regex}\` is invalid: ${problem}.`,
    ],
    data: () => ({ regex, isValid: problem === undefined, problem: problem ?? null }),
  });
  return problem !== undefined && context.manner === 'modern' ? 1 : 0;
}
