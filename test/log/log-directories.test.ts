import { describe, expect, test } from 'vitest';
import { logConfig } from '../../src/log/log-config.ts';
import { type DirectoryFailure, LogManager } from '../../src/log/log-manager.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';

const IDS = ['ESIzRFVmd4yZqrvM3e7_BA', 'ESIzRFVmd4yZqrvM3e7_BB', 'ESIzRFVmd4yZqrvM3e7_BC'];

function setUp(logDirs = ['/data/a', '/data/b'], seed = 1) {
  const world = new VirtualWorld(seed);
  const warnings: string[] = [];
  const failures: DirectoryFailure[] = [];
  const open = () => {
    const process = world.process();
    const manager = new LogManager({
      io: process.io,
      logDirs,
      configFor: () => logConfig(new Map([['flush.messages', '1']])),
      onWarning: (text) => warnings.push(text),
    });
    manager.onDirectoryFailure = (failure) => failures.push(failure);
    return { manager, disk: process.disk };
  };
  return { world, warnings, failures, open };
}

const record = (value = 'x') =>
  buildBatch([{ key: null, value: Buffer.from(value), timestamp: 1 }]);

describe('several log directories', () => {
  test('fill evenly, and a cordoned one not at all', () => {
    const { open } = setUp();
    const { manager } = open();
    const dirOf = (n: number) => manager.logDirOf(manager.createLog('t', n, IDS[0]))!;
    expect([0, 1, 2, 3].map(dirOf).sort()).toEqual(['/data/a', '/data/a', '/data/b', '/data/b']);
    manager.cordon(['/data/a']);
    expect([4, 5, 6].map(dirOf)).toEqual(['/data/b', '/data/b', '/data/b']);
    manager.cordon(['/data/a', '/data/b']);
    expect(dirOf(7)).toBe('/data/a');
    manager.abandon();
  });

  test('get their high watermarks while the loop goes on, and the last ones at a clean stop', async () => {
    const { world, open, failures } = setUp(['/data/a']);
    await world.scheduler.run(async () => {
      const { manager, disk } = open();
      const path = '/data/a/replication-offset-checkpoint';
      const log = manager.createLog('t', 0, IDS[0]);
      log.appendAsLeader(record(), 0);
      log.updateHighWatermark(1);
      manager.checkpoints.highWatermarks();
      expect(disk.exists(path)).toBe(false);
      await world.scheduler.sleep(1000);
      expect(disk.readFile(path).toString()).toBe('0\n1\nt 0 1\n');

      for (let n = 0; n < 2; n++) log.appendAsLeader(record(), 0);
      log.updateHighWatermark(2);
      const stopped = manager.shutdown();
      manager.checkpoints.highWatermarks();
      log.updateHighWatermark(3);
      await stopped;
      await world.scheduler.sleep(1000);
      expect(disk.readFile(path).toString()).toBe('0\n1\nt 0 3\n');
      expect(failures).toEqual([]);
    });
  });

  test('go on without one whose disk fails', async () => {
    const { world, failures, open, warnings } = setUp();
    await world.scheduler.run(async () => {
      const { manager, disk } = open();
      const logs = [0, 1].map((n) => manager.createLog('t', n, IDS[0]));
      for (const log of logs) log.appendAsLeader(record(), 0);
      const lost = logs.find((log) => manager.logDirOf(log) === '/data/b')!;
      const kept = logs.find((log) => log !== lost)!;
      disk.faults.push({ operation: 'write', path: /^\/data\/b/, code: 'EIO', times: 1e9 });
      const append = () => lost.appendAsLeader(record(), 0);
      expect(append).toThrow('EIO');
      try {
        append();
      } catch (error) {
        manager.diskFailed((error as Error).cause as never);
      }
      expect(failures.map(({ path, isLast, logs }) => [path, isLast, logs])).toEqual([
        ['/data/b', false, [lost]],
      ]);
      expect(lost.isClosed).toBe(true);
      expect(manager.getLog('t', lost.partition)).toBeUndefined();
      expect(manager.isOnline('/data/b')).toBe(false);
      kept.appendAsLeader(record(), 0);
      manager.checkpoints.write();
      manager.checkpoints.highWatermarks();
      // What may be in the lost one isn't made anew; what is new goes where there is room.
      expect(() =>
        manager.createLog('t', lost.partition, IDS[0], undefined, undefined, false),
      ).toThrow('log directories /data/b are offline');
      expect(manager.logDirOf(manager.createLog('new', 0, IDS[1]))).toBe('/data/a');
      await manager.shutdown();

      disk.faults.length = 0;
      const again = open().manager;
      expect(again.getLog('t', lost.partition)?.logEndOffset).toBe(1);
      expect(again.getLog('t', kept.partition)?.logEndOffset).toBe(2);
      expect(again.getLog('t', kept.partition)?.scannedBytes).toBe(0);
      again.abandon();
    });
    expect(warnings).toEqual([]);
  });

  test('go on at a start without one that cannot be read', () => {
    const { world, open, warnings } = setUp();
    const first = open();
    for (const n of [0, 1]) first.manager.createLog('t', n, IDS[0]).appendAsLeader(record(), 0);
    world.restart('process');
    const process = world.process();
    process.disk.faults.push({ operation: 'read', path: /^\/data\/a/, code: 'EIO', times: 1e9 });
    const manager = new LogManager({
      io: process.io,
      logDirs: ['/data/a', '/data/b'],
      configFor: () => logConfig(),
      onWarning: (text) => warnings.push(text),
    });
    expect([...manager.logs()].map((log) => manager.logDirOf(log))).toEqual(['/data/b']);
    expect(manager.isOnline('/data/a')).toBe(false);
    expect(warnings[0]).toContain('/data/a is offline');
    manager.abandon();
  });

  test('a full one is passed over for a new log, and nothing half-made is left there', () => {
    for (const operation of ['makeDirectory', 'write'] as const) {
      const { open, failures } = setUp();
      const { manager, disk } = open();
      const dirOf = (n: number) => manager.logDirOf(manager.createLog('t', n, IDS[0]));
      disk.faults.push({ operation, path: /^\/data\/a\/t-/, code: 'ENOSPC', times: 2 });
      expect([dirOf(0), dirOf(1)]).toEqual(['/data/b', '/data/b']);
      expect(disk.list('/data/a').filter((name) => name.startsWith('t-'))).toEqual([]);
      expect(failures).toEqual([]);
      // Then there is room.
      expect(dirOf(2)).toBe('/data/a');
      manager.abandon();
    }
  });

  test('a broken one, too, and goes offline', () => {
    const { open, failures } = setUp();
    const { manager, disk } = open();
    disk.faults.push({ operation: 'makeDirectory', path: /^\/data\/a\/t-/, code: 'EIO', times: 1 });
    expect(manager.logDirOf(manager.createLog('t', 0, IDS[0]))).toBe('/data/b');
    expect(failures.map(({ path }) => path)).toEqual(['/data/a']);
    manager.abandon();
  });

  test('when all are full the log isn’t made, and the first one’s trouble is told', () => {
    const { open, failures } = setUp();
    const { manager, disk } = open();
    const path = /^\/data\/.\/t-/;
    disk.faults.push({ operation: 'makeDirectory', path, code: 'ENOSPC', times: 2 });
    expect(() => manager.createLog('t', 0, IDS[0])).toThrow('/data/a/t-0: ENOSPC');
    expect(manager.getLog('t', 0)).toBeUndefined();
    expect(failures).toEqual([]);
    manager.abandon();
  });

  test('that must not be opened leave the last stop unknown, and the last of them is no start', async () => {
    const { world, open, warnings } = setUp();
    await world.scheduler.run(() => open().manager.shutdown(7));
    const start = (failed: readonly string[]) =>
      new LogManager({
        io: world.process().io,
        logDirs: ['/data/a', '/data/b'],
        failedDirs: new Map(failed.map((path) => [path, new Error(`${path} is bad`)])),
        configFor: () => logConfig(),
        onWarning: (text) => warnings.push(text),
      });
    const partly = start(['/data/a']);
    expect(partly.previousBrokerEpoch).toBe(-1);
    expect(partly.isOnline('/data/a')).toBe(false);
    expect(warnings).toEqual([
      '/data/a is offline: /data/a is bad; the other log directories go on',
    ]);
    partly.abandon();
    expect(() => start(['/data/a', '/data/b'])).toThrow('/data/b is bad');
  });

  test('the last one is left to its owner', () => {
    const { open, failures } = setUp(['/data/a']);
    const { manager, disk } = open();
    const log = manager.createLog('t', 0, IDS[0]);
    disk.faults.push({ operation: 'write', code: 'EIO', times: 1 });
    try {
      log.appendAsLeader(record(), 0);
    } catch (error) {
      manager.diskFailed((error as Error).cause as never);
    }
    expect(failures.map(({ isLast, logs }) => [isLast, logs.length])).toEqual([[true, 0]]);
    expect(log.isClosed).toBe(false);
    manager.abandon();
  });
});

