// A seeded life of a broker's logs over a virtual disk: appends of idempotent and plain producers, flushes, checkpoints,
// retention, clean restarts. It keeps a model of what was acknowledged and flushed, and checks what a restart finds
// against it. Used by log-recovery.test.ts, which lets the process die at every change to the disk.

import { expect } from 'vitest';
import { DiskError } from '../../src/io/io.ts';
import { logConfig } from '../../src/log/log-config.ts';
import { LogManager } from '../../src/log/log-manager.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import {
  baseOffset,
  completeBatchBytes,
  lastOffset,
  maxTimestamp,
  verifyCrc,
} from '../../src/records/record-batch.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import type { Crash } from './every-change.ts';
import type { VirtualProcess, VirtualWorld } from './virtual-io.ts';
import { VirtualRandom } from './virtual-random.ts';

const TOPIC = 'orders';
const TOPIC_ID = 'ESIzRFVmd4yZqrvM3e7_BA';
const LOG_DIR = '/data/kafka';
const RETENTION_BYTES = 9000;
const PRODUCERS = [1000, 1001, 1002];

/** Small segments and indexes, so that a short life rolls often. */
const CONFIG = logConfig(
  new Map([
    ['internal.segment.bytes', '1500'],
    ['segment.index.bytes', '120'],
    ['index.interval.bytes', '200'],
    ['retention.bytes', String(RETENTION_BYTES)],
    ['retention.ms', '-1'],
    ['message.timestamp.after.max.ms', '9223372036854775807'],
    ['file.delete.delay.ms', '20000'],
  ]),
);

interface Written {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** As it went into append: offsets and epoch not yet stamped. */
  readonly sent: Buffer;
  /** As it must be in the log. */
  readonly stored: Buffer;
  readonly leaderEpoch: number;
  readonly producerId: number;
}

interface Attempt {
  readonly sent: Buffer;
  readonly count: number;
  readonly producerId: number;
}

/** What a restart is held to. */
export class LogModel {
  written: Written[] = [];
  nextSequence = new Map<number, number>();
  /** The append that was going on when the process died. */
  attempt: Attempt | undefined;
  /** Log start offsets that were asked for, and that were checkpointed. */
  askedStartOffset = 0;
  keptStartOffset = 0;
  /** Everything below is on the disk for sure. */
  flushedOffset = 0;
  leaderEpoch = 0;

  fork(): this {
    const fork = Object.assign(Object.create(LogModel.prototype), this);
    fork.written = [...this.written];
    fork.nextSequence = new Map(this.nextSequence);
    return fork;
  }

  /** The furthest that retention by size may have moved the log's start: as many bytes must be left. */
  get retentionOffset(): number {
    let bytes = 0;
    for (let i = this.written.length - 1; i >= 0; i--) {
      bytes += this.written[i]!.stored.length;
      if (bytes >= RETENTION_BYTES) return this.written[i]!.firstOffset;
    }
    return 0;
  }

  get endOffset(): number {
    return (this.written.at(-1)?.lastOffset ?? -1) + 1;
  }
}

export interface Life {
  readonly seed: number;
  readonly steps: number;
  /** The disk is full, or fails, every now and then. */
  readonly troubles?: boolean;
}

function openManager(process: VirtualProcess): LogManager {
  return new LogManager({ io: process.io, logDirs: [LOG_DIR], configFor: () => CONFIG });
}

/** Lives `life.steps` steps, or until the process dies (CrashError). */
export async function live(
  world: VirtualWorld,
  process: VirtualProcess,
  model: LogModel,
  life: Life,
): Promise<void> {
  const random = new VirtualRandom(life.seed * 7919);
  let manager = openManager(process);
  for (let step = 0; step < life.steps; step++) {
    const log = manager.createLog(TOPIC, 0, TOPIC_ID);
    const choice = random.int(100);
    const trouble = life.troubles === true && random.int(4) === 0;
    if (trouble) makeTrouble(world, process, random);
    try {
      if (choice < 98) await takeStep(choice, manager, log, model, random, world);
      else if (!trouble) manager = await restartCleanly(manager, log, model, process);
    } catch (error) {
      if (!trouble || !isTrouble(error)) throw error;
      // What failed wasn't acknowledged, and must leave no trace.
      model.attempt = undefined;
      expect(log.logEndOffset).toBe(model.endOffset);
    }
    world.storage.capacityBytes = Number.POSITIVE_INFINITY;
    process.disk.faults.length = 0;
  }
}

