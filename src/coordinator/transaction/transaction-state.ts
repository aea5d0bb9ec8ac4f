// What the coordinator knows of one transactional id. Immutable: a transition makes a new one, so that it can be taken back.
// Kafka: TransactionMetadata, TransactionState.

import type { PartitionsSchema } from '../../protocol/generated/coordinator/transaction-log-value.ts';

/** The numbers of __transaction_state's records. Dead and PrepareEpochFence never reach the log. */
export const TransactionStatus = {
  EMPTY: 0,
  ONGOING: 1,
  PREPARE_COMMIT: 2,
  PREPARE_ABORT: 3,
  COMPLETE_COMMIT: 4,
  COMPLETE_ABORT: 5,
} as const;
export type TransactionStatus = (typeof TransactionStatus)[keyof typeof TransactionStatus];

const NAMES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const;

/** As DescribeTransactions and ListTransactions name it. */
export function statusName(status: TransactionStatus): string {
  return NAMES[status]!;
}

/** Whether ListTransactions may filter by that name; the states that are never seen count too, as in Kafka. */
export function isStatusName(name: string): boolean {
  return (NAMES as readonly string[]).includes(name);
}

export const NO_PRODUCER_ID = -1;
export const NO_PRODUCER_EPOCH = -1;
/** A producer never gets the last epoch: the coordinator needs it to fence the one before. */
export const LAST_PRODUCER_EPOCH = 0x7fff;
/** The time-out of a transaction that an outside coordinator ends (KIP-939): none. */
export const NO_TIMEOUT_MS = 0x7fffffff;

/** Partition numbers by topic; never changed in place. */
export type TransactionPartitions = ReadonlyMap<string, ReadonlySet<number>>;
export const NO_PARTITIONS: TransactionPartitions = new Map();

export interface TransactionState {
  readonly transactionalId: string;
  readonly producerId: number;
  /** The id before the last transition, which a retry may still name; the same when it didn't change. */
  readonly previousProducerId: number;
  /** The id that the producer gets when this transaction is complete and its epochs are used up, or -1. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  /** The epoch that the producer had before, or -1. Not in the log: a retry across a restart is fenced, as in Kafka. */
  readonly lastProducerEpoch: number;
  readonly timeoutMs: number;
  readonly status: TransactionStatus;
  readonly partitions: TransactionPartitions;
  /** -1 when no transaction was begun. */
  readonly startMs: number;
  readonly lastUpdateMs: number;
  /** The transaction.version that the client used at the last transition. */
  readonly clientVersion: number;
}

/** A group of epochs ends here: the next producer needs a new id. */
export function isEpochExhausted(epoch: number): boolean {
  return epoch >= LAST_PRODUCER_EPOCH - 1;
}

export function isPreparing({ status }: TransactionState): boolean {
  return status === TransactionStatus.PREPARE_COMMIT || status === TransactionStatus.PREPARE_ABORT;
}

/** Whether it may be forgotten when nobody uses it. */
export function mayExpire({ status }: TransactionState): boolean {
  return (
    status === TransactionStatus.EMPTY ||
    status === TransactionStatus.COMPLETE_COMMIT ||
    status === TransactionStatus.COMPLETE_ABORT
  );
}

export function hasPartition(
  partitions: TransactionPartitions,
  topic: string,
  partition: number,
): boolean {
  return partitions.get(topic)?.has(partition) ?? false;
}

export function includesAll(
  partitions: TransactionPartitions,
  others: TransactionPartitions,
): boolean {
  for (const [topic, indexes] of others) {
    const known = partitions.get(topic);
    if (known === undefined) return false;
    for (const index of indexes) if (!known.has(index)) return false;
  }
  return true;
}

export function withPartitions(
  partitions: TransactionPartitions,
  added: TransactionPartitions,
): TransactionPartitions {
  const all = new Map(partitions);
  for (const [topic, indexes] of added) {
    const known = all.get(topic);
    all.set(topic, known === undefined ? indexes : new Set([...known, ...indexes]));
  }
  return all;
}

export function partitionsOf(
  topics: readonly { readonly name: string; readonly partitions: readonly number[] }[],
): TransactionPartitions {
  const partitions = new Map<string, Set<number>>();
  for (const { name, partitions: indexes } of topics) {
    const known = partitions.get(name) ?? new Set<number>();
    for (const index of indexes) known.add(index);
    if (known.size > 0) partitions.set(name, known);
  }
  return partitions;
}

export function partitionsOfRecord(topics: readonly PartitionsSchema[]): TransactionPartitions {
  return partitionsOf(
    topics.map(({ topic, partitionIds }) => ({ name: topic, partitions: partitionIds })),
  );
}

export function partitionsForRecord(partitions: TransactionPartitions): PartitionsSchema[] {
  return [...partitions].map(([topic, indexes]) => ({ topic, partitionIds: [...indexes] }));
}
