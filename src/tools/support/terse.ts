// Kafka's TerseException: a failure that is told in its message alone, where others come with a stack trace.

import type { ToolContext } from '../../flags/tool-context.ts';
import { describeChain, messageOf } from './java-error.ts';

export class TerseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TerseError';
  }
}

/** Tells a failure on stderr as the script does, after the results that there are; returns the exit code. */
export async function tellFailure(error: unknown, context: ToolContext): Promise<number> {
  if (context.manner === 'modern' && !(error instanceof TerseError)) throw error;
  await context.out.flush();
  context.err(messageOf(error));
  if (!(error instanceof TerseError)) context.err(describeChain(error));
  return 1;
}
