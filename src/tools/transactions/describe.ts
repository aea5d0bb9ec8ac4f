// describe: one transactional id, and what is open under it.

import { describeTransactions } from '../../client/admin/describe-transactions.ts';
import { partitionKey } from '../../client/types.ts';
import { hashOrder } from '../support/hash-order.ts';
import { present } from '../support/report.ts';
import { failure, type TransactionService } from './failure.ts';

const HEADERS = [
  'CoordinatorId',
  'TransactionalId',
  'ProducerId',
  'ProducerEpoch',
  'TransactionState',
  'TransactionTimeoutMs',
  'CurrentTransactionStartTimeMs',
  'TransactionDurationMs',
  'TopicPartitions',
];

export async function describeTransaction(service: TransactionService): Promise<void> {
  const { client, options, context } = service;
  const transactionalId = options.value('transactional-id')!;
  const found = await describeTransactions(client, [transactionalId]);
  const { value, error } = found.get(transactionalId)!;
  if (error !== undefined) {
    const what = `Failed to describe transaction state of transactional-id \`${transactionalId}\``;
    throw failure(what, error);
  }
  const { startTimeMs } = value;
  const durationMs = startTimeMs === undefined ? undefined : context.io.clock.nowMs() - startTimeMs;
  const partitions = hashOrder(value.partitions);
  await present(context, {
    headers: HEADERS,
    rows: [
      [
        value.coordinator,
        transactionalId,
        value.producerId,
        value.producerEpoch,
        value.state,
        value.timeoutMs,
        startTimeMs,
        durationMs,
        partitions.map(({ topic, partition }) => partitionKey(topic, partition)).join(','),
      ],
    ],
    data: {
      transactionalId,
      ...value,
      startTimeMs: startTimeMs ?? null,
      durationMs: durationMs ?? null,
      partitions,
    },
  });
}
