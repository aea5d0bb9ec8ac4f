// For tools whose results are Kafka's lines and nothing else.

import { CommandLineError } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';

/** Throws CommandLineError when json or yaml was asked for: lines in their place would break who reads them. */
export function refuseDataForms({ out: { format } }: ToolContext, what: string): void {
  if (format !== 'json' && format !== 'yaml') return;
  throw new CommandLineError(
    `${what} has no form in ${format}: it is Kafka's lines, with --output kafka`,
    'java.lang.IllegalArgumentException',
  );
}
