// Nothing is allocated per record: encoding, walking and appending 100,000 records grow the heap by less than a byte each.
// All of it fits the young generation, so no collection hides what would be allocated.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { RecordScan } from '../../src/log/record-scan.ts';
import { RecordBatchBuilder } from '../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { openLog, temporaryFolder, testIo } from '../log/support.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const RECORDS = 100_000;

/** Heap bytes per record of one run, the least of a few: other work of the process may only add. */
function growthPerRecord(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) work();
  for (let i = 0; i < 5; i++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    work();
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  return least / RECORDS;
}

function fill(builder: RecordBatchBuilder): void {
  const value = VALUE;
  for (let i = 0; i < 100; i++) {
    // A number beyond 31 bits is an object of its own where it is handed over: one per millisecond, not per record.
    const timestamp = 1700000000000 + i;
    for (let k = 0; k < RECORDS / 100; k++) {
      builder.append(timestamp, value, 0, 10, value, k & 0xff, (k & 0xff) + 93);
    }
  }
}

const VALUE = Buffer.alloc(512, 'abcdefghij');

describe('the heap', () => {
  it('doesn’t grow with the records of a batch that is built', () => {
    const builder = new RecordBatchBuilder({ initialBytes: 16 << 20 });
    const growth = growthPerRecord(() => {
      builder.reset();
      fill(builder);
    });
    expect(builder.recordCount).toBe(RECORDS);
    expect(growth).toBeLessThan(1);
  });

  it('doesn’t grow with the records of a batch that is walked', () => {
    const builder = new RecordBatchBuilder({ initialBytes: 16 << 20 });
    fill(builder);
    const batch = builder.build();
    const cursor = new RecordCursor();
    let bytes = 0;
    const growth = growthPerRecord(() => {
      let sum = 0;
      cursor.reset(batch, 0);
      while (cursor.next()) sum += cursor.valueLength;
      bytes = sum;
    });
    expect(bytes).toBe(RECORDS * 93);
    expect(growth).toBeLessThan(1);
  });

  it('doesn’t grow with the records of a batch that a leader checks', () => {
    const builder = new RecordBatchBuilder({ initialBytes: 16 << 20 });
    fill(builder);
    const batch = builder.build();
    const scan = new RecordScan();
    expect(growthPerRecord(() => scan.run(batch, 61, batch.length, RECORDS))).toBeLessThan(1);
  });

  it('doesn’t grow with the records of batches that are appended', () => {
    const log = openLog(testIo(), temporaryFolder());
    const builder = new RecordBatchBuilder({ limitBytes: 1 << 20, initialBytes: 1 << 20 });
    while (builder.append(1700000000000, null, 0, 0, VALUE, 0, 93));
    const pristine = Buffer.from(builder.build());
    const batch = Buffer.from(pristine);
    const growth = growthPerRecord(() => {
      for (let i = 0; i < RECORDS; i += builder.recordCount) {
        pristine.copy(batch, 0, 0, 61);
        log.appendAsLeader(batch, 0);
      }
    });
    log.abandon();
    expect(growth).toBeLessThan(1);
  });
});
