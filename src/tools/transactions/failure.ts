// How this tool fails: one line on stderr that says what was attempted and why it didn't work, and 1
// (TransactionsCommand.printErrorAndExit).

import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { messageOf } from '../support/java-error.ts';

/** What every action is given. */
export interface TransactionService {
  readonly client: KafkaClient;
  readonly options: ParsedOptions;
  readonly context: ToolContext;
}

export class CommandFailure extends Error {
  /** As Kafka's script words it. */
  readonly exactMessage: string;

  constructor(message: string, exactMessage = message) {
    super(message);
    this.name = 'CommandFailure';
    this.exactMessage = exactMessage;
  }
}

/** `what` and the reason. */
export function failure(what: string, cause: unknown): CommandFailure {
  const message = `${what}: ${messageOf(cause)}`;
  return new CommandFailure(message, `${message}. Enable debug logging for additional detail.`);
}

/** The promise, its error told as the failure of `what`; others than those that `isOurs` go through. */
export async function attempt<T>(
  what: string,
  promise: Promise<T>,
  isOurs: (error: unknown) => boolean = () => true,
): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw isOurs(error) ? failure(what, error) : error;
  }
}
