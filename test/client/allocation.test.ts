// Nothing is allocated per record on the client's data plane: appending to the producer and walking what the consumer
// hands out grow the heap by less than a byte per record.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readBatches } from '../../src/client/consumer/fetched-records.ts';
import { RecordBatchBuilder } from '../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { ProduceCluster } from './support/produce-cluster.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const RECORDS = 50_000;
const VALUE = Buffer.alloc(512, 'abcdefghij');

/** Heap bytes per record of one run, the least of a few: other work of the process may only add. */
async function growthPerRecord(work: () => void, between: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 6; round++) {
    await between();
    collect();
    const before = process.memoryUsage().heapUsed;
    work();
    least = Math.min(least, process.memoryUsage().heapUsed - before);
  }
  return least / RECORDS;
}

describe('the heap', () => {
  it.each([
    ['without keys', null],
    ['with keys', VALUE],
  ])('doesn’t grow with records that are appended %s', async (_name, key) => {
    const world = new VirtualWorld(1);
    await world.scheduler.run(async () => {
      const cluster = await ProduceCluster.start(world);
      cluster.broker.topic('t', 4);
      const config = {
        'batch.size': '1000000',
        'linger.ms': '60000',
        'max.request.size': '8000000',
      };
      const producer = cluster.producer(config);
      await producer.ready('t');
      let refused = 0;
      const growth = await growthPerRecord(
        () => {
          for (let index = 0; index < RECORDS; index++) {
            const at = index & 0xff;
            const isIn = producer.append(
              't',
              -1,
              1700000000,
              key,
              at,
              at + 9,
              VALUE,
              at,
              at + 93,
              null,
            );
            if (!isIn) refused++;
          }
        },
        () => producer.flush(),
      );
      expect(refused).toBe(0);
      expect(growth).toBeLessThan(1);
      await producer.close();
    });
  });

  it('doesn’t grow with records that are fetched and walked', async () => {
    const builder = new RecordBatchBuilder({ initialBytes: 16 << 20 });
    for (let index = 0; index < RECORDS; index++) builder.append(1, null, 0, 0, VALUE, 0, 93);
    const records = builder.build();
    const fetched = {
      topic: 't',
      partition: 0,
      fetchOffset: 0,
      records,
      abortedTransactions: null,
    };
    const cursor = new RecordCursor();
    let bytes = 0;
    const growth = await growthPerRecord(
      () => {
        for (const batch of readBatches(fetched, { checkCrcs: true, isReadCommitted: true })
          .batches) {
          cursor.reset(batch.buffer, batch.at);
          while (cursor.next()) bytes += cursor.valueLength;
        }
      },
      () => Promise.resolve(),
    );
    expect(bytes).toBe(6 * RECORDS * 93);
    expect(growth).toBeLessThan(1);
  });
});
