// forceTerminateTransaction: aborts what is open under a transactional id, and fences its producer.

import { forceTerminateTransaction } from '../../client/admin/force-terminate-transaction.ts';
import { attempt, type TransactionService } from './failure.ts';

/** Kafka's script spells the option otherwise. */
const OPTION = {
  forceTerminateTransaction: 'transactionalId',
  'force-terminate': 'transactional-id',
};

export async function forceTerminate({ client, options }: TransactionService): Promise<void> {
  const id = options.value(OPTION[options.subcommand as keyof typeof OPTION])!;
  const what = `Failed to force terminate transactionalId \`${id}\``;
  await attempt(what, forceTerminateTransaction(client, id));
}
