// Folders of a broker over starts and stops.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiskError } from '../../src/io/io.ts';
import { DirectoryLockedError } from '../../src/log/log-directory.ts';
import { LogManager, type LogManagerOptions } from '../../src/log/log-manager.ts';
import { batch, config, NOW_MS, readAll, type TestIo, temporaryFolder, testIo } from './support.ts';

const TOPIC_ID = 'IpMfrwOVSROrEcZDsh0-hA';

function open(io: TestIo, logDirs: string[], more: Partial<LogManagerOptions> = {}): LogManager {
  return new LogManager({ io, logDirs, configFor: () => config(), ...more });
}

describe('the log manager', () => {
  it('finds its logs, ids and offsets again after a clean stop', async () => {
    const io = testIo();
    const folder = temporaryFolder();
    const manager = open(io, [folder]);
    const log = manager.createLog('orders', 3, TOPIC_ID);
    log.appendAsLeader(batch(5), 0);
    log.updateHighWatermark(4);
    log.deleteRecordsBefore(2);
    await manager.shutdown(42);
    expect(JSON.parse(readFileSync(join(folder, '.kafka_cleanshutdown'), 'utf8'))).toEqual({
      version: 0,
      brokerEpoch: 42,
    });
    const again = open(io, [folder]);
    expect(again.previousBrokerEpoch).toBe(42);
    expect(existsSync(join(folder, '.kafka_cleanshutdown'))).toBe(false);
    const found = again.getLog('orders', 3)!;
    expect(found).toMatchObject({
      topicId: TOPIC_ID,
      logStartOffset: 2,
      logEndOffset: 5,
      highWatermark: 4,
      scannedBytes: 0,
    });
    again.abandon();
  });

  it('writes its checkpoints as Kafka does', async () => {
    const folder = temporaryFolder();
    const manager = open(testIo(), [folder]);
    manager.createLog('with-dash', 0, TOPIC_ID).appendAsLeader(batch(5), 0);
    manager.getLog('with-dash', 0)!.updateHighWatermark(5);
    await manager.shutdown();
    const text = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(text('recovery-point-offset-checkpoint')).toBe('0\n1\nwith-dash 0 5\n');
    expect(text('replication-offset-checkpoint')).toBe('0\n1\nwith-dash 0 5\n');
    expect(text('log-start-offset-checkpoint')).toBe('0\n0\n');
    expect(text('with-dash-0/partition.metadata')).toBe(`version: 0\ntopic_id: ${TOPIC_ID}`);
  });

  it('recovers after a kill', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const manager = open(io, [folder]);
    manager.createLog('orders', 0, TOPIC_ID).appendAsLeader(batch(5), 0);
    manager.abandon();
    const again = open(io, [folder]);
    expect(again.previousBrokerEpoch).toBe(-1);
    expect(again.getLog('orders', 0)!.scannedBytes).toBeGreaterThan(0);
    expect(readAll(again.getLog('orders', 0)!)).toHaveLength(5);
    again.abandon();
  });

  it('refuses a folder that another one holds', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const manager = open(io, [folder]);
    expect(() => open(io, [folder])).toThrow(DirectoryLockedError);
    expect(() => open(io, [folder])).toThrow(folder);
    manager.abandon();
    open(io, [folder]).abandon();
  });

  it('puts new logs into the folder with the fewest', () => {
    const folders = [temporaryFolder(), temporaryFolder()];
    const manager = open(testIo(), folders);
    for (let i = 0; i < 4; i++) manager.createLog('orders', i, TOPIC_ID);
    for (const folder of folders) {
      expect(readdirSync(folder).filter((name) => name.startsWith('orders'))).toHaveLength(2);
    }
    expect(folders).toContain(manager.logDirOf(manager.getLog('orders', 0)!));
    manager.abandon();
  });

  it('refuses a log of another topic id under the same name', () => {
    const manager = open(testIo(), [temporaryFolder()]);
    manager.createLog('orders', 0, TOPIC_ID);
    expect(() => manager.createLog('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAQ')).toThrow(/topic ID/);
    manager.abandon();
  });

  it.each(['missing', 'empty'])(
    'writes the topic id again when its file is %s, of a log that was flushed',
    async (damage) => {
      const io = testIo();
      const folder = temporaryFolder();
      const manager = open(io, [folder]);
      const flushed = manager.createLog('orders', 0, TOPIC_ID);
      flushed.appendAsLeader(batch(5), 0);
      await flushed.flush();
      manager.checkpoints.write();
      manager.abandon();
      const file = join(folder, 'orders-0', 'partition.metadata');
      if (damage === 'missing') rmSync(file);
      else writeFileSync(file, '');
      const again = open(io, [folder]);
      const log = again.createLog('orders', 0, TOPIC_ID);
      expect([log.topicId, log.logEndOffset]).toEqual([TOPIC_ID, 5]);
      expect(readFileSync(file, 'utf8')).toBe(`version: 0\ntopic_id: ${TOPIC_ID}`);
      again.abandon();
    },
  );

  it('sets a log aside that has no topic id and was never flushed', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const manager = open(io, [folder]);
    manager.createLog('orders', 0, TOPIC_ID).appendAsLeader(batch(5), 0);
    manager.abandon();
    rmSync(join(folder, 'orders-0', 'partition.metadata'));
    const again = open(io, [folder]);
    const log = again.createLog('orders', 0, TOPIC_ID);
    expect([log.topicId, log.logEndOffset]).toEqual([TOPIC_ID, 0]);
    const kept = readdirSync(folder).find((name) => /^orders-0\.[0-9a-f]{32}-stray$/.test(name));
    expect(readdirSync(join(folder, kept!))).toContain('00000000000000000000.log');
    again.abandon();
  });

  it('renames a deleted log away at once and removes it later', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const manager = open(io, [folder]);
    manager.createLog('orders', 0, TOPIC_ID).appendAsLeader(batch(5), 0);
    expect(manager.deleteLog('orders', 0)).toBe(true);
    expect(manager.getLog('orders', 0)).toBeUndefined();
    expect(
      readdirSync(folder).filter((name) => /^orders-0\.[0-9a-f]{32}-delete$/.test(name)),
    ).toHaveLength(1);
    const anew = manager.createLog('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAQ');
    expect(anew.logEndOffset).toBe(0);
    io.clock.advance(60_000);
    expect(readdirSync(folder).filter((name) => name.endsWith('-delete'))).toEqual([]);
    manager.abandon();
  });

  it('gives a new log nothing of what the checkpoints say of a deleted one of its name', async () => {
    const io = testIo();
    const folder = temporaryFolder();
    const text = (name: string) => readFileSync(join(folder, name), 'utf8');
    let manager = open(io, [folder]);
    const log = manager.createLog('orders', 0, TOPIC_ID);
    log.appendAsLeader(batch(5), 0);
    log.updateHighWatermark(5);
    log.deleteRecordsBefore(3);
    await log.flush();
    manager.checkpoints.write();
    manager.deleteLog('orders', 0);
    expect(text('recovery-point-offset-checkpoint')).toBe('0\n1\norders 0 5\n');
    manager.abandon();
    manager = open(io, [folder]);
    manager.createLog('orders', 0, 'ESIzRFVmd4yZqrvM3e7_BA').appendAsLeader(batch(2), 0);
    expect(text('recovery-point-offset-checkpoint')).toBe('0\n0\n');
    expect(text('log-start-offset-checkpoint')).toBe('0\n0\n');
    manager.abandon();
    const again = open(io, [folder]);
    expect(again.getLog('orders', 0)).toMatchObject({ logStartOffset: 0, logEndOffset: 2 });
    again.abandon();
  });

  it('removes what an earlier run had deleted', () => {
    const io = testIo();
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'orders-0.0123456789abcdef0123456789abcdef-delete'));
    const manager = open(io, [folder]);
    io.clock.advance(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('-delete'))).toEqual([]);
    manager.abandon();
  });

  it('leaves the metadata log, files and strange folders alone', () => {
    const folder = temporaryFolder();
    for (const name of ['__cluster_metadata-0', 'lost+found', 'orders-0-stray']) {
      mkdirSync(join(folder, name));
    }
    writeFileSync(join(folder, 'meta.properties'), 'version=1\n');
    const manager = open(testIo(), [folder]);
    expect([...manager.logs()]).toEqual([]);
    manager.abandon();
  });

  it('starts from the beginning when a checkpoint is damaged', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const manager = open(io, [folder]);
    manager.createLog('orders', 0, TOPIC_ID).appendAsLeader(batch(5), 0);
    manager.abandon();
    writeFileSync(join(folder, 'recovery-point-offset-checkpoint'), 'nonsense');
    const warnings: string[] = [];
    const again = open(io, [folder], { onWarning: (text) => warnings.push(text) });
    expect(again.getLog('orders', 0)!.logEndOffset).toBe(5);
    expect(warnings.join()).toContain('recovery-point-offset-checkpoint');
    again.abandon();
  });

  it('checks retention, expiry and checkpoints by its timers', async () => {
    const io = testIo();
    const folder = temporaryFolder();
    const manager = open(io, [folder], {
      configFor: () => config({ 'retention.ms': 1000 }),
      retentionCheckIntervalMs: 10_000,
    });
    const log = manager.createLog('orders', 0, TOPIC_ID);
    log.appendAsLeader(batch(5), 0);
    log.updateHighWatermark(5);
    io.clock.advance(9_000);
    const watermarks = join(folder, 'replication-offset-checkpoint');
    await expect.poll(() => existsSync(watermarks), { timeout: 10_000 }).toBe(true);
    expect(readFileSync(watermarks, 'utf8')).toBe('0\n1\norders 0 5\n');
    // The first time after log.initial.task.delay.ms, however short the interval.
    io.clock.advance(20_000);
    expect(log.logStartOffset).toBe(0);
    io.clock.advance(1_000);
    expect(log.logStartOffset).toBe(5);
    manager.abandon();
  });

  it('flushes a log whose flush.ms has passed, and one that nobody writes to any more', async () => {
    const io = testIo();
    const manager = open(io, [temporaryFolder()], {
      configFor: () => config({ 'flush.ms': 500 }),
      flushCheckIntervalMs: 100,
    });
    const log = manager.createLog('orders', 0, TOPIC_ID);
    log.appendAsLeader(batch(5), 0);
    io.clock.advance(400);
    expect(log.recoveryPoint).toBe(0);
    io.clock.advance(200);
    await log.flush();
    expect(log.recoveryPoint).toBe(5);
    manager.abandon();
  });

  it.each([
    ['gone', new DiskError('ENOENT', 'orders-0', 'flush')],
    ['another topic’s', undefined],
  ])('takes no folder for failed that is %s when its log is flushed', async (_, failure) => {
    const { disk, clock, ...io } = testIo();
    const folder = temporaryFolder();
    const begun = Promise.withResolvers<void>();
    const deleted = Promise.withResolvers<void>();
    const warnings: string[] = [];
    const manager = open(
      {
        ...io,
        clock,
        disk: {
          ...disk,
          flushDirectoryLater: async (path) => {
            if (!path.endsWith('orders-0')) return disk.flushDirectoryLater(path);
            begun.resolve();
            await deleted.promise;
            if (failure !== undefined) throw failure;
          },
        },
      },
      [folder],
      { onWarning: (text) => warnings.push(text) },
    );
    const log = manager.createLog('orders', 0, TOPIC_ID);
    log.appendAsLeader(batch(5), 0);
    clock.advance(60_000);
    manager.upkeep.flushIdle();
    await begun.promise;
    manager.deleteLog('orders', 0);
    const anew = manager.createLog('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAQ');
    deleted.resolve();
    await log.flush();
    expect(warnings).toEqual([]);
    expect(manager.isOnline(folder)).toBe(true);
    // Nothing of the old log in the folder of the new one.
    expect(existsSync(join(anew.directory, 'leader-epoch-checkpoint'))).toBe(false);
    manager.abandon();
  });

  it('updates the config of logs in use', () => {
    const io = testIo();
    const manager = open(io, [temporaryFolder()]);
    const log = manager.createLog('orders', 0, TOPIC_ID);
    manager.updateConfig('orders', config({ 'max.message.bytes': 10 }));
    expect(() => log.appendAsLeader(batch(5, {}, NOW_MS), 0)).toThrow(/maximum configured value/);
    manager.abandon();
  });
});

describe('flush.messages', () => {
  it('moves the recovery point before the append returns', () => {
    const manager = open(testIo(), [temporaryFolder()], {
      configFor: () => config({ 'flush.messages': 3 }),
    });
    const log = manager.createLog('orders', 0, TOPIC_ID);
    log.appendAsLeader(batch(2), 0);
    expect(log.recoveryPoint).toBe(0);
    log.appendAsLeader(batch(2), 0);
    expect(log.recoveryPoint).toBe(4);
    manager.abandon();
  });
});
