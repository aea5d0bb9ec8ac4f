// The records of __transaction_state: a transactional id with its state, or a tombstone when it is forgotten.
// Kafka: TransactionLog. The value's version follows transaction.version: from 1 on it is flexible.

import {
  type TransactionLogKey,
  transactionLogKey,
} from '../../protocol/generated/coordinator/transaction-log-key.ts';
import { transactionLogValue } from '../../protocol/generated/coordinator/transaction-log-value.ts';
import { Reader } from '../../protocol/reader.ts';
import type { Writer } from '../../protocol/writer.ts';
import type { RecordSerde } from '../runtime/coordinator-shard.ts';
import {
  NO_PARTITIONS,
  NO_PRODUCER_EPOCH,
  partitionsForRecord,
  partitionsOfRecord,
  type TransactionState,
  TransactionStatus,
} from './transaction-state.ts';

export interface TransactionRecord {
  readonly transactionalId: string;
  /** Null: the id is forgotten. */
  readonly state: TransactionState | null;
  /** Of the value's message. */
  readonly version: number;
}

const KEY_VERSION = 0;
const FLEXIBLE_SINCE = 1;

/** The version to write under this level of transaction.version. */
export function valueVersion(transactionVersion: number): number {
  return transactionVersion >= FLEXIBLE_SINCE ? FLEXIBLE_SINCE : 0;
}

export class TransactionRecordSerde implements RecordSerde<TransactionRecord> {
  writeKey(writer: Writer, { transactionalId }: TransactionRecord): void {
    writer.writeInt16(KEY_VERSION);
    transactionLogKey.write(writer, { transactionalId }, KEY_VERSION);
  }

  writeValue(writer: Writer, { state, version }: TransactionRecord): boolean {
    if (state === null) return false;
    writer.writeInt16(version);
    writeState(writer, state, version);
    return true;
  }

  deserialize(
    buffer: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): TransactionRecord | undefined {
    const keyReader = new Reader(buffer, keyStart, keyEnd);
    if (keyReader.readInt16() !== KEY_VERSION) return undefined;
    const key: TransactionLogKey = transactionLogKey.read(keyReader, KEY_VERSION);
    const { transactionalId } = key;
    if (valueStart < 0) return { transactionalId, state: null, version: 0 };
    const valueReader = new Reader(buffer, valueStart, valueEnd);
    const version = valueReader.readInt16();
    if (version > FLEXIBLE_SINCE) return undefined;
    return { transactionalId, state: readState(transactionalId, valueReader, version), version };
  }
}

function writeState(writer: Writer, state: TransactionState, version: number): void {
  const value = {
    producerId: state.producerId,
    producerEpoch: state.producerEpoch,
    transactionTimeoutMs: state.timeoutMs,
    transactionStatus: state.status,
    transactionPartitions:
      state.status === TransactionStatus.EMPTY ? null : partitionsForRecord(state.partitions),
    transactionLastUpdateTimestampMs: state.lastUpdateMs,
    transactionStartTimestampMs: state.startMs,
  };
  const flexible = {
    previousProducerId: state.previousProducerId,
    nextProducerId: state.nextProducerId,
    clientTransactionVersion: state.clientVersion,
  };
  transactionLogValue.write(
    writer,
    version >= FLEXIBLE_SINCE ? { ...value, ...flexible } : value,
    version,
  );
}

function readState(transactionalId: string, reader: Reader, version: number): TransactionState {
  const value = transactionLogValue.read(reader, version);
  return {
    transactionalId,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: NO_PRODUCER_EPOCH,
    timeoutMs: value.transactionTimeoutMs,
    status: value.transactionStatus as TransactionStatus,
    partitions:
      value.transactionPartitions === null
        ? NO_PARTITIONS
        : partitionsOfRecord(value.transactionPartitions),
    startMs: value.transactionStartTimestampMs,
    lastUpdateMs: value.transactionLastUpdateTimestampMs,
    clientVersion: value.clientTransactionVersion,
  };
}