function makeTrouble(world: VirtualWorld, process: VirtualProcess, random: VirtualRandom): void {
  if (random.int(2) === 0) {
    world.storage.capacityBytes = world.storage.usedBytes + random.int(400);
    if (random.int(2) === 0) {
      process.disk.faults.push({ operation: 'truncate', code: 'EIO', times: 1 });
    }
  } else {
    const operations = ['write', 'open', 'flush', 'rename', 'truncate'] as const;
    const operation = operations[random.int(operations.length)]!;
    process.disk.faults.push({ operation, code: 'EIO', times: 1 + random.int(2) });
    // Nor can what a failed write left be cut away at once.
    if (operation === 'write')
      process.disk.faults.push({ operation: 'truncate', code: 'EIO', times: 1 });
  }
}

function isTrouble(error: unknown): boolean {
  if (error instanceof DiskError) return true;
  return error instanceof ApiError && error.code === Errors.KAFKA_STORAGE_ERROR;
}

async function takeStep(
  choice: number,
  manager: LogManager,
  log: UnifiedLog,
  model: LogModel,
  random: VirtualRandom,
  world: VirtualWorld,
): Promise<void> {
  if (choice < 70) append(log, model, random, world);
  else if (choice < 76) await flush(log, model);
  else if (choice < 82) manager.checkpoints.write();
  else if (choice < 86) manager.checkpoints.highWatermarks();
  else if (choice < 89) deleteRecords(manager, log, model, random);
  else if (choice < 92) manager.upkeep.deleteOldSegments();
  else if (choice < 95) await world.scheduler.sleep(1 + random.int(40_000));
  else if (choice < 97) model.leaderEpoch += 1 + random.int(3);
  else await world.scheduler.sleep(0);
}

async function restartCleanly(
  manager: LogManager,
  log: UnifiedLog,
  model: LogModel,
  process: VirtualProcess,
): Promise<LogManager> {
  await manager.shutdown();
  // A stop only warns of what fails: throws when the process died in it.
  process.disk.exists(LOG_DIR);
  model.flushedOffset = model.endOffset;
  model.keptStartOffset = log.logStartOffset;
  return openManager(process);
}

function append(
  log: UnifiedLog,
  model: LogModel,
  random: VirtualRandom,
  world: VirtualWorld,
): void {
  const producerId = random.int(3) === 0 ? -1 : PRODUCERS[random.int(PRODUCERS.length)]!;
  const count = 1 + random.int(6);
  const baseSequence = producerId < 0 ? -1 : (model.nextSequence.get(producerId) ?? 0);
  const records = Array.from({ length: count }, (_, i) => ({
    key: random.int(2) === 0 ? null : Buffer.from(`key-${random.int(50)}`),
    value: random.bytes(random.int(60)),
    timestamp: 1_767_225_600_000 + Math.floor(world.scheduler.nowMs) + i,
  }));
  const identity = producerId < 0 ? {} : { producerId, producerEpoch: 0, baseSequence };
  const sent = buildBatch(records, identity);
  model.attempt = { sent: Buffer.from(sent), count, producerId };
  const info = log.appendAsLeader(sent, model.leaderEpoch);
  log.maybeIncrementHighWatermark(log.logEndOffset);
  acknowledge(model, model.attempt, info.firstOffset, sent, model.leaderEpoch);
}

