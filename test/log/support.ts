// Logs in temporary folders over real files, with a clock that a test moves and timers that it fires.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { BufferPool } from '../../src/common/buffer-pool.ts';
import type { Clock, Io, Timer } from '../../src/io/io.ts';
import { nodeIo } from '../../src/io/node.ts';
import { type LogConfig, logConfig } from '../../src/log/log-config.ts';
import { UnifiedLog } from '../../src/log/unified-log.ts';
import type { UnifiedLogOptions } from '../../src/log/unified-log-options.ts';
import { baseOffset, completeBatchBytes } from '../../src/records/record-batch.ts';
import {
  type BuildBatchOptions,
  buildBatch,
  type NewRecord,
} from '../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';

export const NOW_MS = 1_700_000_000_000;

/** Time stands still until the test moves it; deferred work runs at once with runDeferred. */
export class ManualClock implements Clock {
  now = NOW_MS;
  readonly #timers: { atMs: number; callback: () => void; cancelled: boolean }[] = [];
  readonly #deferred: (() => void)[] = [];

  nowMs(): number {
    return this.now;
  }

  monotonicMs(): number {
    return this.now;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.now + delayMs, callback, cancelled: false };
    this.#timers.push(timer);
    return {
      cancel: () => {
        timer.cancelled = true;
      },
    };
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  runDeferred(): void {
    for (const callback of this.#deferred.splice(0)) callback();
  }

  /** Moves time and fires what is due, in order. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = this.#timers
        .filter((timer) => !timer.cancelled && timer.atMs <= end)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      due.cancelled = true;
      this.now = Math.max(this.now, due.atMs);
      due.callback();
    }
    this.now = end;
  }
}

export interface TestIo extends Io {
  readonly clock: ManualClock;
}

export function testIo(): TestIo {
  return { ...nodeIo(), clock: new ManualClock() };
}

/** For the test (or its `beforeEach`) that asks; gone when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kafta-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function config(values: Record<string, string | number> = {}): LogConfig {
  return logConfig(new Map(Object.entries(values).map(([k, v]) => [k, String(v)])));
}

export const pool = new BufferPool({ maxIdleBytes: 1 << 22, maxBufferBytes: 1 << 20 });

export function openLog(io: Io, folder: string, more: Partial<UnifiedLogOptions> = {}): UnifiedLog {
  return new UnifiedLog({
    io,
    topic: 'orders',
    partition: 0,
    directory: join(folder, 'orders-0'),
    config: config(),
    pool,
    ...more,
  });
}

/** Records with the values value-0, value-1 … */
export function records(count: number, timestamp = NOW_MS, prefix = 'value'): NewRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    key: Buffer.from(`key-${i}`),
    value: Buffer.from(`${prefix}-${i}`),
    timestamp: timestamp + i,
  }));
}

export function batch(count = 1, options: BuildBatchOptions = {}, timestamp = NOW_MS): Buffer {
  return buildBatch(records(count, timestamp), options);
}

/** A batch of an idempotent producer. */
export function idempotent(sequence: number, count = 1, epoch = 0, producerId = 1): Buffer {
  return batch(count, { producerId, producerEpoch: epoch, baseSequence: sequence });
}

/** Values by offset of everything a read returned. */
export function valuesOf(buffers: readonly Buffer[]): [number, string | undefined][] {
  const cursor = new RecordCursor();
  const values: [number, string | undefined][] = [];
  for (const buffer of buffers) {
    for (let at = 0; at < buffer.length; at += completeBatchBytes(buffer, at, buffer.length)) {
      cursor.reset(buffer, at);
      while (cursor.next()) values.push([cursor.offset, cursor.value()?.toString()]);
    }
  }
  return values;
}

export function batchOffsets(buffers: readonly Buffer[]): number[] {
  const offsets: number[] = [];
  for (const buffer of buffers) {
    for (let at = 0; at < buffer.length; at += completeBatchBytes(buffer, at, buffer.length)) {
      offsets.push(baseOffset(buffer, at));
    }
  }
  return offsets;
}

/** Everything from `offset` to the end of the log. */
export function readAll(
  log: UnifiedLog,
  offset = log.logStartOffset,
): [number, string | undefined][] {
  const values: [number, string | undefined][] = [];
  let next = offset;
  while (next < log.logEndOffset) {
    const result = log.read(next, 1 << 20, { isolation: 'log-end', minOneMessage: true });
    const found = valuesOf(result.records).filter(([o]) => o >= next);
    if (found.length === 0) break;
    values.push(...found);
    next = found.at(-1)![0] + 1;
    result.release();
  }
  return values;
}
