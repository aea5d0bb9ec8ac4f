// A seeded life of compacted logs over a virtual disk: keys written over and over, tombstones, rolls, compaction,
// retention, topics that come and go. It keeps a model of the tables that the logs stand for, and checks what a restart
// finds against it. Used by compaction-recovery.test.ts, which lets the process die at every change to the disk.

import { expect } from 'vitest';
import { DEFAULT_CLEANER_SETTINGS } from '../../src/log/cleaner/log-cleaner.ts';
import { logConfig } from '../../src/log/log-config.ts';
import { LogManager } from '../../src/log/log-manager.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import {
  baseOffset,
  completeBatchBytes,
  lastOffset,
  verifyCrc,
} from '../../src/records/record-batch.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import type { Crash } from './every-change.ts';
import type { VirtualProcess, VirtualWorld } from './virtual-io.ts';
import { VirtualRandom } from './virtual-random.ts';

const LOG_DIRS = ['/data/one', '/data/two'];
const SMALL = {
  'internal.segment.bytes': '900',
  'segment.index.bytes': '120',
  'index.interval.bytes': '150',
  'min.cleanable.dirty.ratio': '0.01',
  'delete.retention.ms': '30000',
  'retention.ms': '-1',
  'message.timestamp.after.max.ms': '9223372036854775807',
  'file.delete.delay.ms': '5000',
};
/** The second promises that what it acknowledges is on the disk. */
const CONFIGS = new Map(
  Object.entries({
    table: { 'cleanup.policy': 'compact' },
    ledger: { 'cleanup.policy': 'compact', 'flush.messages': '1' },
    window: { 'cleanup.policy': 'compact,delete', 'retention.bytes': '4000' },
  }).map(([topic, own]) => [topic, logConfig(new Map(Object.entries({ ...SMALL, ...own })))]),
);
const TOPICS = [...CONFIGS.keys()];
const PRODUCER = 4000;

interface Row {
  readonly offset: number;
  readonly key: string;
  readonly value: string | null;
}

class TableModel {
  readonly topicId: string;
  rows: Row[] = [];
  endOffset = 0;
  flushedOffset = 0;
  sequence = 0;
  /** What was being appended when the process died. */
  attempt: Row[] = [];

  constructor(topicId: string) {
    this.topicId = topicId;
  }

  fork(): TableModel {
    const fork = Object.assign(new TableModel(this.topicId), this);
    fork.rows = [...this.rows];
    fork.attempt = [...this.attempt];
    return fork;
  }
}

/** What a restart is held to, by topic. */
export class WorldModel {
  tables = new Map<string, TableModel>();
  /** Ids of topics that were deleted. */
  deleted = new Set<string>();
  cleanings = 0;
  /** The deletion that was going on when the process died. */
  deleting: string | undefined;

  fork(): this {
    const fork = Object.assign(Object.create(WorldModel.prototype), this);
    fork.tables = new Map([...this.tables].map(([topic, table]) => [topic, table.fork()]));
    fork.deleted = new Set(this.deleted);
    return fork;
  }
}

function openManager(process: VirtualProcess): LogManager {
  return new LogManager({
    io: process.io,
    logDirs: LOG_DIRS,
    // As at a real start: the topics' own configs aren't known yet.
    configFor: () => logConfig(),
    cleaner: { ...DEFAULT_CLEANER_SETTINGS, backoffMs: 60_000 },
    checkpointIntervalMs: 20_000,
  });
}

export async function live(
  world: VirtualWorld,
  process: VirtualProcess,
  model: WorldModel,
  life: { readonly seed: number; readonly steps: number },
): Promise<void> {
  const random = new VirtualRandom(life.seed * 104_729);
  const manager = openManager(process);
  for (let step = 0; step < life.steps; step++) {
    try {
      await takeStep(world, process, manager, model, random);
    } catch (error) {
      // A log whose files the process died over says that it is closed.
      process.disk.exists('/');
      throw error;
    }
  }
}

