// Brings a shard up: replays its partition from the log start to the log end, in slices that let the event loop
// breathe. It never keeps more than one slice of the log in memory. Kafka: CoordinatorLoaderImpl.

import type { Clock } from '../../io/io.ts';
import * as batches from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import type { CoordinatorShard, RecordSerde } from './coordinator-shard.ts';
import type { PartitionWriter } from './partition-writer.ts';

export interface LoadSummary {
  readonly records: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** Offset after the last record that was replayed. */
  readonly endOffset: number;
}

export interface LoadRequest<R> {
  readonly partition: number;
  readonly writer: PartitionWriter;
  readonly serde: RecordSerde<R>;
  readonly shard: CoordinatorShard<R>;
  readonly clock: Clock;
  /** offsets.load.buffer.size */
  readonly sliceBytes: number;
  /** True stops the loading (the partition moved away meanwhile). */
  readonly isCancelled: () => boolean;
  readonly log: (line: string) => void;
}

/** Longest that one slice may keep the event loop. */
const SLICE_MS = 20;

/** Undefined when it was cancelled. Throws when the log can't be read or a record can't be understood. */
export async function loadShard<R>(request: LoadRequest<R>): Promise<LoadSummary | undefined> {
  const { writer, partition, clock } = request;
  const startedMs = clock.monotonicMs();
  const replayer = new BatchReplayer(request);
  let offset = writer.logStartOffset(partition);
  let bytes = 0;
  let sliceStartedMs = startedMs;
  while (offset < writer.logEndOffset(partition)) {
    const buffers = writer.read(partition, offset, request.sliceBytes);
    const before = offset;
    for (const buffer of buffers) {
      bytes += buffer.length;
      batches.forEachBatch(buffer, 0, buffer.length, (at) => {
        replayer.replayBatch(buffer, at, offset);
        offset = Math.max(offset, batches.nextOffset(buffer, at));
      });
    }
    if (offset === before) break;
    if (clock.monotonicMs() - sliceStartedMs >= SLICE_MS) {
      await new Promise<void>((resolve) => clock.defer(resolve));
      sliceStartedMs = clock.monotonicMs();
    }
    if (request.isCancelled()) return undefined;
  }
  const durationMs = clock.monotonicMs() - startedMs;
  if (replayer.skipped > 0) {
    request.log(`Left ${replayer.skipped} records of other types alone in partition ${partition}`);
  }
  return { records: replayer.records, bytes, durationMs, endOffset: offset };
}

class BatchReplayer<R> {
  readonly #request: LoadRequest<R>;
  readonly #cursor = new RecordCursor();
  records = 0;
  /** Of types that the serde doesn't know. */
  skipped = 0;

  constructor(request: LoadRequest<R>) {
    this.#request = request;
  }

  /** Replays what is at or after `fromOffset` (a compacted log may begin inside a batch). */
  replayBatch(buffer: Buffer, at: number, fromOffset: number): void {
    if (batches.isControl(buffer, at)) this.#replayMarkers(buffer, at);
    else this.#replayRecords(buffer, at, fromOffset);
  }

  #replayRecords(buffer: Buffer, at: number, fromOffset: number): void {
    const { shard, serde } = this.#request;
    const transactional = batches.isTransactional(buffer, at);
    const producerId = transactional ? batches.producerId(buffer, at) : -1;
    const producerEpoch = transactional ? batches.producerEpoch(buffer, at) : -1;
    const cursor = this.#cursor;
    cursor.reset(buffer, at);
    while (cursor.next()) {
      if (cursor.offset < fromOffset || cursor.keyLength < 0) continue;
      const valueStart = cursor.valueLength < 0 ? -1 : cursor.valuePosition;
      const record = serde.deserialize(
        cursor.buffer,
        cursor.keyPosition,
        cursor.keyPosition + cursor.keyLength,
        valueStart,
        valueStart + Math.max(0, cursor.valueLength),
      );
      this.records++;
      if (record === undefined) this.skipped++;
      else shard.replay(record, cursor.offset, producerId, producerEpoch);
    }
  }

  /** Key of a control record: int16 version, int16 type; 0 aborts and 1 commits, others say nothing here. */
  #replayMarkers(buffer: Buffer, at: number): void {
    const cursor = this.#cursor;
    cursor.reset(buffer, at);
    while (cursor.next()) {
      if (cursor.keyLength < 4) continue;
      const type = cursor.buffer.readInt16BE(cursor.keyPosition + 2);
      if (type !== 0 && type !== 1) continue;
      this.#request.shard.replayEndTransactionMarker(batches.producerId(buffer, at), type === 1);
    }
  }
}
