import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MemberState } from '../../src/coordinator/group/consumer/consumer-member.ts';
import { GroupRecordSerde } from '../../src/coordinator/group/records.ts';
import { StreamsMemberState } from '../../src/coordinator/group/streams/streams-member.ts';
import { serializeRecord } from '../../src/coordinator/runtime/serialized-record.ts';
import { forEachBatch, isControl } from '../../src/records/record-batch.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';

const APACHE_LOG = new URL(
  '../conformance/transcripts/fixtures/datadir/__consumer_offsets-0/00000000000000000000.log',
  import.meta.url,
);

interface RawRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

function recordsOf(log: Buffer): RawRecord[] {
  const records: RawRecord[] = [];
  const cursor = new RecordCursor();
  forEachBatch(log, 0, log.length, (at) => {
    if (isControl(log, at)) return;
    cursor.reset(log, at);
    while (cursor.next()) {
      const { buffer, keyPosition, keyLength, valuePosition, valueLength } = cursor;
      records.push({
        key: Buffer.from(buffer.subarray(keyPosition, keyPosition + keyLength)),
        value:
          valueLength < 0
            ? null
            : Buffer.from(buffer.subarray(valuePosition, valuePosition + valueLength)),
      });
    }
  });
  return records;
}

describe('records of __consumer_offsets that Apache Kafka 4.3.1 wrote', () => {
  const records = recordsOf(readFileSync(APACHE_LOG));
  const serde = new GroupRecordSerde();

  test('there are offsets, classic, consumer and streams groups among them', () => {
    const types = new Set(records.map(({ key }) => key.readInt16BE(0)));
    for (const type of [1, 2, 3, 5, 6, 7, 8, 17, 19, 20, 21, 22, 23])
      expect([...types]).toContain(type);
  });

  test('become the same bytes again', () => {
    let known = 0;
    for (const { key, value } of records) {
      const whole = Buffer.concat([key, value ?? Buffer.alloc(0)]);
      const valueStart = value === null ? -1 : key.length;
      const record = serde.deserialize(whole, 0, key.length, valueStart, whole.length);
      if (record === undefined) continue;
      known++;
      const { bytes, keyLength, isTombstone } = serializeRecord(serde, record);
      expect(bytes.subarray(0, keyLength)).toEqual(key);
      expect(isTombstone ? null : bytes.subarray(keyLength)).toEqual(value);
    }
    expect(known).toBeGreaterThan(10);
  });
});

test('the states of members have the numbers of Kafka, which differ between consumer and streams groups', () => {
  // modern.MemberState and streams.MemberState of 4.3.1.
  expect(Object.values(MemberState)).toEqual([0, 1, 2, 127]);
  expect(Object.values(StreamsMemberState)).toEqual([1, 2, 3, 127]);
});
