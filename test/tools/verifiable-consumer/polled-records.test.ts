import { expect, test } from 'vitest';
import type { ConsumedBatch } from '../../../src/client/consumer/consumer.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import { PolledRecords } from '../../../src/tools/verifiable-consumer/polled-records.ts';

function batch(partition: number, fromOffset: number, count: number): ConsumedBatch {
  const records = Array.from({ length: count }, (_, index) => ({
    timestamp: 0,
    key: null,
    value: Buffer.from(String(index)),
  }));
  return { topic: 't', partition, buffer: buildBatch(records), at: 0, fromOffset } as ConsumedBatch;
}

test('records come in polls of max.poll.records, from where the reader stands in a batch', () => {
  const polled = new PolledRecords(3);
  polled.set([batch(0, 2, 4), batch(1, 0, 2)]);
  const offsets = () =>
    polled.next().map(({ partition, records }) => [partition, records.map((each) => each.offset)]);
  expect(offsets()).toEqual([
    [0, [2, 3]],
    [1, [0]],
  ]);
  expect(offsets()).toEqual([[1, [1]]]);
  expect(offsets()).toEqual([]);
});
