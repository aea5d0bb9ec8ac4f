// The records of one partition in a Fetch answer, cut into batches for the reader: partial last batches left off, control
// batches and (read_committed) aborted transactions left out, checksums verified (Kafka's CompletedFetch).

import type { AbortedTransaction } from '../../protocol/generated/apis/fetch-response.ts';
import {
  BATCH_HEADER_BYTES,
  isControl,
  isTransactional,
  LOG_OVERHEAD_BYTES,
  lastOffset,
  MIN_MESSAGE_BYTES,
  magic,
  partitionLeaderEpoch,
  producerId,
  recordCount,
  sizeInBytes,
  verifyCrc,
} from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { ClientError, KafkaError } from '../errors.ts';

/**
 * A run of records of one partition: walk with a RecordCursor from `at`, and skip those with an offset below `fromOffset`
 * (a fetch may begin inside a batch). Only data comes here: never control batches, never aborted ones under read_committed.
 */
export interface ConsumedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly buffer: Buffer;
  readonly at: number;
  readonly fromOffset: number;
  /** The offset after the batch. */
  readonly nextOffset: number;
  /** -1 when unknown. */
  readonly leaderEpoch: number;
}

export interface FetchedBatch extends ConsumedBatch {
  /** At most; fewer when the fetch began inside the batch. 0 for what only moves the position on. */
  readonly recordCount: number;
  readonly sizeBytes: number;
}

export interface FetchedRecords {
  readonly topic: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly records: Buffer;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
}

export interface ReadRules {
  readonly checkCrcs: boolean;
  readonly isReadCommitted: boolean;
}

const ABORT = 0;

/** Batches in order; a damaged one ends them with its error, which is the reader's once it comes there. */
export interface ReadResult {
  readonly batches: readonly FetchedBatch[];
  readonly error: ClientError | undefined;
}

/** A batch that holds nothing for the reader comes with a record count of 0, because positions move over it. */
export function readBatches(fetched: FetchedRecords, rules: ReadRules): ReadResult {
  const { records } = fetched;
  const aborts = new AbortedFilter(rules.isReadCommitted ? fetched.abortedTransactions : null);
  const batches: FetchedBatch[] = [];
  let fromOffset = fetched.fetchOffset;
  for (let at = 0; records.length - at >= LOG_OVERHEAD_BYTES + MIN_MESSAGE_BYTES; ) {
    const size = sizeInBytes(records, at);
    if (size < LOG_OVERHEAD_BYTES + MIN_MESSAGE_BYTES) {
      return { batches, error: damaged(fetched, fromOffset) };
    }
    if (size > records.length - at) break;
    if (!isWhole(records, at, size) || (rules.checkCrcs && !verifyCrc(records, at))) {
      return { batches, error: damaged(fetched, fromOffset) };
    }
    const last = lastOffset(records, at);
    if (last >= fromOffset) {
      const isHidden = aborts.hides(records, at, last);
      const count = isHidden ? 0 : countOf(records, at);
      batches.push({
        topic: fetched.topic,
        partition: fetched.partition,
        buffer: records,
        at,
        fromOffset,
        nextOffset: last + 1,
        leaderEpoch: partitionLeaderEpoch(records, at),
        recordCount: count,
        sizeBytes: size,
      });
      fromOffset = last + 1;
    }
    at += size;
  }
  return { batches, error: undefined };
}

function isWhole(records: Buffer, at: number, size: number): boolean {
  return magic(records, at) < 2 || size >= BATCH_HEADER_BYTES;
}

/** Magic 0 and 1 don't say how many there are in a wrapper. */
function countOf(records: Buffer, at: number): number {
  return magic(records, at) < 2 ? 1 : recordCount(records, at);
}

function damaged(fetched: FetchedRecords, offset: number): ClientError {
  const { topic, partition } = fetched;
  return new KafkaError(
    `Received exception when fetching the next record from ${topic}-${partition}. If needed, please seek past the record to continue consumption.`,
    new ClientError(
      'CorruptRecordException',
      `Record batch for partition ${topic}-${partition} at offset ${offset} is invalid`,
      { code: 2 },
    ),
  );
}

/** Which transactional batches belong to an aborted transaction: between its first offset and its ABORT marker. */
class AbortedFilter {
  /** By first offset, ascending; undefined when nothing is filtered. */
  readonly #upcoming: AbortedTransaction[];
  #next = 0;
  readonly #aborted = new Set<number>();

  constructor(transactions: readonly AbortedTransaction[] | null) {
    this.#upcoming = [...(transactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  hides(records: Buffer, at: number, last: number): boolean {
    while (this.#next < this.#upcoming.length && this.#upcoming[this.#next]!.firstOffset <= last) {
      this.#aborted.add(this.#upcoming[this.#next]!.producerId);
      this.#next++;
    }
    if (isControl(records, at)) {
      if (isAbortMarker(records, at)) this.#aborted.delete(producerId(records, at));
      return true;
    }
    return isTransactional(records, at) && this.#aborted.has(producerId(records, at));
  }
}

const cursor = new RecordCursor();

function isAbortMarker(records: Buffer, at: number): boolean {
  cursor.reset(records, at);
  if (!cursor.next() || cursor.keyLength < 4) return false;
  return cursor.buffer.readInt16BE(cursor.keyPosition + 2) === ABORT;
}
