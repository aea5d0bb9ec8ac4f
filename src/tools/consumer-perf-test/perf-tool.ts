// What the perf tools of jopt-simple have in common: how their main tells a failure.

import type { OptionTable } from '../../flags/option-table.ts';
import { CommandLineError } from '../../flags/parsed-options.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { isArgumentError } from '../../flags/usage.ts';
import { describeError, messageOf } from '../support/java-error.ts';

/** The usage for what the parser finds, the main's words for what it finds in an argument. */
export function perfReject(table: OptionTable): NonNullable<Tool['reject']> {
  return (error, context) =>
    isArgumentError(error)
      ? tell(`${error.exception}: ${error.message}`, error.message, context)
      : printUsage(table, error.message, context);
}

/** The message and a trace on stderr, and 1. */
export async function failFromMain(error: unknown, context: ToolContext): Promise<number> {
  if (error instanceof CommandLineError || context.manner === 'modern') throw error;
  await context.out.flush();
  return tell(describeError(error), messageOf(error), context);
}

function tell(description: string, message: string, context: ToolContext): number {
  // Throwable.getMessage of one without a message.
  context.err(`${message || 'null'}\n${description}`);
  return 1;
}

/** The table with a default for one of its options. */
export function withDefault(table: OptionTable, name: string, value: string): OptionTable {
  return {
    ...table,
    options: table.options.map((spec) =>
      spec.name === name ? { ...spec, argument: { ...spec.argument, defaults: [value] } } : spec,
    ),
  };
}
