// The way through a tool for groups of one type: its client, its time-out, and how Kafka's main tells what went wrong.

import type { OptionTable } from '../../../flags/option-table.ts';
import { CommandLineError, type ParsedOptions } from '../../../flags/parsed-options.ts';
import { printUsage } from '../../../flags/tool.ts';
import type { ToolContext } from '../../../flags/tool-context.ts';
import { openAdmin } from '../admin.ts';
import { describeError, messageOf } from '../java-error.ts';
import { rootCause, runtimeError } from '../java-future.ts';
import { type GroupService, printError } from './group-service.ts';

export interface GroupCommand {
  readonly table: OptionTable;
  /** 'streams': `Executing streams group command failed …`. */
  readonly noun: string;
  /** In the exact manner, of what isn't a wrong command line. */
  readonly failureExitCode: number;
}

export async function runGroupCommand(
  command: GroupCommand,
  options: ParsedOptions,
  context: ToolContext,
  action: (service: GroupService) => Promise<number>,
): Promise<number> {
  try {
    const client = await open(options, context);
    try {
      const timeoutMs = Number(BigInt.asIntN(32, BigInt(options.long('timeout')!)));
      return await action({ client, options, context, timeoutMs });
    } finally {
      await client.close();
    }
  } catch (error) {
    return await fail(command, error, context);
  }
}

/** A file of properties that can't be read reaches Kafka's main wrapped. */
async function open(options: ParsedOptions, context: ToolContext) {
  try {
    return await openAdmin(options, context);
  } catch (error) {
    const isFile = describeError(error).startsWith('java.');
    throw isFile && context.manner === 'exact' ? runtimeError(error) : error;
  }
}

/** An IllegalArgumentException shows the usage, and 1; anything else a line on stdout, its trace on stderr. */
async function fail(
  { table, noun, failureExitCode }: GroupCommand,
  error: unknown,
  context: ToolContext,
): Promise<number> {
  if (error instanceof CommandLineError) throw error;
  if (context.manner === 'modern') throw rootCause(error);
  if (describeError(error).startsWith('java.lang.IllegalArgumentException: ')) {
    return printUsage(table, messageOf(error), context);
  }
  printError(context, `Executing ${noun} group command failed due to ${messageOf(error)}`);
  await context.out.flush();
  context.err(describeError(error));
  return failureExitCode;
}
