// describe-producers: who writes to a partition with sequence numbers, and whose transaction is open there.

import { describeProducers } from '../../client/admin/describe-producers.ts';
import { partitionKey } from '../../client/types.ts';
import { present } from '../support/report.ts';
import { failure, type TransactionService } from './failure.ts';

const HEADERS = [
  'ProducerId',
  'ProducerEpoch',
  'LatestCoordinatorEpoch',
  'LastSequence',
  'LastTimestamp',
  'CurrentTransactionStartOffset',
];

export async function describeProducersOf(service: TransactionService): Promise<void> {
  const { client, options, context } = service;
  const topic = options.value('topic')!;
  const partition = options.integer('partition')!;
  const brokerId = options.integer('broker-id');
  const of = brokerId === undefined ? {} : { brokerId };
  const [described] = await describeProducers(client, [{ topic, partition }], of);
  const { value: producers, error } = described!.outcome;
  if (error !== undefined) {
    const where = brokerId === undefined ? 'leader' : `broker ${brokerId}`;
    const key = partitionKey(topic, partition);
    throw failure(`Failed to describe producers for partition ${key} on ${where}`, error);
  }
  await present(context, {
    headers: HEADERS,
    rows: producers.map((each) => [
      each.producerId,
      each.producerEpoch,
      each.coordinatorEpoch ?? -1,
      each.lastSequence,
      each.lastTimestamp,
      each.transactionStartOffset,
    ]),
    data: producers.map((each) => ({
      ...each,
      coordinatorEpoch: each.coordinatorEpoch ?? null,
      transactionStartOffset: each.transactionStartOffset ?? null,
    })),
  });
}
