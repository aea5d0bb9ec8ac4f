// Snapshots of the metadata log: OFFSET-EPOCH.checkpoint files with a header batch, record batches and a footer batch
// (RecordsSnapshotWriter, Snapshots). Written whole, mode 0400, renamed into place; one without its footer isn't one.
// It knows bytes, not what the records mean.
import { join } from 'node:path';
import type { Disk } from '../io/io.ts';
import * as batch from '../records/record-batch.ts';
import { buildBatch } from '../records/record-batch-builder.ts';
import { RecordCursor } from '../records/record-cursor.ts';
import {
  type ControlVisitor,
  type DynamicQuorum,
  readControlBatch,
  snapshotFooterBatch,
  snapshotHeaderBatch,
} from './control-batches.ts';
import { segmentName } from './metadata-segment.ts';
import { MetadataLogError } from './raft-errors.ts';

export interface SnapshotId {
  /** Exclusive: the snapshot holds what came before it. */
  readonly endOffset: number;
  readonly epoch: number;
}

export const snapshotName = (id: SnapshotId): string =>
  `${segmentName(id.endOffset)}-${String(id.epoch).padStart(10, '0')}.checkpoint`;

/** 'xxx.checkpoint' → its id; undefined for other files. */
export function parseSnapshotName(name: string): SnapshotId | undefined {
  const match = /^(\d{20})-(\d{10})\.checkpoint$/.exec(name);
  if (!match) return undefined;
  return { endOffset: Number(match[1]), epoch: Number(match[2]) };
}

/** Oldest first. */
export function listSnapshots(disk: Disk, directory: string): SnapshotId[] {
  return disk
    .list(directory)
    .map(parseSnapshotName)
    .filter((id) => id !== undefined)
    .sort((a, b) => a.endOffset - b.endOffset || a.epoch - b.epoch);
}

/** More than the batch takes that a snapshot begins with. */
const HEADER_READ_BYTES = 1 << 16;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;
const MAX_BATCH_RECORDS = 1024;

export interface SnapshotContent {
  readonly epoch: number;
  readonly lastContainedLogTimestampMs: number;
  readonly quorum: DynamicQuorum | undefined;
  readonly nowMs: number;
  /** Record values in order. */
  readonly values: Iterable<Buffer>;
}

export function buildSnapshot(content: SnapshotContent): Buffer {
  const place = { epoch: content.epoch, timestampMs: content.nowMs };
  const parts = [
    snapshotHeaderBatch(content.lastContainedLogTimestampMs, content.quorum, {
      ...place,
      baseOffset: 0,
    }),
  ];
  let nextOffset = content.quorum === undefined ? 1 : 3;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const cut = (): void => {
    if (pending.length === 0) return;
    parts.push(valuesBatch(pending, { ...place, baseOffset: nextOffset }));
    nextOffset += pending.length;
    pending = [];
    pendingBytes = 0;
  };
  for (const value of content.values) {
    pending.push(value);
    pendingBytes += value.length;
    if (pending.length >= MAX_BATCH_RECORDS || pendingBytes >= MAX_BATCH_BYTES) cut();
  }
  cut();
  parts.push(snapshotFooterBatch({ ...place, baseOffset: nextOffset }));
  return Buffer.concat(parts);
}

export function valuesBatch(
  values: readonly Buffer[],
  place: { baseOffset: number; epoch: number; timestampMs: number },
): Buffer {
  return buildBatch(
    values.map((value) => ({ key: null, value })),
    {
      baseOffset: place.baseOffset,
      partitionLeaderEpoch: place.epoch,
      timestamp: place.timestampMs,
    },
  );
}

/** Replaces a file of that name. */
export function writeSnapshotFile(disk: Disk, path: string, bytes: Buffer): void {
  disk.writeFileAtomic(path, bytes, { mode: 0o400 });
}

/** Calls back for each record value and each control record. Throws MetadataLogError, naming the file. */
export function readSnapshotFile(
  disk: Disk,
  path: string,
  onValue: (value: Buffer) => void,
  control: ControlVisitor = {},
): void {
  const bytes = disk.readFile(path);
  const cursor = new RecordCursor();
  let hasFooter = false;
  let at = 0;
  try {
    at = batch.forEachBatch(bytes, 0, bytes.length, (start) => {
      at = start;
      batch.ensureValid(bytes, start);
      if (batch.isControl(bytes, start)) {
        readControlBatch(bytes, start, {
          ...control,
          snapshotFooter: () => {
            hasFooter = true;
          },
        });
        return;
      }
      cursor.reset(bytes, start);
      while (cursor.next()) onValue(Buffer.from(cursor.value() ?? Buffer.alloc(0)));
    });
  } catch (error) {
    throw new MetadataLogError(
      `The snapshot ${path} is damaged at position ${at}: ${(error as Error).message}`,
      path,
      error,
    );
  }
  if (at < bytes.length || !hasFooter) {
    throw new MetadataLogError(
      `The snapshot ${path} is damaged at position ${at}: it has no end`,
      path,
    );
  }
}

/** The timestamp of the last record that the snapshot stands for; undefined where its header can't be read. */
export function snapshotTimestamp(disk: Disk, path: string): number | undefined {
  const bytes = Buffer.alloc(HEADER_READ_BYTES);
  let found: number | undefined;
  try {
    const file = disk.open(path, 'read');
    try {
      const end = file.read(bytes, 0, bytes.length, 0);
      if (batch.completeBatchBytes(bytes, 0, end) === 0) return undefined;
    } finally {
      file.close();
    }
    batch.ensureValid(bytes, 0);
    readControlBatch(bytes, 0, {
      snapshotHeader: (timestampMs) => {
        found = timestampMs;
      },
    });
  } catch {
    return undefined;
  }
  return found;
}

export const snapshotPath = (directory: string, id: SnapshotId): string =>
  join(directory, snapshotName(id));
