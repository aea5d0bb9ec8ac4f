// kafka-transactions.sh: what transactional producers are about, and how to be rid of transactions that hang
// (org.apache.kafka.tools.TransactionsCommand).

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { TRANSACTIONS_TABLE } from '../../flags/tables/transactions.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { openAdmin } from '../support/admin.ts';
import { describeChain } from '../support/java-error.ts';
import { FileError } from '../support/properties.ts';
import { abortOne } from './abort.ts';
import { describeTransaction } from './describe.ts';
import { describeProducersOf } from './describe-producers.ts';
import { attempt, CommandFailure, type TransactionService } from './failure.ts';
import { findHanging } from './find-hanging.ts';
import { forceTerminate } from './force-terminate.ts';
import { listAll } from './list.ts';

export const TRANSACTIONS: Tool = {
  table: TRANSACTIONS_TABLE,
  run: runTransactions,
  // TransactionsCommand ends with 1 after everything that its parser answers itself.
  helpExitCode: 1,
};

const ACTIONS: Readonly<Record<string, (service: TransactionService) => Promise<void>>> = {
  list: listAll,
  describe: describeTransaction,
  'describe-producers': describeProducersOf,
  abort: abortOne,
  'find-hanging': findHanging,
  forceTerminateTransaction: forceTerminate,
  'force-terminate': forceTerminate,
};

async function runTransactions(options: ParsedOptions, context: ToolContext): Promise<number> {
  try {
    const client = await open(options, context);
    try {
      await ACTIONS[options.subcommand]!({ client, options, context });
    } finally {
      await client.close();
    }
    return 0;
  } catch (error) {
    const isOurs = error instanceof CommandFailure;
    if (!isOurs && context.manner === 'modern') throw error;
    await context.out.flush();
    if (!isOurs) context.err(`Exception in thread "main" ${describeChain(error)}`);
    else context.err(context.manner === 'exact' ? error.exactMessage : error.message);
    return 1;
  }
}

async function open(options: ParsedOptions, context: ToolContext) {
  const opening = openAdmin(options, context);
  return await attempt('Failed to load admin client properties', opening, (error) => {
    return error instanceof FileError;
  });
}
