// The same input, cleaned at the same times by this cleaner and (recorded) by Apache Kafka's: the same batches, to the
// byte where nothing is compressed, and the same indexes. apache/make-fixture.ts recorded them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { nodeClock } from '../../../src/io/node-clock.ts';
import { completeBatchBytes, verifyCrc } from '../../../src/records/record-batch.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import { temporaryFolder, testIo } from '../support.ts';
import { CASES, INPUT_CONFIG, type RecordedCase } from './apache/cases.ts';
import { fill } from './apache/input.ts';
import { compactedLog, testCleaner } from './support.ts';

const recorded = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, 'apache/recorded.json.gz'))).toString(),
) as RecordedCase[];

/** The header without size and checksum, then what the records say. */
function describeBatches(bytes: Buffer): string[] {
  const cursor = new RecordCursor();
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = completeBatchBytes(bytes, at, bytes.length);
    expect(verifyCrc(bytes, at)).toBe(true);
    found.push(`${bytes.toString('hex', at, at + 8)} ${bytes.toString('hex', at + 21, at + 61)}`);
    cursor.reset(bytes, at);
    while (cursor.next()) {
      const [tail, offset] = [
        cursor.buffer.subarray(cursor.tailPosition, cursor.end),
        cursor.offset,
      ];
      found.push(`${offset} ${cursor.timestamp} ${tail.toString('hex')}`);
    }
    at += size;
  }
  return found;
}

test('the recorded cases are those of the list', () => {
  expect(recorded.map(({ input, timesMs }) => ({ input, timesMs }))).toEqual(CASES);
});

test.each(recorded)('seed $input.seed, cleaned at $timesMs', async ({ input, timesMs, files }) => {
  const io = testIo();
  io.clock.defer = nodeClock.defer;
  io.clock.now = timesMs[0]!;
  const log = compactedLog(io, temporaryFolder(), { ...INPUT_CONFIG, 'file.delete.delay.ms': 0 });
  fill(log, input);
  const { clean, checkpoints, warnings } = testCleaner(io, [log]);
  for (const timeMs of timesMs) {
    io.clock.advance(timeMs - io.clock.now);
    checkpoints.clear();
    expect(await clean()).toBe(1);
  }
  expect(warnings).toEqual([]);
  const end = log.segments.active.baseOffset;
  await log.close();
  const ours = (name: string) => readFileSync(join(log.directory, name));
  expect(checkpoints.get(log)).toBe(end);
  for (const [name, base64] of Object.entries(files)) {
    const theirs = Buffer.from(base64, 'base64');
    expect([name, existsSync(join(log.directory, name))]).toEqual([name, true]);
    if (name.endsWith('.log')) {
      expect([name, describeBatches(ours(name))]).toEqual([name, describeBatches(theirs)]);
    }
    // Compressed sizes are the compressor's, and with them the positions in the indexes.
    const sameBytes = !input.compressed || name.endsWith('.txnindex');
    if (sameBytes) {
      expect([name, ours(name).toString('hex')]).toEqual([name, theirs.toString('hex')]);
    }
  }
});
