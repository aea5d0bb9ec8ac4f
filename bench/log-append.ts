// What one partition takes and gives on this machine's disk: appends of 16 KB and 1 MB batches (checked as a leader does),
// sequential reads, and recovery after a kill. Run: node bench/log-append.ts [FOLDER]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { BufferPool } from '../src/common/buffer-pool.ts';
import { nodeIo } from '../src/io/node.ts';
import { logConfig } from '../src/log/log-config.ts';
import { UnifiedLog } from '../src/log/unified-log.ts';
import { RecordBatchBuilder } from '../src/records/record-batch-builder.ts';

const TOTAL_BYTES = 1 << 30;
const VALUE_BYTES = 93;
const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'kafta-bench-'));
const io = nodeIo();
const pool = new BufferPool({ maxIdleBytes: 1 << 24, maxBufferBytes: 1 << 22 });

function makeBatch(bytes: number): Buffer {
  const builder = new RecordBatchBuilder({ limitBytes: bytes, initialBytes: bytes });
  const value = Buffer.alloc(VALUE_BYTES, 'abcdefgh');
  const now = Date.now();
  while (builder.append(now, null, 0, 0, value, 0, VALUE_BYTES));
  return Buffer.from(builder.build());
}

function open(cleanShutdown: boolean, more: object = {}): UnifiedLog {
  return new UnifiedLog({
    io,
    topic: 'bench',
    partition: 0,
    directory: join(folder, 'bench-0'),
    config: logConfig(),
    pool,
    cleanShutdown,
    onWarning: (text) => console.error(text),
    ...more,
  });
}

interface Measure {
  readonly wallS: number;
  readonly cpuS: number;
}

function measure(work: () => void): Measure {
  const cpu = process.cpuUsage();
  const started = performance.now();
  work();
  const wallS = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  return { wallS, cpuS: (used.user + used.system) / 1e6 };
}

function report(name: string, { wallS, cpuS }: Measure, bytes: number): void {
  const gb = bytes / 1e9;
  console.log(
    `${name.padEnd(28)} ${(gb / wallS).toFixed(2).padStart(6)} GB/s   ${(cpuS / gb).toFixed(2)} CPU s/GB`,
  );
}

function append(log: UnifiedLog, pristine: Buffer, bytes: number): void {
  const copy = Buffer.from(pristine);
  for (let written = 0; written < bytes; written += copy.length) {
    // A client's batch begins at offset 0 with no leader epoch.
    pristine.copy(copy, 0, 0, 61);
    log.appendAsLeader(copy, 1);
  }
  log.updateHighWatermark(log.logEndOffset);
}

for (const size of [1 << 14, (1 << 20) - 1000]) {
  rmSync(join(folder, 'bench-0'), { recursive: true, force: true });
  const batch = makeBatch(size);
  const log = open(true);
  append(log, batch, TOTAL_BYTES / 16);
  const name = `${Math.round(size / 1024)} KB batches`;
  report(
    `append ${name}`,
    measure(() => append(log, batch, TOTAL_BYTES)),
    TOTAL_BYTES,
  );
  let bytes = 0;
  const read = measure(() => {
    for (let offset = 0; offset < log.highWatermark; ) {
      const result = log.read(offset, 1 << 20, {
        isolation: 'high-watermark',
        minOneMessage: true,
      });
      bytes += result.sizeBytes;
      const count = (result.sizeBytes / batch.length) * batch.readInt32BE(57);
      offset += Math.round(count);
      result.release();
    }
  });
  report(`read ${name}`, read, bytes);
  log.writeBehind();
  log.abandon();
  let again: UnifiedLog | undefined;
  const recovery = measure(() => {
    again = open(false);
  });
  report(`recover ${name}`, recovery, again!.scannedBytes);
  console.log(`  restart after a kill: ${(recovery.wallS * 1000).toFixed(0)} ms`);
  again!.abandon();
}
if (process.argv[2] === undefined) rmSync(folder, { recursive: true, force: true });