async function takeStep(
  world: VirtualWorld,
  process: VirtualProcess,
  manager: LogManager,
  model: WorldModel,
  random: VirtualRandom,
): Promise<void> {
  const topic = TOPICS[random.int(TOPICS.length)]!;
  const choice = random.int(100);
  if (choice < 74) append(manager, model, topic, random, world);
  else if (choice < 84) await clean(manager, model, process);
  else if (choice < 88) await world.scheduler.sleep(random.int(20_000));
  else if (choice < 91) manager.checkpoints.write();
  else if (choice < 94) manager.upkeep.deleteOldSegments();
  else if (choice < 96) await flush(manager, model, topic);
  else if (choice < 98) await world.scheduler.sleep(0);
  else if (random.int(3) === 0) remove(manager, model, topic, process);
}

function logOf(manager: LogManager, model: WorldModel, topic: string, random: VirtualRandom) {
  let table = model.tables.get(topic);
  if (table === undefined) {
    table = new TableModel(random.bytes(16).toString('base64url'));
    model.tables.set(topic, table);
  }
  const log = manager.createLog(topic, 0, table.topicId, CONFIGS.get(topic)!);
  return { table, log };
}

function append(
  manager: LogManager,
  model: WorldModel,
  topic: string,
  random: VirtualRandom,
  world: VirtualWorld,
): void {
  const { table, log } = logOf(manager, model, topic, random);
  const rows: Row[] = Array.from({ length: 1 + random.int(5) }, (_, n) => ({
    offset: table.endOffset + n,
    key: `key-${random.int(12)}`,
    value: random.int(5) === 0 ? null : `${table.endOffset}-${'v'.repeat(random.int(30))}`,
  }));
  const batch = buildBatch(
    rows.map(({ key, value }) => ({
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      timestamp: 1_767_225_600_000 + Math.floor(world.scheduler.nowMs),
    })),
    random.int(2) === 0
      ? {}
      : { producerId: PRODUCER, producerEpoch: 0, baseSequence: table.sequence },
  );
  const hasSequence = batch.readInt32BE(53) >= 0;
  table.attempt = rows;
  log.appendAsLeader(batch, 0);
  log.maybeIncrementHighWatermark(log.logEndOffset);
  table.rows.push(...rows);
  table.endOffset += rows.length;
  table.attempt = [];
  if (hasSequence) table.sequence += rows.length;
  if (log.config.flushMessages === 1) table.flushedOffset = table.endOffset;
}

async function clean(manager: LogManager, model: WorldModel, process: VirtualProcess) {
  if ((await manager.cleaner!.cleanDirtiest()) === true) model.cleanings++;
  // A cleaner only warns of what fails: throws when the process died in it.
  process.disk.exists('/');
}

async function flush(manager: LogManager, model: WorldModel, topic: string): Promise<void> {
  const table = model.tables.get(topic);
  const log = manager.getLog(topic, 0);
  if (table === undefined || log === undefined) return;
  const end = table.endOffset;
  await log.flush();
  table.flushedOffset = Math.max(table.flushedOffset, end);
}

function remove(
  manager: LogManager,
  model: WorldModel,
  topic: string,
  process: VirtualProcess,
): void {
  const table = model.tables.get(topic);
  if (table === undefined) return;
  model.deleting = topic;
  manager.deleteLog(topic, 0);
  process.disk.exists('/');
  model.deleting = undefined;
  model.deleted.add(table.topicId);
  model.tables.delete(topic);
}

