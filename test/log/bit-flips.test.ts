// One bit turns over in a file beside the segments of a log that was stopped, cleanly or not. What is read afterwards is what
// was written, or an error that names the file. FLIPS=n tries more. (The segments themselves: recovery.test.ts.)

import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DamagedFileError } from '../../src/log/log-errors.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { ApiError } from '../../src/protocol/errors.ts';
import { buildEndTransactionBatch } from '../../src/records/control-record.ts';
import { verifyCrc } from '../../src/records/record-batch.ts';
import { VirtualRandom } from '../simulation/virtual-random.ts';
import { batch, config, NOW_MS, openLog, temporaryFolder, testIo, valuesOf } from './support.ts';

const flips = Number(process.env.FLIPS ?? 5);
const CONFIG = config({ 'internal.segment.bytes': 4000, 'index.interval.bytes': 150 });
const OPTIONS = { config: CONFIG };

interface Expected {
  readonly end: number;
  readonly values: ReadonlyMap<number, string | undefined>;
  readonly aborted: number;
}

/** Segments with every kind of file beside them. */
async function writtenLog(folder: string): Promise<Expected> {
  const log = openLog(testIo(), folder, OPTIONS);
  let sequence = 0;
  for (let n = 0; n < 60; n++) {
    const transactional = n % 14 === 0;
    const identity = { producerId: 5, producerEpoch: 0, baseSequence: sequence, transactional };
    log.appendAsLeader(batch(3, n % 2 === 0 ? identity : {}, NOW_MS + n * 10), n < 30 ? 1 : 2);
    if (n % 2 === 0) sequence += 3;
    if (!transactional) continue;
    const marker = { commit: n % 28 === 0, producerId: 5, producerEpoch: 0, coordinatorEpoch: 0 };
    const end = buildEndTransactionBatch({ ...marker, timestamp: NOW_MS + n * 10 });
    log.appendAsLeader(end, 2, { origin: 'coordinator' });
  }
  log.updateHighWatermark(log.logEndOffset);
  const values = new Map(readEverything(log));
  const expected = {
    end: log.logEndOffset,
    values,
    aborted: log.abortedTransactions(0, 1e9).length,
  };
  await log.close();
  return expected;
}

/** Fetches from every offset that a batch of ours begins at, as small reads: each goes through the index. */
function readEverything(log: UnifiedLog): [number, string | undefined][] {
  const found: [number, string | undefined][] = [];
  for (let next = log.logStartOffset; next < log.logEndOffset; ) {
    const { records, release } = log.read(next, 1, { isolation: 'log-end', minOneMessage: true });
    expect(records.length).toBe(1);
    // A reader checks what it gets.
    if (!verifyCrc(records[0]!, 0)) throw new DamagedFileError('its reader sees it', next, 'crc');
    const values = valuesOf(records).filter(([offset]) => offset >= next);
    expect(values.length).toBeGreaterThan(0);
    found.push(...values);
    next = values.at(-1)![0] + 1;
    release();
  }
  return found;
}

function flipBit(path: string, random: VirtualRandom): string {
  const bytes = readFileSync(path);
  const at = random.int(bytes.length);
  bytes[at]! ^= 1 << random.int(8);
  writeFileSync(path, bytes);
  return `${path} byte ${at}`;
}

function check(
  folder: string,
  expected: Expected,
  name: string,
  cleanShutdown: boolean,
  recoveryPoint: number,
): void {
  const warnings: string[] = [];
  const onWarning = (text: string) => warnings.push(text);
  const more = { ...OPTIONS, cleanShutdown, recoveryPoint, onWarning };
  let log: UnifiedLog | undefined;
  try {
    log = openLog(testIo(), folder, more);
    const isWhole = log.logEndOffset === expected.end;
    if (!isWhole) expect(warnings.join()).toContain('.log');
    for (const [offset, value] of readEverything(log))
      expect(expected.values.get(offset)).toBe(value);
    for (const [offset] of expected.values) {
      if (offset % 11 !== 0 || offset >= log.logEndOffset) continue;
      const { records, release } = log.read(offset, 1, {
        isolation: 'log-end',
        minOneMessage: true,
      });
      expect(valuesOf(records).map(([each]) => each)).toContain(offset);
      release();
    }
    // Another offset of a transaction may fit as well.
    if (isWhole && !name.endsWith('.txnindex'))
      expect(log.abortedTransactions(0, 1e9).length).toBe(expected.aborted);
  } catch (error) {
    const cause = error instanceof ApiError ? error.cause : error;
    if (!(cause instanceof DamagedFileError)) throw error;
  } finally {
    log?.abandon();
  }
}

describe('a bit that turns over', () => {
  test.each([
    ['after a clean stop', true, Number.MAX_SAFE_INTEGER],
    ['after a kill, with everything to be scanned', false, 0],
    ['after a kill, with most of it flushed', false, 150],
  ])('%s', async (_name, cleanShutdown, recoveryPoint) => {
    const folder = temporaryFolder();
    const expected = await writtenLog(folder);
    const directory = join(folder, 'orders-0');
    const names = readdirSync(directory);
    expect(new Set(names.map((name) => name.split('.').at(-1)))).toEqual(
      new Set(['log', 'index', 'timeindex', 'txnindex', 'snapshot', 'leader-epoch-checkpoint']),
    );
    cpSync(directory, join(folder, 'whole'), { recursive: true });
    const random = new VirtualRandom(77);
    for (const name of names.filter((each) => !each.endsWith('.log'))) {
      for (let n = 0; n < flips; n++) {
        rmSync(directory, { recursive: true });
        cpSync(join(folder, 'whole'), directory, { recursive: true });
        if (readFileSync(join(directory, name)).length === 0) continue;
        const where = flipBit(join(directory, name), random);
        try {
          check(folder, expected, name, cleanShutdown, recoveryPoint);
        } catch (error) {
          throw new Error(where, { cause: error });
        }
      }
    }
  });

  test('in an index is mended by the first read that it would have led astray, and told', async () => {
    const folder = temporaryFolder();
    const expected = await writtenLog(folder);
    const index = join(folder, 'orders-0', '00000000000000000000.index');
    const copy = join(folder, 'index');
    copyFileSync(index, copy);
    const bytes = readFileSync(index);
    bytes[bytes.length - 1]! ^= 16;
    writeFileSync(index, bytes);
    const warnings: string[] = [];
    const options = {
      ...OPTIONS,
      cleanShutdown: true,
      onWarning: (text: string) => warnings.push(text),
    };
    const log = openLog(testIo(), folder, options);
    expect(new Map(readEverything(log))).toEqual(expected.values);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`${index} at byte ${bytes.length - 8}`);
    log.abandon();
    expect(readFileSync(index).equals(readFileSync(copy))).toBe(true);
  });
});
