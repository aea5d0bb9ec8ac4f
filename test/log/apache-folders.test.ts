// Folders that Apache Kafka 4.3.1 left, whole ones and damaged ones, copied and opened.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DamagedFileError } from '../../src/log/log-errors.ts';
import { LogManager } from '../../src/log/log-manager.ts';
import { UnifiedLog } from '../../src/log/unified-log.ts';
import { ApiError } from '../../src/protocol/errors.ts';
import { forEachBatch, lastOffset } from '../../src/records/record-batch.ts';
import { batch, config, NOW_MS, pool, readAll, temporaryFolder, testIo } from './support.ts';

function batchPositions(records: Buffer): number[] {
  const positions: number[] = [];
  forEachBatch(records, 0, records.length, (at) => positions.push(at));
  return positions;
}

const FIXTURES = fileURLToPath(new URL('../conformance/transcripts/fixtures', import.meta.url));
const DATA = join(FIXTURES, 'datadir');
const DAMAGED = join(FIXTURES, 'damaged');

function checkpoint(name: string): Map<string, number> {
  const lines = readFileSync(join(DATA, name), 'utf8').trim().split('\n').slice(2);
  return new Map(
    lines.map((line) => {
      const [topic, partition, offset] = line.split(' ');
      return [`${topic}-${partition}`, Number(offset)];
    }),
  );
}

describe('a folder of Apache Kafka', () => {
  it('opens as it was left, without a scan or a warning', async () => {
    const folder = temporaryFolder();
    cpSync(DATA, folder, { recursive: true });
    const io = testIo();
    io.clock.now = 0;
    const warnings: string[] = [];
    const options = {
      io,
      logDirs: [folder],
      configFor: () => config(),
      onWarning: (text: string) => warnings.push(text),
    };
    const manager = new LogManager(options);
    const ends = checkpoint('recovery-point-offset-checkpoint');
    const watermarks = checkpoint('replication-offset-checkpoint');
    let count = 0;
    for (const log of manager.logs()) {
      count++;
      expect([log.name, log.logEndOffset]).toEqual([log.name, ends.get(log.name)]);
      expect([log.name, log.highWatermark]).toEqual([log.name, watermarks.get(log.name)]);
      expect(log.scannedBytes).toBe(0);
      expect(log.topicId).toHaveLength(22);
      readAll(log);
    }
    expect(count).toBe(ends.size);
    expect(warnings).toEqual([]);
    await manager.shutdown();
    const again = new LogManager(options);
    for (const log of again.logs()) expect(log.logEndOffset).toBe(ends.get(log.name));
    again.abandon();
    expect(warnings).toEqual([]);
  });

  it('is recovered to the same end when its marker is gone', () => {
    const folder = temporaryFolder();
    cpSync(DATA, folder, { recursive: true });
    const io = testIo();
    for (const [name, end] of checkpoint('recovery-point-offset-checkpoint')) {
      const dash = name.lastIndexOf('-');
      const log = new UnifiedLog({
        io,
        topic: name.slice(0, dash),
        partition: Number(name.slice(dash + 1)),
        directory: join(folder, name),
        config: config({ 'cleanup.policy': 'compact' }),
        pool,
      });
      expect([name, log.logEndOffset]).toEqual([name, end]);
      log.abandon();
    }
  });
});

describe('indexes that are rebuilt', () => {
  it.each([
    ['segments-0', 256],
    ['bysize-0', 100],
    ['compacted-tx-0', 4096],
    ['shapes-0', 4096],
    ['codec-lz4-0', 4096],
  ])('from %s are those of Apache Kafka to the byte', async (name, intervalBytes) => {
    const folder = temporaryFolder();
    cpSync(join(DATA, name), join(folder, name), { recursive: true });
    const indexes = readdirSync(join(DATA, name)).filter((file) => /[.](time)?index$/.test(file));
    expect(indexes.length).toBeGreaterThan(1);
    for (const file of indexes) rmSync(join(folder, name, file));
    const log = new UnifiedLog({
      io: testIo(),
      topic: name.slice(0, -2),
      partition: 0,
      directory: join(folder, name),
      config: config({ 'index.interval.bytes': intervalBytes, 'cleanup.policy': 'compact' }),
      pool,
    });
    await log.close();
    for (const file of indexes) {
      const expected = readFileSync(join(DATA, name, file)).toString('hex');
      expect([file, readFileSync(join(folder, name, file)).toString('hex')]).toEqual([
        file,
        expected,
      ]);
    }
  });
});

describe('a damaged folder', () => {
  const names = existsSync(DAMAGED) ? readdirSync(DAMAGED) : [];
  for (const name of names) {
    for (const cleanShutdown of [true, false]) {
      it(`${name} opens ${cleanShutdown ? 'after a clean stop' : 'after a kill'}, or its file is named`, () => {
        const folder = temporaryFolder();
        cpSync(join(DAMAGED, name), join(folder, name), { recursive: true });
        try {
          const log = new UnifiedLog({
            io: testIo(),
            topic: name.slice(0, -2),
            partition: 0,
            directory: join(folder, name),
            config: config(),
            pool,
            cleanShutdown,
          });
          const end = log.logEndOffset;
          if (!cleanShutdown && end > log.logStartOffset) {
            // After a recovery everything that is left can be read, whatever is in its records.
            const all = { isolation: 'log-end', minOneMessage: true } as const;
            const [left] = log.read(log.logStartOffset, 1 << 24, all).records;
            expect(lastOffset(left!, batchPositions(left!).at(-1)!)).toBe(end - 1);
          }
          expect(log.appendAsLeader(batch(1, {}, NOW_MS), 9).firstOffset).toBe(end);
          log.abandon();
        } catch (error) {
          if (error instanceof ApiError) expect(error.message).toContain(folder);
          else {
            expect(error).toBeInstanceOf(DamagedFileError);
            expect((error as Error).message).toContain(folder);
          }
        }
      });
    }
  }
});
