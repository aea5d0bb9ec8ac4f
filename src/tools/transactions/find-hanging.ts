// find-hanging: transactions that are open in a log for longer than any may be, and that their coordinator won't end.

import {
  type DescribedProducers,
  describeProducers,
} from '../../client/admin/describe-producers.ts';
import { describeTopics } from '../../client/admin/describe-topics.ts';
import { describeTransactions } from '../../client/admin/describe-transactions.ts';
import { listTopics } from '../../client/admin/list-topics.ts';
import { listTransactions } from '../../client/admin/list-transactions.ts';
import { type ProducerState, partitionKey, type TopicPartition } from '../../client/types.ts';
import { javaHashOrder } from '../../common/java.ts';
import { javaLongHash } from '../../common/java-hash.ts';
import { Errors } from '../../protocol/errors.ts';
import { hashOrder } from '../support/hash-order.ts';
import { present } from '../support/report.ts';
import { attempt, CommandFailure, failure, type TransactionService } from './failure.ts';

const HEADERS = [
  'Topic',
  'Partition',
  'ProducerId',
  'ProducerEpoch',
  'CoordinatorEpoch',
  'StartOffset',
  'LastTimestamp',
  'Duration(min)',
];
/** Partitions in one request, topics in another. */
const MOST_AT_ONCE = 500;
const MINUTE_MS = 60_000;

interface OpenTransaction extends TopicPartition {
  readonly producer: ProducerState;
}

export async function findHanging(service: TransactionService): Promise<void> {
  checkScope(service);
  const partitions = await partitionsToSearch(service);
  const candidates = await openForTooLong(service, partitions);
  const hanging = candidates.length === 0 ? [] : await unknownToCoordinators(service, candidates);
  const nowMs = service.context.io.clock.nowMs();
  const durationMinutes = ({ producer }: OpenTransaction) =>
    Math.trunc((nowMs - producer.lastTimestamp) / MINUTE_MS);
  await present(service.context, {
    headers: HEADERS,
    rows: hanging.map((each) => [
      each.topic,
      each.partition,
      each.producer.producerId,
      each.producer.producerEpoch,
      each.producer.coordinatorEpoch ?? -1,
      each.producer.transactionStartOffset ?? -1,
      each.producer.lastTimestamp,
      durationMinutes(each),
    ]),
    data: hanging.map((each) => ({
      topic: each.topic,
      partition: each.partition,
      producerId: each.producer.producerId,
      producerEpoch: each.producer.producerEpoch,
      coordinatorEpoch: each.producer.coordinatorEpoch ?? null,
      startOffset: each.producer.transactionStartOffset ?? null,
      lastTimestamp: each.producer.lastTimestamp,
      durationMinutes: durationMinutes(each),
    })),
  });
}

function checkScope({ options }: TransactionService): void {
  if (!options.has('topic') && !options.has('broker-id')) {
    throw new CommandFailure(
      'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
    );
  }
  if (options.has('partition') && !options.has('topic')) {
    throw new CommandFailure('The --partition argument requires --topic to be provided');
  }
}

async function partitionsToSearch(service: TransactionService): Promise<TopicPartition[]> {
  const { client, options } = service;
  const topic = options.value('topic');
  const partition = options.integer('partition');
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }];
  if (topic !== undefined) return partitionsOf(service, [topic]);
  const listing = listTopics(client, { listInternal: true });
  const topics = await attempt('Failed to list topics', listing);
  const names = topics.map(({ name }) => name);
  const partitions: TopicPartition[] = [];
  for (const some of portions(names)) partitions.push(...(await partitionsOf(service, some)));
  return partitions;
}

async function partitionsOf(
  { client, options }: TransactionService,
  topics: readonly string[],
): Promise<TopicPartition[]> {
  const brokerId = options.integer('broker-id');
  const found = await describeTopics(client, topics);
  const partitions: TopicPartition[] = [];
  for (const [topic, { value, error }] of found) {
    if (error !== undefined) throw failure(`Failed to describe ${topics.length} topics`, error);
    for (const { partition, replicas } of value.partitions) {
      const isThere = brokerId === undefined || replicas.some(({ id }) => id === brokerId);
      if (isThere) partitions.push({ topic, partition });
    }
  }
  return partitions;
}

async function openForTooLong(
  service: TransactionService,
  partitions: readonly TopicPartition[],
): Promise<OpenTransaction[]> {
  const { client, options, context } = service;
  const brokerId = options.integer('broker-id');
  const longestMs = options.integer('max-transaction-timeout')! * MINUTE_MS;
  const open: OpenTransaction[] = [];
  for (const some of portions(partitions)) {
    const of = brokerId === undefined ? {} : { brokerId };
    const described = await describeProducers(client, some, of);
    checkDescribed(described, brokerId);
    const nowMs = context.io.clock.nowMs();
    for (const { topic, partition, outcome } of hashOrder(described)) {
      for (const producer of outcome.value!) {
        if (producer.transactionStartOffset === undefined) continue;
        if (nowMs - producer.lastTimestamp > longestMs) open.push({ topic, partition, producer });
      }
    }
  }
  return open;
}

function checkDescribed(
  described: readonly DescribedProducers[],
  brokerId: number | undefined,
): void {
  const refused = described.find(({ outcome }) => outcome.error !== undefined);
  if (refused === undefined) return;
  // Kafka's script prints Java's Optional.
  const broker = brokerId === undefined ? 'Optional.empty' : `Optional[${brokerId}]`;
  const what = `Failed to describe producers for ${described.length} partitions on broker ${broker}`;
  throw failure(what, refused.outcome.error);
}

/** A coordinator that has the partition among those of an open transaction will see to it; nobody else will. */
async function unknownToCoordinators(
  { client }: TransactionService,
  candidates: readonly OpenTransaction[],
): Promise<OpenTransaction[]> {
  const producerIds = [...new Set(candidates.map(({ producer }) => producer.producerId))];
  const listing = listTransactions(client, { producerIds });
  const listed = await attempt(
    `Failed to list transactions for ${producerIds.length} producers`,
    listing,
  );
  const idOf = new Map(listed.map((each) => [each.producerId, each.transactionalId]));
  const described = await describeTransactions(client, [...idOf.values()]);
  for (const { error } of described.values()) {
    if (error === undefined || error.code === Errors.TRANSACTIONAL_ID_NOT_FOUND) continue;
    throw failure(`Failed to describe ${described.size} transactions`, error);
  }
  const isExpected = ({ topic, partition, producer }: OpenTransaction) => {
    const transactionalId = idOf.get(producer.producerId);
    const known = transactionalId === undefined ? undefined : described.get(transactionalId)?.value;
    const key = partitionKey(topic, partition);
    return known?.partitions.some((each) => partitionKey(each.topic, each.partition) === key);
  };
  return byProducer(candidates).filter((each) => isExpected(each) !== true);
}

/** Those of one producer together, producers in the order of a HashMap, as Kafka's script lists them. */
function byProducer(candidates: readonly OpenTransaction[]): OpenTransaction[] {
  const groups = Map.groupBy(candidates, ({ producer }) => producer.producerId);
  return javaHashOrder([...groups.keys()], javaLongHash).flatMap((id) => groups.get(id)!);
}

function* portions<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < items.length; from += MOST_AT_ONCE) {
    yield items.slice(from, from + MOST_AT_ONCE);
  }
}
