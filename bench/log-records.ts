// Records encoded and walked per second: 93-byte values in 16 KiB batches, as the console producer makes them.
// Run: node bench/log-records.ts

import { performance } from 'node:perf_hooks';
import { BufferPool } from '../src/common/buffer-pool.ts';
import { compressionByName } from '../src/records/compression/compression.ts';
import { RecordBatchBuilder } from '../src/records/record-batch-builder.ts';
import { RecordCursor } from '../src/records/record-cursor.ts';

const RECORDS = 3_000_000;
const VALUE_BYTES = 93;
const chunk = Buffer.alloc(65536);
for (let i = 0; i < chunk.length; i++) chunk[i] = 97 + ((i * 7) % 26);

function encode(codec: string, records: number, keep: Buffer[] | undefined): number {
  const pool = new BufferPool({ maxIdleBytes: 1 << 24, maxBufferBytes: 1 << 20 });
  const builder = new RecordBatchBuilder({
    compression: compressionByName(codec)!,
    limitBytes: 16384,
    initialBytes: 16384,
    pool,
  });
  let at = 0;
  let bytes = 0;
  const finish = () => {
    const batch = builder.build({ producerId: 1, producerEpoch: 0, baseSequence: 0 });
    bytes += batch.length;
    if (keep !== undefined && keep.length < 200) keep.push(Buffer.from(batch));
    builder.reset();
  };
  for (let i = 0; i < records; i++) {
    const end = at + VALUE_BYTES;
    while (!builder.append(1700000000000 + (i >>> 12), null, 0, 0, chunk, at, end)) finish();
    at = end + VALUE_BYTES > chunk.length ? 0 : end + 1;
  }
  finish();
  return bytes;
}

function walk(batches: Buffer[], records: number): number {
  const cursor = new RecordCursor();
  let seen = 0;
  let sum = 0;
  for (let i = 0; seen < records; i = (i + 1) % batches.length) {
    cursor.reset(batches[i]!, 0);
    while (cursor.next()) {
      seen++;
      sum += cursor.valueLength + cursor.valuePosition;
    }
  }
  return sum;
}

for (const codec of ['none', 'lz4', 'snappy', 'zstd', 'gzip']) {
  const records = codec === 'none' ? RECORDS : RECORDS / 10;
  const keep: Buffer[] = [];
  encode(codec, records / 3, keep);
  let started = performance.now();
  encode(codec, records, undefined);
  const encodeS = (performance.now() - started) / 1000;
  walk(keep, records / 3);
  started = performance.now();
  walk(keep, records);
  const walkS = (performance.now() - started) / 1000;
  const rate = (s: number) => `${(records / s / 1e6).toFixed(2)} M/s`;
  console.log(
    `${codec.padEnd(7)} encode ${rate(encodeS).padStart(11)}   walk ${rate(walkS).padStart(11)}`,
  );
}
