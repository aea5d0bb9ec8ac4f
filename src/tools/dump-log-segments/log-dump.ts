// A .log or .checkpoint file, batch after batch (DumpLogSegments.dumpLog).

import { parseJavaInteger } from '../../common/java.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import type { DiskFile } from '../../io/io.ts';
import { ToolError } from '../support/java-error.ts';
import { writeBatchLine } from './batch-line.ts';
import type { Findings } from './findings.ts';
import type { LineWriter } from './line-writer.ts';
import { LogWindow } from './log-window.ts';
import { RecordLines } from './record-lines.ts';
import type { RecordParser } from './record-parser.ts';

export interface LogDumpOptions {
  readonly isDeep: boolean;
  readonly isMetadataSkipped: boolean;
  /** Absent: the records' content isn't printed. */
  readonly parser: RecordParser | undefined;
  /** undefined: the whole file. */
  readonly maxBytes: number | undefined;
}

/** `path` as it is opened and shown, `absolute` for what is found wrong. Throws ToolError, DiskError. */
export async function dumpLog(
  path: string,
  absolute: string,
  options: LogDumpOptions,
  context: ToolContext,
  out: LineWriter,
  findings: Findings,
): Promise<void> {
  writeTitle(path, out);
  const file = openLog(path, context);
  try {
    const window = new LogWindow(file, path);
    const { maxBytes } = options;
    if (maxBytes !== undefined && maxBytes < 0) throw new ToolError(`Invalid size: ${maxBytes}`);
    const end = Math.min(window.sizeBytes, maxBytes ?? window.sizeBytes);
    const lines = options.isDeep ? new RecordLines(out, options, findings, absolute) : undefined;
    const valid = await dumpBatches(window, end, lines, context, out);
    if (window.sizeBytes > valid && maxBytes === undefined) {
      out.line(`Found ${window.sizeBytes - valid} invalid bytes at the end of ${nameOf(path)}`);
    }
  } finally {
    file.close();
  }
}

/** Resolves with the place where the last whole batch ends. */
async function dumpBatches(
  window: LogWindow,
  end: number,
  lines: RecordLines | undefined,
  { out: sink }: ToolContext,
  out: LineWriter,
): Promise<number> {
  let position = 0;
  for (;;) {
    const size = window.batchBytes(position, end);
    if (size === 0) return position;
    const at = window.loadBatch(position, size);
    try {
      writeBatchLine(out, window.buffer, at, size, position);
      lines?.write(window.buffer, at);
    } catch (error) {
      throw window.unreadable(position, error);
    }
    position += size;
    if (!sink.hasRoom) await sink.ready();
    if (sink.isClosed) return window.sizeBytes;
  }
}

function writeTitle(path: string, out: LineWriter): void {
  const name = nameOf(path);
  if (name.endsWith('.log')) out.line(`Log starting offset: ${baseOffsetOf(path)}`);
  else if (name === 'bootstrap.checkpoint') out.line('KRaft bootstrap snapshot');
  else {
    const parts = /^(\d{20})-(\d{10})\.checkpoint$/.exec(name);
    if (parts === null) {
      throw new ToolError(
        `${path} isn't named as a snapshot: <end offset>-<epoch>.checkpoint`,
        'java.util.NoSuchElementException',
      );
    }
    out.line(`Snapshot end offset: ${BigInt(parts[1]!)}, epoch: ${BigInt(parts[2]!)}`);
  }
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What the name begins with, up to its first period. Throws ToolError (NumberFormatException). */
export function baseOffsetOf(path: string): bigint {
  const text = nameOf(path).split('.')[0]!;
  const offset = parseJavaInteger(text, 64);
  if (offset !== undefined) return offset;
  throw new ToolError(
    `${path}: its name doesn't begin with an offset: "${text}"`,
    'java.lang.NumberFormatException',
  );
}

/** Throws DiskError, ToolError for a directory. */
export function openLog(path: string, { io }: ToolContext): DiskFile {
  if (io.disk.stat(path)?.isDirectory === true) {
    throw new ToolError(`${path} is a directory`, 'java.io.IOException');
  }
  return io.disk.open(path, 'read');
}
