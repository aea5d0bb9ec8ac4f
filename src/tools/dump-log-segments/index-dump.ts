// .index and .timeindex files against the .log beside them (DumpLogSegments.dumpIndex, dumpTimeIndex).
// Kafka goes through the rest of the log for every entry of a time index; this goes through it once.

import type { ToolContext } from '../../flags/tool-context.ts';
import { lastOffset } from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { ToolError } from '../support/java-error.ts';
import type { Findings } from './findings.ts';
import { OffsetEntries, TimeEntries } from './index-entries.ts';
import type { LineWriter } from './line-writer.ts';
import { baseOffsetOf, nameOf, openLog } from './log-dump.ts';
import { LogWindow } from './log-window.ts';

export interface IndexDumpOptions {
  readonly isSanityOnly: boolean;
  readonly isVerifyOnly: boolean;
}

/** The file of the same segment with another suffix. */
function sibling(path: string, suffix: string): string {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return `${folder}${nameOf(path).split('.')[0]}${suffix}`;
}

/** Throws ToolError, DiskError. */
export async function dumpOffsetIndex(
  path: string,
  absolute: string,
  options: IndexDumpOptions,
  maxMessageBytes: number,
  context: ToolContext,
  out: LineWriter,
  findings: Findings,
): Promise<void> {
  const baseOffset = Number(baseOffsetOf(path));
  const file = openLog(sibling(path, '.log'), context);
  try {
    const entries = new OffsetEntries(context.io, path, baseOffset);
    if (entries.count === 0) out.line(`${path} is empty.`);
    else if (options.isSanityOnly) {
      entries.sanityCheck();
      out.line(`${path} passed sanity check.`);
    } else {
      const window = new LogWindow(file, sibling(path, '.log'));
      for (let index = 0; index < entries.count; index += 1) {
        const offset = entries.offset(index);
        // Preallocated entries that were never written.
        if (offset === baseOffset && index > 0) return;
        const found = offsetAt(window, entries.position(index), maxMessageBytes);
        if (found !== offset) findings.mismatch(absolute, offset, found);
        if (!options.isVerifyOnly) {
          out.text('offset: ');
          out.number(offset);
          out.text(' position: ');
          out.number(entries.position(index));
          out.newline();
          if (!context.out.hasRoom) await context.out.ready();
        }
      }
    }
  } finally {
    file.close();
  }
}

/** The last offset of the batch at `position`, which must have no more than `maxBytes`. */
function offsetAt(window: LogWindow, position: number, maxBytes: number): number {
  checkPosition(window, position);
  if (maxBytes < 0) throw new ToolError(`Invalid size: ${maxBytes}`);
  const size = window.batchBytes(position, Math.min(window.sizeBytes, position + maxBytes));
  if (size === 0) {
    throw new ToolError(
      `No batch of at most ${maxBytes} bytes at position ${position} of ${window.path}`,
      'java.util.NoSuchElementException',
    );
  }
  return lastOffset(window.buffer, window.loadBatch(position, 0));
}

function checkPosition(window: LogWindow, position: number): void {
  if (position < 0)
    throw new ToolError(`Invalid position: ${position} in read from ${window.path}`);
  if (position > window.sizeBytes) {
    throw new ToolError(
      `Slice from position ${position} exceeds end position of ${window.path} (${window.sizeBytes} bytes)`,
    );
  }
}

/** Throws ToolError, DiskError. */
export async function dumpTimeIndex(
  path: string,
  absolute: string,
  options: IndexDumpOptions,
  context: ToolContext,
  out: LineWriter,
  findings: Findings,
): Promise<void> {
  const baseOffset = Number(baseOffsetOf(path));
  const file = openLog(sibling(path, '.log'), context);
  try {
    const offsets = new OffsetEntries(context.io, sibling(path, '.index'), baseOffset);
    const entries = new TimeEntries(context.io, path, baseOffset);
    if (options.isSanityOnly) {
      entries.sanityCheck();
      out.line(`${path} passed sanity check.`);
      return;
    }
    const batches = new IndexedBatches(new LogWindow(file, sibling(path, '.log')));
    let previous = -1;
    for (let index = 0; index < entries.count; index += 1) {
      const offset = entries.offset(index);
      if (offset === baseOffset && index > 0) return;
      const timestamp = entries.timestamp(index);
      const found = batches.find(offsets.lookup(offset), offset);
      if (found !== offset) findings.notFound(absolute, offset, found);
      else {
        const latest = batches.maxTimestamp();
        if (latest !== timestamp) findings.timeMismatch(absolute, timestamp, latest);
        if (previous >= timestamp) findings.outOfOrder(absolute, timestamp, previous);
      }
      if (!options.isVerifyOnly) {
        out.text(`timestamp: ${entries.timestampText(index)} offset: `);
        out.number(offset);
        out.newline();
        if (!context.out.hasRoom) await context.out.ready();
      }
      previous = timestamp;
    }
  } finally {
    file.close();
  }
}

/** Finds batches from positions on, having made sure that all of the log from there on is batches. */
class IndexedBatches {
  readonly #window: LogWindow;
  readonly #cursor = new RecordCursor();
  #position = 0;
  #size = 0;
  /** From here on the log is batches to its end; those who come later only walk up to their own position. */
  #soundFrom = -1;

  constructor(window: LogWindow) {
    this.#window = window;
  }

  /** The last offset of the first batch at or after `position` that reaches `offset`, or -1. Throws ToolError. */
  find(position: number, offset: number): number {
    checkPosition(this.#window, position);
    this.#checkFrom(position);
    const end = this.#window.sizeBytes;
    for (let at = position; ; at += this.#size) {
      this.#size = this.#window.batchBytes(at, end);
      if (this.#size === 0) return -1;
      const last = lastOffset(this.#window.buffer, this.#window.loadBatch(at, 0));
      if (last < offset) continue;
      this.#position = at;
      return last;
    }
  }

  /** Kafka reads the sizes of all batches behind the position before it looks for the one. */
  #checkFrom(position: number): void {
    const window = this.#window;
    let at = this.#soundFrom;
    if (at >= 0 && at <= position) {
      while (at < position) at += window.batchBytes(at, window.sizeBytes) || position + 1 - at;
    }
    if (at !== position) {
      at = position;
      for (let size = -1; size !== 0; at += size) size = window.batchBytes(at, window.sizeBytes);
    }
    this.#soundFrom = position;
  }

  /** Of the records of the batch that was found last; -1 without any. Throws ToolError. */
  maxTimestamp(): number {
    const at = this.#window.loadBatch(this.#position, this.#size);
    const cursor = this.#cursor;
    let latest = -1;
    try {
      cursor.reset(this.#window.buffer, at);
      while (cursor.next()) latest = Math.max(latest, cursor.timestamp);
    } catch (error) {
      throw this.#window.unreadable(this.#position, error);
    }
    return latest;
  }
}
