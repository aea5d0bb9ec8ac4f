// One cleaning of one log, in steps that somebody drives: builds the offset map of the dirty part, then copies groups of
// segments into .cleaned files without what is superseded. Reads and writes files; the log itself it never touches, so
// that it can run in another thread (org.apache.kafka.storage.internals.log.Cleaner).

import type { SipKey } from '../../common/siphash.ts';
import type { Disk } from '../../io/io.ts';
import {
  baseOffset,
  CorruptRecordError,
  deleteHorizonMs,
  ensureValid,
  hasProducerId,
  isControl,
  lastOffset,
  magic,
  maxTimestamp,
  producerEpoch,
  producerId,
} from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { InvalidRecordError } from '../../records/record-errors.ts';
import { CLEANED_SUFFIX, joinPath, LOG_SUFFIX, offsetName } from '../file-names.ts';
import type { LogConfig } from '../log-config.ts';
import { DamagedFileError } from '../log-errors.ts';
import { LogSegment } from '../log-segment.ts';
import { SegmentScanner } from '../segment-scanner.ts';
import type { AbortedTransaction } from '../transaction-index.ts';
import { BatchWriter } from './batch-writer.ts';
import { CleanedTransactions } from './cleaned-transactions.ts';
import { LatestOffsets } from './latest-offsets.ts';
import { OffsetMap } from './offset-map.ts';

/** A segment file to read: it doesn't change meanwhile. */
export interface SourceSegment {
  readonly baseOffset: number;
  readonly sizeBytes: number;
}

export interface CleaningOptions {
  readonly directory: string;
  readonly config: LogConfig;
  readonly hashKey: SipKey;
  /** Entries that the offset map has room for. */
  readonly mapSlots: number;
  /** And takes at most. */
  readonly mapEntries: number;
  /** Bytes that a read asks for. */
  readonly readBytes: number;
  /** Bytes of batches between two steps. */
  readonly stepBytes: number;
}

export interface MapRequest {
  readonly segments: readonly (SourceSegment & {
    /** Where to begin reading. */
    readonly position: number;
    /** The base offset of the next segment, or the first offset that isn't to be cleaned. */
    readonly endOffset: number;
  })[];
  readonly startOffset: number;
  readonly aborted: readonly AbortedTransaction[];
}

export interface MapResult {
  /** The first offset that the map doesn't know of. */
  readonly endOffset: number;
  readonly entryCount: number;
}

/** What is remembered of a producer: the last offset of its data, or -1 and the epoch of its last marker. */
export interface LastRecord {
  readonly producerId: number;
  readonly lastDataOffset: number;
  readonly producerEpoch: number;
}

export interface GroupRequest {
  readonly segments: readonly (SourceSegment & {
    /** Tombstones of magic 0 and 1 stay. */
    readonly keepLegacyDeletes: boolean;
    readonly aborted: readonly AbortedTransaction[];
  })[];
  readonly lastRecords: readonly LastRecord[];
  readonly nowMs: number;
  /** The batch that ends right before it is kept, even empty, so that the offset isn't lost. */
  readonly upperBoundOffset: number;
}

/** A step yields the bytes it moved, or a flush to wait for. */
export type Steps<T> = Generator<number | Promise<void>, T, void>;

type Retention = 'delete' | 'delete-empty' | 'retain-empty';

const FLUSH_AT_BYTES = 1 << 20;

export class Cleaning {
  readonly #disk: Disk;
  readonly #options: CleaningOptions;
  readonly #map: OffsetMap;
  readonly #transactions = new CleanedTransactions();
  readonly #cursor = new RecordCursor();
  readonly #writer = new BatchWriter();
  readonly #buffer: Buffer;
  /** Of the records of one batch: 1 for those that stay. */
  #stays = new Uint8Array(1024);
  /** Once the map is complete. */
  #latest: LatestOffsets | undefined;

  constructor(disk: Disk, options: CleaningOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#map = new OffsetMap(options.mapSlots, options.hashKey);
    this.#buffer = Buffer.allocUnsafeSlow(options.readBytes);
  }

  #path(segment: SourceSegment): string {
    return joinPath(this.#options.directory, offsetName(segment.baseOffset) + LOG_SUFFIX);
  }

  /** Throws DamagedFileError for a batch that isn't valid. */
  *buildMap(request: MapRequest): Steps<MapResult> {
    const transactions = new CleanedTransactions();
    transactions.add(request.aborted);
    for (const segment of request.segments) {
      const isFull = yield* this.#mapSegment(segment, request.startOffset, transactions);
      if (isFull) break;
      // A gap at the end of the segment is known too.
      this.#map.latestOffset = segment.endOffset - 1;
    }
    const map = this.#map;
    const endOffset = map.latestOffset + 1;
    this.#latest = LatestOffsets.of(request.startOffset, endOffset, map.offsets());
    return { endOffset, entryCount: map.entryCount };
  }