// What isn't flushed a power failure may leave or take: these take it.
test.each([34, 144])(
  'power failure %i after a clean stop and a start finds no mark of that stop',
  async (seed) => {
    const { world, open } = setUp(['/data/a'], seed);
    await world.scheduler.run(async () => {
      const first = open();
      first.manager.createLog('t', 0, IDS[0]).appendAsLeader(record(), 0);
      await first.manager.shutdown();
      expect(first.disk.exists('/data/a/.kafka_cleanshutdown')).toBe(true);
      open();
      world.restart('power');
      const { manager, disk } = open();
      expect(disk.exists('/data/a/.kafka_cleanshutdown')).toBe(false);
      expect(manager.getLog('t', 0)!.scannedBytes).toBeGreaterThan(0);
      manager.abandon();
    });
  },
);

test('a log with a file that is beyond repair is named and left out, the others serve', () => {
  const { world, open, warnings } = setUp(['/data/a']);
  const first = open();
  for (const n of [0, 1]) first.manager.createLog('t', n, IDS[n]).appendAsLeader(record(), 0);
  first.disk.writeFileAtomic('/data/a/t-0/partition.metadata', 'rubbish\n');
  world.restart('process');
  const { manager } = open();
  expect(manager.getLog('t', 1)?.logEndOffset).toBe(1);
  expect(manager.getLog('t', 0)).toBeUndefined();
  expect(warnings.find((text) => text.includes('t-0'))).toContain(
    '/data/a/t-0/partition.metadata: Malformed line',
  );
  expect(() => manager.createLog('t', 0, IDS[0])).toThrow('/data/a/t-0/partition.metadata');
  manager.abandon();
});

test('a log that a crash in the last step of a move left in two directories is served from one, once', async () => {
  const { world, open, warnings } = setUp();
  await world.scheduler.run(async () => {
    const { manager, disk } = open();
    const log = manager.createLog('t', 0, IDS[0], undefined, '/data/a');
    for (let n = 0; n < 3; n++) log.appendAsLeader(record(`${n}`), 0);
    // It can't go on when the old folder is to be renamed away.
    disk.faults.push({ operation: 'rename', path: /^\/data\/a\/t-0$/, code: 'EIO', times: 1 });
    const moved = new Promise<UnifiedLog>((resolve) => manager.move(log, '/data/b', resolve));
    await Promise.race([moved, world.scheduler.sleep(1000)]);
    expect(disk.list('/data/b')).toContain('t-0');
    expect(disk.list('/data/a')).toContain('t-0');
    world.restart('process');
    const again = open().manager;
    expect([...again.logs()].map(({ logEndOffset }) => logEndOffset)).toEqual([3]);
    expect(warnings.at(-1)).toContain('t-0 is in two log directories');
    again.abandon();
  });
});
