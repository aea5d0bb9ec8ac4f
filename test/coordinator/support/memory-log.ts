// A coordinator topic in memory, with a high watermark that the test may hold back and appends that it may refuse.

import type {
  PartitionListener,
  PartitionWriter,
} from '../../../src/coordinator/runtime/partition-writer.ts';
import { forEachBatch, lastOffsetDelta, setBaseOffset } from '../../../src/records/record-batch.ts';

interface Partition {
  batches: { baseOffset: number; bytes: Buffer }[];
  endOffset: number;
  highWatermark: number;
  listener: PartitionListener | undefined;
}

export class MemoryLog implements PartitionWriter {
  readonly #partitions = new Map<number, Partition>();
  /** False: the high watermark moves by commit() only. */
  autoCommit = true;
  /** Thrown by the next appends, one each. */
  readonly failures: Error[] = [];
  maxBytes = 1024 * 1024;
  appends = 0;

  #of(partition: number): Partition {
    let found = this.#partitions.get(partition);
    if (found === undefined) {
      found = { batches: [], endOffset: 0, highWatermark: 0, listener: undefined };
      this.#partitions.set(partition, found);
    }
    return found;
  }

  maxBatchBytes(): number {
    return this.maxBytes;
  }

  append(partition: number, batch: Buffer): number {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    this.appends++;
    const log = this.#of(partition);
    forEachBatch(batch, 0, batch.length, (at, size) => {
      setBaseOffset(batch, at, log.endOffset);
      const bytes = Buffer.from(batch.subarray(at, at + size));
      log.batches.push({ baseOffset: log.endOffset, bytes });
      log.endOffset += lastOffsetDelta(batch, at) + 1;
    });
    if (this.autoCommit) this.commit(partition);
    return log.endOffset;
  }

  /** Everything appended so far is committed. */
  commit(partition: number): void {
    const log = this.#of(partition);
    log.highWatermark = log.endOffset;
    log.listener?.onHighWatermarkUpdated(log.endOffset);
  }

  logStartOffset(): number {
    return 0;
  }

  logEndOffset(partition: number): number {
    return this.#of(partition).endOffset;
  }

  highWatermark(partition: number): number {
    return this.#of(partition).highWatermark;
  }

  read(partition: number, offset: number, maxBytes: number): Buffer[] {
    const buffers: Buffer[] = [];
    let bytes = 0;
    for (const batch of this.#of(partition).batches) {
      if (batch.baseOffset < offset) continue;
      if (buffers.length > 0 && bytes + batch.bytes.length > maxBytes) break;
      buffers.push(batch.bytes);
      bytes += batch.bytes.length;
    }
    return buffers;
  }

  setListener(partition: number, listener: PartitionListener): () => void {
    const log = this.#of(partition);
    log.listener = listener;
    return () => {
      if (log.listener === listener) log.listener = undefined;
    };
  }

  fail(partition: number): void {
    this.#of(partition).listener?.onFailed();
  }
}
