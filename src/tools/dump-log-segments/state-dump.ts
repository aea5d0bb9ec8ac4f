// .txnindex and .snapshot files: aborted transactions, the state of producers
// (DumpLogSegments.dumpTxnIndex, dumpProducerIdSnapshot).

import type { ToolContext } from '../../flags/tool-context.ts';
import { DamagedFileError } from '../../log/log-errors.ts';
import { readProducerSnapshot } from '../../log/producer-snapshot.ts';
import type { ProducerStateEntry } from '../../log/producer-state-entry.ts';
import { ToolError } from '../support/java-error.ts';
import type { LineWriter } from './line-writer.ts';
import { baseOffsetOf } from './log-dump.ts';

const TXN_ENTRY_BYTES = 34;

/** Nothing for a file that isn't there, as of a segment without aborted transactions. Throws ToolError. */
export function dumpTransactionIndex(path: string, { io }: ToolContext, out: LineWriter): void {
  baseOffsetOf(path);
  if (!io.disk.exists(path)) return;
  const bytes = io.disk.readFile(path);
  const end = bytes.length - (bytes.length % TXN_ENTRY_BYTES);
  // All of them are read before the first is printed.
  for (let at = 0; at < end; at += TXN_ENTRY_BYTES) {
    const version = bytes.readInt8(at);
    if (version > 0) {
      throw new ToolError(
        `Unexpected aborted transaction version ${version} in transaction index ${path}, current version is 0`,
        'org.apache.kafka.common.KafkaException',
      );
    }
  }
  for (let at = 0; at < end; at += TXN_ENTRY_BYTES) {
    out.text(`version: ${bytes.readInt8(at)} producerId: `);
    out.int64(bytes, at + 2);
    out.text(' firstOffset: ');
    out.int64(bytes, at + 10);
    out.text(' lastOffset: ');
    out.int64(bytes, at + 18);
    out.text(' lastStableOffset: ');
    out.int64(bytes, at + 26);
    out.newline();
  }
}

/** A damaged snapshot is told on stderr and is no failure, as with Kafka. Throws DiskError. */
export function dumpProducerSnapshot(path: string, context: ToolContext, out: LineWriter): boolean {
  try {
    for (const entry of readProducerSnapshot(context.io.disk, path)) writeProducer(entry, out);
    return true;
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    context.err(error.message);
    return false;
  }
}

function writeProducer(entry: ProducerStateEntry, out: LineWriter): void {
  out.text('producerId: ');
  out.number(entry.producerId);
  out.text(` producerEpoch: ${entry.producerEpoch} coordinatorEpoch: ${entry.coordinatorEpoch}`);
  out.text(' currentTxnFirstOffset: OptionalLong');
  const first = entry.currentTransactionFirstOffset;
  if (first < 0) out.text('.empty');
  else {
    out.text('[');
    out.number(first);
    out.text(']');
  }
  out.text(' lastTimestamp: ');
  out.number(entry.lastTimestamp);
  if (entry.lastOffset >= 0) {
    const { lastSequence, lastOffsetDelta } = entry;
    out.text(` firstSequence: ${firstSequence(lastSequence, lastOffsetDelta)}`);
    out.text(` lastSequence: ${lastSequence} lastOffset: `);
    out.number(entry.lastOffset);
    out.text(` offsetDelta: ${lastOffsetDelta} timestamp: `);
    out.number(entry.lastTimestamp);
  }
  out.newline();
}

/** DefaultRecordBatch.decrementSequence: it wraps below 0. */
function firstSequence(last: number, delta: number): number {
  return last >= delta ? last - delta : 0x7fffffff - (delta - last) + 1;
}
