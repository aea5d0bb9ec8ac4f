// list: the transactional ids of the cluster, their producer ids and states.

import { listTransactions } from '../../client/admin/list-transactions.ts';
import { present } from '../support/report.ts';
import { attempt, type TransactionService } from './failure.ts';

const HEADERS = ['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState'];

export async function listAll({ client, options, context }: TransactionService): Promise<void> {
  const runningLongerThanMs = options.long('duration-filter');
  const transactionalIdPattern = options.value('transactional-id-pattern');
  const listing = listTransactions(client, {
    ...(runningLongerThanMs === undefined ? {} : { runningLongerThanMs }),
    ...(transactionalIdPattern === undefined ? {} : { transactionalIdPattern }),
  });
  const found = await attempt('Failed to list transactions', listing);
  await present(context, {
    headers: HEADERS,
    rows: found.map((each) => [
      each.transactionalId,
      each.coordinator,
      each.producerId,
      each.state,
    ]),
    data: found,
  });
}
