// abort: ends a transaction that hangs in one partition, by the offset where it began or by its producer.

import {
  type AbortSpec,
  abortTransaction,
  shownSpec,
} from '../../client/admin/abort-transaction.ts';
import { describeProducers } from '../../client/admin/describe-producers.ts';
import { partitionKey, type TopicPartition } from '../../client/types.ts';
import { attempt, CommandFailure, failure, type TransactionService } from './failure.ts';

export async function abortOne(service: TransactionService): Promise<void> {
  const { client, options } = service;
  const at = { topic: options.value('topic')!, partition: options.integer('partition')! };
  const startOffset = options.long('start-offset');
  const spec =
    startOffset === undefined
      ? { ...at, ...givenProducer(service) }
      : await specAt(service, at, startOffset);
  await attempt(`Failed to abort transaction ${shownSpec(spec)}`, abortTransaction(client, spec));
}

function givenProducer({ options }: TransactionService): Omit<AbortSpec, keyof TopicPartition> {
  const producerId = options.long('producer-id');
  if (producerId === undefined) {
    throw new CommandFailure(
      'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with ' +
        '--producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
    );
  }
  const producerEpoch = options.integer('producer-epoch');
  if (producerEpoch === undefined) {
    throw new CommandFailure('Missing required argument --producer-epoch');
  }
  const coordinatorEpoch = options.integer('coordinator-epoch');
  if (coordinatorEpoch === undefined) {
    throw new CommandFailure('Missing required argument --coordinator-epoch');
  }
  // Of a producer without any marker yet none is known; 0 is no more than any coordinator's.
  return { producerId, producerEpoch, coordinatorEpoch: Math.max(0, coordinatorEpoch) };
}

async function specAt(
  { client }: TransactionService,
  at: TopicPartition,
  startOffset: number,
): Promise<AbortSpec> {
  const key = partitionKey(at.topic, at.partition);
  const [described] = await describeProducers(client, [at]);
  const { value, error } = described!.outcome;
  if (error !== undefined) {
    throw failure(`Failed to validate producer state for partition ${key}`, error);
  }
  const found = value.find(({ transactionStartOffset }) => transactionStartOffset === startOffset);
  if (found === undefined) {
    throw new CommandFailure(
      `Could not find any open transactions starting at offset ${startOffset} on partition ${key}`,
    );
  }
  const { producerId, producerEpoch, coordinatorEpoch = 0 } = found;
  return { ...at, producerId, producerEpoch, coordinatorEpoch };
}
