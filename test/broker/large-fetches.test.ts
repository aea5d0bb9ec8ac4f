// Fetches that are sent from the segment file: what they carry, and what clients that don't read them cost the others.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FETCH } from '../../src/protocol/generated/apis/fetch.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { baseOffset, sizeInBytes, verifyCrc } from '../../src/records/record-batch.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import type { RawClient } from './support/raw-client.ts';
import {
  batch,
  createTopic,
  fetch,
  fetchDraft,
  produce,
  TestBroker,
} from './support/running-broker.ts';

const SMALL = 'small-batches';
const LARGE = 'large-batches';
let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
  await createTopic(client, SMALL, { configs: { 'segment.bytes': '1048576' } });
  await createTopic(client, LARGE);
  for (let i = 0; i < 1500; i++) await produce(client, SMALL, batch([`${i}:${'x'.repeat(1000)}`]));
  for (let i = 0; i < 10; i++) await produce(client, LARGE, batch([`${i}:${'y'.repeat(900_000)}`]));
});

afterAll(() => broker.stop());

/** The records' numbers, and the offset to go on from. */
function numbersIn(records: Buffer): { numbers: number[]; nextOffset: number } {
  const numbers: number[] = [];
  const cursor = new RecordCursor();
  let nextOffset = -1;
  for (let at = 0; at < records.length; at += sizeInBytes(records, at)) {
    cursor.reset(records, at);
    while (cursor.next()) {
      const value = cursor.buffer.toString('utf8', cursor.valuePosition, cursor.valuePosition + 10);
      numbers.push(Number(value.split(':')[0]));
      nextOffset = cursor.offset + 1;
    }
  }
  return { numbers, nextOffset };
}

async function readAll(topic: string, isolationLevel: number, maxBytes: number): Promise<number[]> {
  const all: number[] = [];
  for (let offset = 0; ; ) {
    const more = { isolationLevel, maxBytes, partitionMaxBytes: maxBytes };
    const { records, highWatermark } = await fetch(client, topic, offset, more);
    const { numbers, nextOffset } = numbersIn(records!);
    if (numbers.length === 0) return all;
    // Never more than asked for, but for a single batch that is larger by itself.
    if (numbers.length > 1) expect(records!.length).toBeLessThanOrEqual(maxBytes);
    all.push(...numbers);
    offset = nextOffset;
    if (offset >= highWatermark) return all;
  }
}

describe('large fetches', () => {
  it.each([
    [SMALL, 1500, 0, 200_000],
    [SMALL, 1500, 1, 5_000_000],
    [SMALL, 1500, 0, 65_536],
    [LARGE, 10, 0, 1_000_000],
    [LARGE, 10, 1, 100_000],
    [LARGE, 10, 0, 50_000_000],
  ])('%s: all %i records, each once (isolation %i, %i bytes at most)', async (...row) => {
    const [topic, count, isolationLevel, maxBytes] = row;
    const numbers = await readAll(topic, isolationLevel, maxBytes);
    expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  it('begin with the batch that holds the offset', async () => {
    const { records } = await fetch(client, SMALL, 777, { partitionMaxBytes: 300_000 });
    expect(baseOffset(records!, 0)).toBe(777);
  });

  it('come whole to a reader who was slow while others read much', async () => {
    const slow = await Promise.all(Array.from({ length: 3 }, () => broker.client()));
    const draft = fetchDraft(LARGE, 0, { maxBytes: 50_000_000, partitionMaxBytes: 50_000_000 });
    // More than the system holds for a connection.
    const answers = slow.flatMap((each) => {
      each.socket.pause();
      return Array.from({ length: 4 }, () => each.send(FETCH, 12, draft));
    });
    for (let turn = 0; turn < 3; turn++) {
      expect(await readAll(SMALL, 0, 5_000_000)).toHaveLength(1500);
    }
    for (const each of slow) each.socket.resume();
    for (const { responses } of await Promise.all(answers)) {
      const records = responses[0]!.partitions[0]!.records!;
      for (let at = 0; at < records.length; at += sizeInBytes(records, at)) {
        expect(() => verifyCrc(records, at)).not.toThrow();
      }
      expect(numbersIn(records).numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('that nobody reads don’t keep others from being served, nor does their readers’ leaving', async () => {
    const slow = await Promise.all(Array.from({ length: 40 }, () => broker.client()));
    for (const each of slow) {
      each.socket.pause();
      const draft = fetchDraft(LARGE, 0, { maxBytes: 50_000_000, partitionMaxBytes: 50_000_000 });
      for (let i = 0; i < 5; i++) each.post(FETCH, 12, draft);
    }
    expect((await client.send(METADATA, 13, { topics: [] })).errorCode).toBe(0);
    for (const each of slow) each.socket.destroy();
    const after = await broker.client();
    expect((await after.send(METADATA, 13, { topics: [] })).errorCode).toBe(0);
  });
});