/** Opens what the crash left and holds it to the model; then cleans, and holds that to it, too. */
export async function verify(world: VirtualWorld, model: WorldModel, crash: Crash): Promise<void> {
  const process = world.process();
  const manager = openManager(process);
  for (const log of manager.logs()) {
    checkFolder(process, log);
    const isDeleted = log.topicId !== undefined && model.deleted.has(log.topicId);
    // The new name may not have reached the disk.
    if (isDeleted && crash === 'process') expect.fail(`${log.name} was deleted and is back`);
  }
  for (const [topic, table] of model.tables) {
    const found = manager.getLog(topic, 0);
    const isOther = found?.topicId !== undefined && found.topicId !== table.topicId;
    if (found === undefined || isOther) {
      const mayBeGone = crash === 'power' ? table.flushedOffset === 0 : table.endOffset === 0;
      if (!mayBeGone && model.deleting !== topic) expect.fail(`${topic} is gone`);
      if (found !== undefined) manager.deleteLog(topic, 0);
      continue;
    }
    // One that lost its id may be put aside, when nothing in it was promised.
    const log = manager.createLog(topic, 0, table.topicId, CONFIGS.get(topic)!);
    log.updateConfig(CONFIGS.get(topic)!);
    log.updateHighWatermark(log.logEndOffset);
    checkTable(log, table, crash);
  }
  for (let cleaning = manager.cleaner!.cleanDirtiest(); cleaning !== undefined; ) {
    expect(await cleaning).toBe(true);
    cleaning = manager.cleaner!.cleanDirtiest();
  }
  await manager.shutdown();
  const again = openManager(world.process());
  for (const [topic, table] of model.tables) {
    const found = again.getLog(topic, 0);
    if (found === undefined) continue;
    expect(found.scannedBytes).toBe(0);
    checkTable(found, table, crash);
  }
  again.abandon();
}

function checkFolder(process: VirtualProcess, log: UnifiedLog): void {
  const names = process.disk.list(log.directory);
  expect(names.filter((name) => /\.(cleaned|swap|deleted|tmp)$/.test(name))).toEqual([]);
}

function checkTable(log: UnifiedLog, table: TableModel, crash: Crash): void {
  const leastEnd = crash === 'process' ? table.endOffset : table.flushedOffset;
  expect(log.logEndOffset).toBeGreaterThanOrEqual(leastEnd);
  const known = new Map<number, Row>();
  for (const row of [...table.rows, ...table.attempt]) known.set(row.offset, row);
  const found = readRows(log);
  for (const row of found) expect(row).toEqual(known.get(row.offset));
  const latest = new Map<string, Row>();
  for (const row of known.values()) {
    if (row.offset < log.logEndOffset) latest.set(row.key, row);
  }
  const stored = new Map<string, Row>();
  for (const row of found) stored.set(row.key, row);
  for (const [key, row] of latest) {
    if (row.offset < log.logStartOffset) continue;
    // A tombstone may be gone in time, and what it deleted with it.
    const there = stored.get(key) ?? { value: null };
    expect([key, there.value]).toEqual([key, row.value]);
  }
}

function readRows(log: UnifiedLog): Row[] {
  const rows: Row[] = [];
  const cursor = new RecordCursor();
  let next = log.logStartOffset;
  while (next < log.logEndOffset) {
    const result = log.read(next, 700, { isolation: 'log-end', minOneMessage: true });
    if (result.sizeBytes === 0) break;
    for (const records of result.records) {
      for (let at = 0; at < records.length; ) {
        const size = completeBatchBytes(records, at, records.length);
        expect(verifyCrc(records, at)).toBe(true);
        expect(lastOffset(records, at)).toBeGreaterThanOrEqual(next);
        if (rows.length > 0) expect(baseOffset(records, at)).toBeGreaterThanOrEqual(next);
        cursor.reset(records, at);
        while (cursor.next()) {
          if (cursor.offset < log.logStartOffset) continue;
          const value = cursor.value()?.toString() ?? null;
          rows.push({ offset: cursor.offset, key: cursor.key()!.toString(), value });
        }
        next = lastOffset(records, at) + 1;
        at += size;
      }
    }
    result.release();
  }
  return rows;
}
