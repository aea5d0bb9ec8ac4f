// %020d.snapshot: the producer state at an offset, so that a start replays only what came after.
// int16 version, uint32 CRC-32C of what follows it, int32 count, 46 bytes per producer.

import { crc32c } from '../common/crc32c.ts';
import { readInt64, writeInt64 } from '../common/int64.ts';
import type { Disk } from '../io/io.ts';
import { DamagedFileError } from './log-errors.ts';
import { ProducerStateEntry } from './producer-state-entry.ts';

const VERSION = 1;
const CRC_AT = 2;
const COUNT_AT = 6;
const ENTRIES_AT = 10;
const ENTRY_BYTES = 46;

/** Throws DamagedFileError for a wrong version, size or checksum. */
export function readProducerSnapshot(disk: Disk, path: string): ProducerStateEntry[] {
  const bytes = disk.readFile(path);
  if (bytes.length < ENTRIES_AT)
    throw new DamagedFileError(path, bytes.length, 'Snapshot is too short');
  const version = bytes.readInt16BE(0);
  if (version !== VERSION) {
    throw new DamagedFileError(path, 0, `Snapshot contained an unknown file version ${version}`);
  }
  const stored = bytes.readUInt32BE(CRC_AT);
  const computed = crc32c(bytes, COUNT_AT, bytes.length);
  if (stored !== computed) {
    throw new DamagedFileError(
      path,
      CRC_AT,
      `Snapshot is corrupt (CRC is no longer valid). Stored crc: ${stored}. Computed crc: ${computed}`,
    );
  }
  const count = bytes.readInt32BE(COUNT_AT);
  if (count < 0 || ENTRIES_AT + count * ENTRY_BYTES > bytes.length) {
    throw new DamagedFileError(path, COUNT_AT, `Snapshot claims ${count} producers`);
  }
  const entries: ProducerStateEntry[] = [];
  for (let i = 0; i < count; i++) entries.push(readEntry(bytes, ENTRIES_AT + i * ENTRY_BYTES));
  return entries;
}

function readEntry(b: Buffer, at: number): ProducerStateEntry {
  const entry = new ProducerStateEntry(readInt64(b, at));
  const lastOffset = readInt64(b, at + 14);
  const timestamp = readInt64(b, at + 26);
  const epoch = b.readInt16BE(at + 8);
  if (lastOffset >= 0) {
    entry.addBatch(epoch, {
      lastSequence: b.readInt32BE(at + 10),
      lastOffset,
      offsetDelta: b.readInt32BE(at + 22),
      timestamp,
    });
  }
  entry.producerEpoch = epoch;
  entry.lastTimestamp = timestamp;
  entry.coordinatorEpoch = b.readInt32BE(at + 34);
  entry.currentTransactionFirstOffset = readInt64(b, at + 38);
  return entry;
}

/** `sync`: flushed to the disk before it returns. */
export function writeProducerSnapshot(
  disk: Disk,
  path: string,
  entries: readonly ProducerStateEntry[],
  sync: boolean,
): void {
  const bytes = Buffer.alloc(ENTRIES_AT + entries.length * ENTRY_BYTES);
  bytes.writeInt16BE(VERSION, 0);
  bytes.writeInt32BE(entries.length, COUNT_AT);
  let at = ENTRIES_AT;
  for (const entry of entries) {
    writeInt64(bytes, at, entry.producerId);
    bytes.writeInt16BE(entry.producerEpoch, at + 8);
    bytes.writeInt32BE(entry.lastSequence, at + 10);
    writeInt64(bytes, at + 14, entry.lastOffset);
    bytes.writeInt32BE(entry.lastOffsetDelta, at + 22);
    writeInt64(bytes, at + 26, entry.lastTimestamp);
    bytes.writeInt32BE(entry.coordinatorEpoch, at + 34);
    writeInt64(bytes, at + 38, entry.currentTransactionFirstOffset);
    at += ENTRY_BYTES;
  }
  bytes.writeUInt32BE(crc32c(bytes, COUNT_AT, bytes.length), CRC_AT);
  disk.writeFileAtomic(path, bytes, { flush: sync });
}
