// A log whose every batch is a segment of its own, and a cleaner over it: what the tests of compaction share.

import { join } from 'node:path';
import {
  DEFAULT_CLEANER_SETTINGS,
  LogCleaner,
  type LogCleanerOptions,
} from '../../../src/log/cleaner/log-cleaner.ts';
import { UnifiedLog } from '../../../src/log/unified-log.ts';
import type { UnifiedLogOptions } from '../../../src/log/unified-log-options.ts';
import { completeBatchBytes } from '../../../src/records/record-batch.ts';
import type { BuildBatchOptions, NewRecord } from '../../../src/records/record-batch-builder.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import { config, NOW_MS, pool, type TestIo } from '../support.ts';

export function compactedLog(
  io: TestIo,
  folder: string,
  values: Record<string, string | number> = {},
  more: Partial<UnifiedLogOptions> = {},
): UnifiedLog {
  return new UnifiedLog({
    io,
    topic: 'compacted',
    partition: 0,
    directory: join(folder, 'compacted-0'),
    config: config({
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': 0.01,
      'message.timestamp.after.max.ms': '9223372036854775807',
      ...values,
    }),
    pool,
    cleanShutdown: true,
    ...more,
  });
}

export interface TestCleaner {
  readonly cleaner: LogCleaner;
  readonly checkpoints: Map<UnifiedLog, number>;
  readonly warnings: string[];
  /** Cleans everything there is to clean; how many logs that were. */
  clean(): Promise<number>;
}

export function testCleaner(
  io: TestIo,
  logs: readonly UnifiedLog[],
  more: Partial<LogCleanerOptions> = {},
): TestCleaner {
  const checkpoints = new Map<UnifiedLog, number>();
  const warnings: string[] = [];
  const cleaner = new LogCleaner({
    io,
    settings: DEFAULT_CLEANER_SETTINGS,
    logs: () => logs,
    checkpointOf: (log) => checkpoints.get(log),
    writeCheckpoint: (log, offset) => checkpoints.set(log, offset),
    beforeSwap: (log) => log.flush(),
    onWarning: (text) => warnings.push(text),
    onFailure: (_log, error) => warnings.push(`failed: ${String(error)}`),
    ...more,
  });
  const clean = async () => {
    for (let count = 0; ; count++) {
      const cleaning = cleaner.cleanDirtiest();
      if (cleaning === undefined) return count;
      if (!(await cleaning)) return count;
    }
  };
  return { cleaner, checkpoints, warnings, clean };
}

export type Pair = readonly [key: string | null, value: string | null];

export function pairs(...list: Pair[]): NewRecord[] {
  return list.map(([key, value], n) => ({
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    timestamp: NOW_MS + n,
  }));
}

/** One batch, then a new segment. */
export function put(log: UnifiedLog, list: readonly Pair[], options: BuildBatchOptions = {}): void {
  log.appendAsLeader(buildBatch(pairs(...list), options), 0);
  log.maybeIncrementHighWatermark(log.logEndOffset);
  log.roll();
}

/** Whole batches from `log`, in order. */
export function batchesOf(log: UnifiedLog): Buffer[] {
  const found: Buffer[] = [];
  for (const segment of log.segments.all) {
    const bytes = Buffer.alloc(segment.sizeBytes);
    segment.file.read(bytes, 0, bytes.length, 0);
    for (let at = 0; at < bytes.length; ) {
      const size = completeBatchBytes(bytes, at, bytes.length);
      found.push(bytes.subarray(at, at + size));
      at += size;
    }
  }
  return found;
}