function acknowledge(
  model: LogModel,
  attempt: Attempt,
  firstOffset: number,
  stored: Buffer,
  leaderEpoch: number,
): void {
  const { sent, count, producerId } = attempt;
  const lastOffset = firstOffset + count - 1;
  model.written.push({ firstOffset, lastOffset, sent, stored, leaderEpoch, producerId });
  if (producerId >= 0) {
    model.nextSequence.set(producerId, (model.nextSequence.get(producerId) ?? 0) + count);
  }
  model.attempt = undefined;
}

async function flush(log: UnifiedLog, model: LogModel): Promise<void> {
  const end = model.endOffset;
  await log.flush();
  model.flushedOffset = Math.max(model.flushedOffset, end);
}

function deleteRecords(
  manager: LogManager,
  log: UnifiedLog,
  model: LogModel,
  random: VirtualRandom,
): void {
  const span = log.highWatermark - log.logStartOffset;
  const target = log.logStartOffset + random.int(Math.floor(span / 3) + 1);
  model.askedStartOffset = Math.max(model.askedStartOffset, target);
  log.deleteRecordsBefore(target);
  manager.checkpoints.deletedRecords();
  model.keptStartOffset = Math.max(model.keptStartOffset, target);
}

/** Opens what the crash left and holds it to the model; then goes on appending, and stops cleanly. */
export async function verify(world: VirtualWorld, model: LogModel, crash: Crash): Promise<void> {
  const process = world.process();
  const manager = openManager(process);
  const log = manager.createLog(TOPIC, 0, TOPIC_ID);
  checkOffsets(log, model, crash);
  checkRecords(log, model);
  checkLookups(log, model);
  checkEpochs(log, model);
  if (crash === 'process') retry(log, model);
  const plain = buildBatch([{ key: null, value: Buffer.from('after'), timestamp: 1 }]);
  const { firstOffset } = log.appendAsLeader(plain, model.leaderEpoch + 1);
  const end = log.logEndOffset;
  expect(firstOffset).toBe(end - 1);
  await manager.shutdown();
  const again = openManager(world.process());
  const reopened = again.getLog(TOPIC, 0)!;
  expect(reopened.scannedBytes).toBe(0);
  expect(reopened.logEndOffset).toBe(end);
  expect(readBatches(reopened).at(-1)!.equals(plain)).toBe(true);
  again.abandon();
}

function checkOffsets(log: UnifiedLog, model: LogModel, crash: Crash): void {
  const { endOffset, attempt, flushedOffset } = model;
  const leastEnd = crash === 'process' ? endOffset : flushedOffset;
  expect(log.logEndOffset).toBeGreaterThanOrEqual(leastEnd);
  const possibleEnds = [endOffset, endOffset + (attempt?.count ?? 0)];
  if (log.logEndOffset > endOffset) expect(possibleEnds).toContain(log.logEndOffset);
  const furthest = Math.max(model.askedStartOffset, model.retentionOffset);
  expect(log.logStartOffset).toBeLessThanOrEqual(furthest);
  if (crash === 'process') {
    expect(log.logStartOffset).toBeGreaterThanOrEqual(model.keptStartOffset);
  }
}

/** All batches from the log's start on, each valid and next to the one before. */
function readBatches(log: UnifiedLog): Buffer[] {
  const batches: Buffer[] = [];
  let next = log.logStartOffset;
  while (next < log.logEndOffset) {
    const result = log.read(next, 1000, { isolation: 'log-end', minOneMessage: true });
    expect(result.sizeBytes).toBeGreaterThan(0);
    for (const records of result.records) {
      for (let at = 0; at < records.length; ) {
        const size = completeBatchBytes(records, at, records.length);
        expect(size).toBeGreaterThan(0);
        expect(verifyCrc(records, at)).toBe(true);
        if (batches.length > 0) expect(baseOffset(records, at)).toBe(next);
        next = lastOffset(records, at) + 1;
        batches.push(Buffer.from(records.subarray(at, at + size)));
        at += size;
      }
    }
    result.release();
  }
  expect(next).toBe(Math.max(log.logEndOffset, log.logStartOffset));
  return batches;
}

