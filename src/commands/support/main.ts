// The entry of a built command: `node dist/commands/topics.cjs exact|legacy|modern …`. Launchers come here directly and
// `kafta` does when it knows the command, both around oclif. Sets the exit code; prints an error that got this far.

import { CommandLineError } from '../../flags/parsed-options.ts';
import { runTool, type Tool } from '../../flags/tool.ts';
import { type ProcessContext, processContext } from './context.ts';
import { describeError } from './describe-error.ts';
import { takeGlobals } from './globals.ts';

/** exact: Kafka's manner. legacy: the same, with what Kafka has removed. modern: `kafta`. */
export type Mode = 'exact' | 'legacy' | 'modern';

export function main(tool: Tool): void {
  const [mode, ...argv] = process.argv.slice(2);
  const running =
    mode === 'modern' ? runModern(tool, argv) : runExact(tool, argv, mode === 'legacy');
  running.then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error)?.stack ?? error)}\n`);
      process.exit(1);
    },
  );
}

export async function runExact(
  tool: Tool,
  argv: readonly string[],
  isLenient: boolean,
): Promise<number> {
  const context = processContext({ manner: 'exact', isLenient });
  return settle(tool, argv, context, false);
}

/** Resolves with the exit code: 0, 1 for a failure, 2 for a wrong command line, 128 + n after a signal. */
export async function runModern(tool: Tool, argv: readonly string[]): Promise<number> {
  try {
    const { words, isVerbose, output, cluster, mayAsk } = takeGlobals(tool.table, argv);
    const context = processContext({ manner: 'modern', isLenient: true, output, cluster, mayAsk });
    return await settle(tool, words, context, isVerbose);
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    process.stderr.write(`${error.message}\nSee 'kafta ${tool.table.command} --help'.\n`);
    return 2;
  }
}

async function settle(
  tool: Tool,
  argv: readonly string[],
  context: ProcessContext,
  isVerbose: boolean,
): Promise<number> {
  let code: number;
  let told: unknown;
  try {
    code = await runTool(tool, argv, context);
  } catch (error) {
    context.err(describeError(error, isVerbose));
    told = error;
    code = 1;
  }
  try {
    await context.out.flush();
  } catch (error) {
    if (error !== told) context.err(describeError(error, isVerbose));
    code = 1;
  }
  return context.signalExitCode() ?? code;
}
