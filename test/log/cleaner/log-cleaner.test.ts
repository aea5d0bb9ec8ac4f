// The cleaner by its timer, in virtual time: when it looks, how fast it may be, what it leaves alone.

import { expect, test } from 'vitest';
import { DEFAULT_CLEANER_SETTINGS } from '../../../src/log/cleaner/log-cleaner.ts';
import { logConfig } from '../../../src/log/log-config.ts';
import { LogManager } from '../../../src/log/log-manager.ts';
import { VirtualWorld } from '../../simulation/virtual-io.ts';
import { put } from './support.ts';

const TOPIC_ID = 'ESIzRFVmd4yZqrvM3e7_BA';
const CONFIG = logConfig(
  new Map([
    ['cleanup.policy', 'compact'],
    ['min.cleanable.dirty.ratio', '0.1'],
    ['message.timestamp.after.max.ms', '9223372036854775807'],
  ]),
);

function setUp(settings: Partial<typeof DEFAULT_CLEANER_SETTINGS> = {}) {
  const world = new VirtualWorld(3);
  const { io, disk } = world.process();
  const manager = new LogManager({
    io,
    logDirs: ['/data'],
    configFor: () => CONFIG,
    cleaner: { ...DEFAULT_CLEANER_SETTINGS, ...settings },
  });
  const log = manager.createLog('table', 0, TOPIC_ID);
  const fill = (rounds: number) => {
    for (let n = 0; n < rounds; n++) put(log, [['same', 'x'.repeat(1000)]]);
  };
  const checkpoint = () =>
    disk.exists('/data/cleaner-offset-checkpoint')
      ? disk.readFile('/data/cleaner-offset-checkpoint').toString()
      : '';
  return { world, manager, log, fill, checkpoint };
}

test('looks every log.cleaner.backoff.ms, and remembers how far it came', async () => {
  const { world, manager, log, fill, checkpoint } = setUp({ backoffMs: 5000 });
  await world.scheduler.run(async () => {
    fill(10);
    await world.scheduler.sleep(4900);
    expect(log.segments.count).toBe(11);
    await world.scheduler.sleep(600);
    expect(log.segments.count).toBe(2);
    expect(checkpoint()).toBe('0\n1\ntable 0 10\n');
    // Clean as it is: nothing to do until there is something dirty.
    const { first } = log.segments;
    await world.scheduler.sleep(20_000);
    expect(log.segments.first).toBe(first);
    fill(5);
    await world.scheduler.sleep(6000);
    expect(checkpoint()).toBe('0\n1\ntable 0 15\n');
    manager.deleteLog('table', 0);
    expect(checkpoint()).toBe('0\n0\n');
    await manager.shutdown();
  });
});

test('reads and writes no more than log.cleaner.io.max.bytes.per.second', async () => {
  const { world, manager, log, fill, checkpoint } = setUp({
    backoffMs: 1000,
    maxBytesPerSecond: 10_000,
  });
  await world.scheduler.run(async () => {
    fill(100);
    const bytes = log.sizeBytes;
    // Everything is read twice: for the map, and for what stays.
    const leastMs = (2 * bytes * 1000) / 10_000;
    await world.scheduler.sleep(1000 + leastMs * 0.9);
    expect(checkpoint()).toBe('');
    await world.scheduler.sleep(leastMs * 0.3);
    expect(checkpoint()).toBe('0\n1\ntable 0 100\n');
    await manager.shutdown();
  });
});

test('does without threads what it is told to do without, and begins again when it may', async () => {
  const { world, manager, fill, checkpoint } = setUp({ backoffMs: 1000, threads: 0 });
  await world.scheduler.run(async () => {
    fill(10);
    await world.scheduler.sleep(10_000);
    expect(checkpoint()).toBe('');
    manager.cleaner!.reconfigure({ ...DEFAULT_CLEANER_SETTINGS, backoffMs: 1000 });
    await world.scheduler.sleep(2000);
    expect(checkpoint()).toBe('0\n1\ntable 0 10\n');
    await manager.shutdown();
  });
});