function checkRecords(log: UnifiedLog, model: LogModel): void {
  const expected = model.written.filter(
    (batch) => batch.lastOffset >= log.logStartOffset && batch.lastOffset < log.logEndOffset,
  );
  const batches = readBatches(log);
  const extra = batches.length - expected.length;
  expect(extra === 0 || (extra === 1 && model.attempt !== undefined)).toBe(true);
  expected.forEach((batch, index) => {
    if (!batches[index]!.equals(batch.stored)) {
      expect.fail(`the batch at ${batch.firstOffset} is not the one that was acknowledged`);
    }
  });
}

/** The indexes lead to every batch, by offset and by time. */
function checkLookups(log: UnifiedLog, model: LogModel): void {
  const kept = model.written.filter(
    (batch) => batch.firstOffset >= log.logStartOffset && batch.lastOffset < log.logEndOffset,
  );
  for (const batch of kept) {
    const options = { isolation: 'log-end', minOneMessage: true } as const;
    const result = log.read(batch.lastOffset, 1, options);
    expect(baseOffset(result.records[0]!, 0)).toBe(batch.firstOffset);
    result.release();
  }
  for (let i = 0; i < kept.length; i += 5) {
    const timestamp = maxTimestamp(kept[i]!.stored, 0);
    const first = kept.find((batch) => maxTimestamp(batch.stored, 0) >= timestamp)!;
    const found = log.offsetForTimestamp(timestamp);
    expect(found).toBeDefined();
    expect(found!.timestamp).toBeGreaterThanOrEqual(timestamp);
    // A batch that the log start cuts in two isn't in `kept`.
    if (kept[0]!.firstOffset === log.logStartOffset) {
      expect(found!.offset).toBeGreaterThanOrEqual(first.firstOffset);
      expect(found!.offset).toBeLessThanOrEqual(first.lastOffset);
    }
  }
}

/** Epochs of records that were about to be deleted may be gone already. */
function checkEpochs(log: UnifiedLog, model: LogModel): void {
  const start = Math.max(log.logStartOffset, model.askedStartOffset);
  const kept = model.written.filter(
    (batch) => batch.firstOffset >= start && batch.lastOffset < log.logEndOffset,
  );
  const end = (kept.at(-1)?.lastOffset ?? -1) + 1;
  for (const batch of kept) {
    const next = kept.find((other) => other.leaderEpoch > batch.leaderEpoch);
    const found = log.endOffsetForEpoch(batch.leaderEpoch);
    expect(found.leaderEpoch).toBe(batch.leaderEpoch);
    if (next !== undefined) expect(found.endOffset).toBe(next.firstOffset);
    // The batch that was being appended may be there, with an epoch of its own.
    else expect(found.endOffset).toBeGreaterThanOrEqual(end);
  }
}

/** Producers that got no answer send again: what is there already is a duplicate, what isn't is appended once. */
function retry(log: UnifiedLog, model: LogModel): void {
  const { attempt } = model;
  for (const producerId of PRODUCERS) {
    const last = model.written.findLast((batch) => batch.producerId === producerId);
    if (last === undefined || last.lastOffset < log.logStartOffset) continue;
    const end = log.logEndOffset;
    const info = log.appendAsLeader(Buffer.from(last.sent), model.leaderEpoch);
    expect(info.duplicate).toBe(true);
    expect(info.firstOffset).toBe(last.firstOffset);
    expect(log.logEndOffset).toBe(end);
  }
  if (attempt === undefined || attempt.producerId < 0) return;
  const survived = log.logEndOffset > model.endOffset;
  const stored = Buffer.from(attempt.sent);
  const info = log.appendAsLeader(stored, model.leaderEpoch);
  expect(info.duplicate).toBe(survived);
  expect(info.firstOffset).toBe(model.endOffset);
  expect(log.logEndOffset).toBe(model.endOffset + attempt.count);
  acknowledge(model, attempt, info.firstOffset, stored, model.leaderEpoch);
}
