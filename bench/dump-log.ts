// The dump-log section of the benchmark: one segment of 1 GB through kafta's tool and Apache Kafka's, with the records
// printed and without.

import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as batch from '../src/records/record-batch.ts';
import { buildBatch, type NewRecord } from '../src/records/record-batch-builder.ts';
import { ourLaunchers } from '../test/support/broker-process.ts';
import { inTurn, measure, row } from './support.ts';

const MB = Number(process.env.DUMPED_MB ?? 1000);
const RECORDS_PER_BATCH = 150;
const RUNS = 3;

/** Batches as a producer with batch.size 16384 sends them, of records of 100 bytes. */
function writeSegment(path: string, bytes: number): void {
  const value = Buffer.from(
    'the quick brown fox jumps over the lazy dog; '.repeat(3).slice(0, 100),
  );
  const records: NewRecord[] = Array.from({ length: RECORDS_PER_BATCH }, (_, i) => {
    return { key: null, value, timestamp: 1_700_000_000_000 + i };
  });
  const content = buildBatch(records);
  const file = openSync(path, 'w');
  const block = Buffer.alloc(content.length * 64);
  let offset = 0;
  for (let written = 0; written < bytes; written += block.length) {
    for (let at = 0; at < block.length; at += content.length) {
      content.copy(block, at);
      batch.setBaseOffset(block, at, offset);
      batch.setPartitionLeaderEpoch(block, at, 0);
      offset += RECORDS_PER_BATCH;
    }
    writeSync(file, block);
  }
  closeSync(file);
}

export async function dumpLog(folder: string, apacheBin: string): Promise<void> {
  const path = join(folder, '00000000000000000000.log');
  writeSegment(path, MB * 1e6);
  const run = (bin: string, ...more: string[]) => {
    return () => measure([join(bin, 'kafka-dump-log.sh'), '--files', path, ...more]);
  };
  const print = '--print-data-log';
  const [ours, theirs] = await inTurn(RUNS, [run(ourLaunchers, print), run(apacheBin, print)]);
  if (ours === undefined || theirs === undefined) throw new Error('no figures');
  const what = `dump-log of ${MB} MB`;
  row(`${what}, records printed`, ours.wallS, 'apache', theirs.wallS, 1 / 8, 's');
  row(`${what}, records printed: peak`, ours.peakMiB, 'apache', theirs.peakMiB, 1, 'MiB');
  const [batches, apacheBatches] = await inTurn(RUNS, [run(ourLaunchers), run(apacheBin)]);
  if (batches === undefined || apacheBatches === undefined) throw new Error('no figures');
  row(`${what}, batches alone`, batches.wallS, 'apache', apacheBatches.wallS, 1, 's');
  row(`${what}, batches alone: s for 400 MB/s`, batches.wallS, 'target', MB / 400, 1, 's');
  rmSync(path);
}