  *#mapSegment(
    segment: MapRequest['segments'][number],
    startOffset: number,
    transactions: CleanedTransactions,
  ): Steps<boolean> {
    const map = this.#map;
    let bytes = 0;
    for (const scanner of this.#batches(segment, segment.position)) {
      const { buffer, at } = scanner;
      if (isControl(buffer, at)) transactions.onControlBatch(buffer, at);
      else if (!transactions.onBatch(buffer, at) && !this.#mapBatch(buffer, at, startOffset)) {
        return true;
      }
      const last = lastOffset(buffer, at);
      if (last >= startOffset) map.latestOffset = last;
      bytes += scanner.sizeBytes;
      if (bytes >= this.#options.stepBytes) {
        yield bytes;
        bytes = 0;
      }
    }
    yield bytes;
    return false;
  }

  /** False when the map is full. */
  #mapBatch(buffer: Buffer, at: number, startOffset: number): boolean {
    const map = this.#map;
    const cursor = this.#cursor;
    cursor.reset(buffer, at);
    while (cursor.next()) {
      if (cursor.keyLength < 0 || cursor.offset < startOffset) continue;
      if (map.entryCount >= this.#options.mapEntries) return false;
      const { keyPosition, keyLength } = cursor;
      map.put(cursor.buffer, keyPosition, keyPosition + keyLength, cursor.offset);
    }
    return true;
  }

  /** Writes the group's .cleaned files, flushed. Throws DamagedFileError for a batch that isn't valid. */
  *cleanGroup(request: GroupRequest): Steps<void> {
    const { directory, config } = this.#options;
    const target = new LogSegment(
      this.#disk,
      directory,
      request.segments[0]!.baseOffset,
      config,
      request.nowMs,
      CLEANED_SUFFIX,
    );
    target.create(config);
    this.#transactions.index = target.transactionIndex;
    try {
      const lastRecords = new Map(request.lastRecords.map((last) => [last.producerId, last]));
      for (const segment of request.segments) {
        this.#transactions.add(segment.aborted);
        yield* this.#cleanInto(target, segment, request, lastRecords);
      }
      target.becomeInactive();
      yield target.flush();
    } finally {
      target.close();
    }
  }

  *#cleanInto(
    target: LogSegment,
    segment: GroupRequest['segments'][number],
    request: GroupRequest,
    lastRecords: ReadonlyMap<number, LastRecord>,
  ): Steps<void> {
    const writer = this.#writer;
    writer.length = 0;
    let bytes = 0;
    for (const scanner of this.#batches(segment, 0)) {
      this.#cleanBatch(scanner, segment.keepLegacyDeletes, request, lastRecords);
      bytes += scanner.sizeBytes;
      if (writer.length >= FLUSH_AT_BYTES) bytes += this.#write(target);
      if (bytes >= this.#options.stepBytes) {
        yield bytes;
        bytes = 0;
      }
    }
    yield bytes + this.#write(target);
  }

  #cleanBatch(
    scanner: SegmentScanner,
    keepLegacyDeletes: boolean,
    request: GroupRequest,
    lastRecords: ReadonlyMap<number, LastRecord>,
  ): void {
    const { buffer, at } = scanner;
    const control = isControl(buffer, at);
    const horizonMs = deleteHorizonMs(buffer, at);
    const canDiscard = control
      ? this.#transactions.onControlBatch(buffer, at)
      : this.#transactions.onBatch(buffer, at);
    // A marker waits as a tombstone does, so that a reader that is behind still meets it.
    const discard = canDiscard && (!control || (horizonMs >= 0 && horizonMs <= request.nowMs));
    const retention = retentionOf(buffer, at, discard, request, lastRecords);
    if (retention === 'delete') return;
    if (discard) {
      // Which records there are is of no interest; that the batch is readable has been checked.
      if (retention === 'retain-empty') this.#writeEmpty(buffer, at);
      return;
    }
    if (!control && this.#isSuperseded(buffer, at)) {
      if (retention === 'retain-empty') this.#writeEmpty(buffer, at);
      return;
    }
    this.#filter(scanner, control, canDiscard && control, keepLegacyDeletes, retention, request);
  }

  /** Without a look at its records: no offset of the batch is the latest of a key. */
  #isSuperseded(buffer: Buffer, at: number): boolean {
    const latest = this.#latest;
    if (latest === undefined || magic(buffer, at) < 2) return false;
    const [first, last] = [baseOffset(buffer, at), lastOffset(buffer, at)];
    return latest.covers(first, last) && !latest.hasAny(first, last);
  }

  #filter(
    scanner: SegmentScanner,
    control: boolean,
    isLoneMarker: boolean,
    keepLegacyDeletes: boolean,
    retention: Retention,
    request: GroupRequest,
  ): void {
    const { buffer, at } = scanner;
    const horizonMs = deleteHorizonMs(buffer, at);
    const keepDeletes =
      magic(buffer, at) < 2 ? keepLegacyDeletes : horizonMs < 0 || request.nowMs < horizonMs;
    const cursor = this.#cursor;
    cursor.reset(buffer, at);
    let read = 0;
    let kept = 0;
    let hasTombstones = false;
    while (cursor.next()) {
      const stays = control || this.#isKept(cursor, keepDeletes);
      if (read === this.#stays.length) this.#growStays();
      this.#stays[read++] = stays ? 1 : 0;
      if (!stays) continue;
      kept++;
      if (cursor.valueLength < 0) hasTombstones = true;
    }
    if (kept === 0) {
      if (retention === 'retain-empty') this.#writeEmpty(buffer, at);
      return;
    }
    const startsHorizon = (hasTombstones || isLoneMarker) && horizonMs < 0;
    if (kept === read && magic(buffer, at) >= 2 && !startsHorizon) {
      this.#writer.copy(buffer, at, scanner.sizeBytes);
      return;
    }
    const horizon = startsHorizon
      ? request.nowMs + this.#options.config.deleteRetentionMs
      : horizonMs;
    this.#rebuild(buffer, at, horizon);
  }

  #growStays(): void {
    const grown = new Uint8Array(this.#stays.length * 2);
    grown.set(this.#stays);
    this.#stays = grown;
  }

  #rebuild(buffer: Buffer, at: number, horizonMs: number): void {
    const writer = this.#writer;
    const hasHorizon = horizonMs >= 0;
    const first = baseOffset(buffer, at);
    const cursor = this.#cursor;
    cursor.reset(buffer, at);
    writer.begin(buffer, at, horizonMs);
    for (let n = 0; cursor.next(); n++) {
      if (this.#stays[n] === 1) writer.keep(cursor, first, hasHorizon);
    }
    writer.end(buffer, at, hasHorizon);
  }

  #writeEmpty(buffer: Buffer, at: number): void {
    if (magic(buffer, at) < 2) {
      throw new InvalidRecordError('Empty batches are only supported for magic v2 and above');
    }
    this.#writer.empty(buffer, at);
  }

  /** Cleaner.shouldRetainRecord: the latest of its key, and not a tombstone whose time is over. */
  #isKept(cursor: RecordCursor, keepDeletes: boolean): boolean {
    if (cursor.offset > this.#map.latestOffset) return true;
    // A compacted topic has no place for a record without a key.
    if (cursor.keyLength < 0) return false;
    if (cursor.valueLength < 0 && !keepDeletes) return false;
    const latest = this.#latest;
    if (latest?.covers(cursor.offset, cursor.offset)) return latest.has(cursor.offset);
    const { keyPosition, keyLength } = cursor;
    return cursor.offset >= this.#map.get(cursor.buffer, keyPosition, keyPosition + keyLength);
  }

  /** Gives the bytes that it wrote. */
  #write(target: LogSegment): number {
    const { config } = this.#options;
    const writer = this.#writer;
    const bytes = writer.buffer.subarray(0, writer.length);
    if (bytes.length === 0) return 0;
    target.append(config, bytes, -1, target.modifiedMs);
    for (let at = 0; at < bytes.length; ) {
      const size = bytes.readInt32BE(at + 8) + 12;
      const last = lastOffset(bytes, at);
      if (!target.canHold(last)) {
        throw new InvalidRecordError(`Offset ${last} is out of reach of ${target.path}`);
      }
      target.batchAppended(config, size, last, maxTimestamp(bytes, at));
      at += size;
    }
    writer.length = 0;
    return bytes.length;
  }

  /** The segment's batches, each valid. Throws DamagedFileError with the place. */
  *#batches(segment: SourceSegment, position: number): Generator<SegmentScanner, void, void> {
    const path = this.#path(segment);
    const file = this.#disk.open(path, 'read');
    try {
      const scanner = new SegmentScanner(file, position, segment.sizeBytes, this.#buffer);
      try {
        while (scanner.next()) {
          ensureValid(scanner.buffer, scanner.at);
          yield scanner;
        }
      } catch (error) {
        if (!(error instanceof CorruptRecordError) && !(error instanceof InvalidRecordError)) {
          throw error;
        }
        throw new DamagedFileError(path, scanner.position, error.message, { cause: error });
      }
      if (scanner.nextPosition !== segment.sizeBytes) {
        throw new DamagedFileError(path, scanner.nextPosition, 'a record batch is cut off');
      }
    } finally {
      file.close();
    }
  }
}

function retentionOf(
  buffer: Buffer,
  at: number,
  discard: boolean,
  request: GroupRequest,
  lastRecords: ReadonlyMap<number, LastRecord>,
): Retention {
  if (hasProducerId(buffer, at) && isLastOfProducer(buffer, at, lastRecords)) {
    return 'retain-empty';
  }
  if (lastOffset(buffer, at) + 1 === request.upperBoundOffset) return 'retain-empty';
  return discard ? 'delete' : 'delete-empty';
}

/** The batch that says what an active producer's last sequence was, or its last epoch. */
function isLastOfProducer(
  buffer: Buffer,
  at: number,
  lastRecords: ReadonlyMap<number, LastRecord>,
): boolean {
  const last = lastRecords.get(producerId(buffer, at));
  if (last === undefined) return false;
  if (last.lastDataOffset >= 0) return lastOffset(buffer, at) === last.lastDataOffset;
  return isControl(buffer, at) && producerEpoch(buffer, at) === last.producerEpoch;
}
