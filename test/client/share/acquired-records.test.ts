// What a share consumer holds of a partition, and what it says of it.

import { describe, expect, test } from 'vitest';
import { Acknowledge, AcquiredRecords } from '../../../src/client/share/acquired-records.ts';
import { type SharePartition, ShareSession } from '../../../src/client/share/share-session.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';

/** Of offsets 0 to `acquired` - 1, of which the first `records` are records. */
function held(acquired: number, records: number): AcquiredRecords {
  const all = new AcquiredRecords([{ firstOffset: 0, lastOffset: acquired - 1, deliveryCount: 2 }]);
  const batch = Array.from({ length: records }, () => ({ timestamp: 0, key: null, value: null }));
  all.addBatch(buildBatch(batch), 0);
  return all;
}

const batch = (firstOffset: number, lastOffset: number, ...acknowledgeTypes: number[]) => {
  return { firstOffset, lastOffset, acknowledgeTypes };
};

describe('acquired records', () => {
  test('of which all were accepted go as one run with one type', () => {
    const records = held(4, 4);
    records.acknowledgeAll(Acknowledge.ACCEPT);
    expect(records.undecidedCount).toBe(0);
    expect(records.take()).toEqual([batch(0, 3, 1)]);
    expect(records.take()).toEqual([]);
  });

  test('of different fates go as one run with a type each', () => {
    const records = held(3, 3);
    expect(records.acknowledge(0, Acknowledge.ACCEPT)).toBe(true);
    expect(records.acknowledge(1, Acknowledge.RELEASE)).toBe(true);
    expect(records.acknowledge(2, Acknowledge.REJECT)).toBe(true);
    expect(records.take()).toEqual([batch(0, 2, 1, 2, 3)]);
  });

  test('that nothing was said of break a run and stay', () => {
    const records = held(3, 3);
    records.acknowledge(0, Acknowledge.ACCEPT);
    records.acknowledge(2, Acknowledge.ACCEPT);
    expect(records.take()).toEqual([batch(0, 0, 1), batch(2, 2, 1)]);
    expect(records.undecidedCount).toBe(1);
    records.acknowledge(1, Acknowledge.REJECT);
    expect(records.take()).toEqual([batch(1, 1, 3)]);
  });

  test('that are gaps are told as gaps, and are nobody to speak of', () => {
    const records = held(3, 2);
    expect(records.acknowledge(2, Acknowledge.ACCEPT)).toBe(false);
    records.acknowledgeAll(Acknowledge.ACCEPT);
    expect(records.take()).toEqual([batch(0, 2, 1, 1, 0)]);
  });

  test('that were renewed are to be spoken of again', () => {
    const records = held(2, 2);
    records.acknowledge(0, Acknowledge.RENEW);
    records.acknowledge(1, Acknowledge.ACCEPT);
    expect(records.take()).toEqual([batch(0, 1, 4, 1)]);
    expect(records.undecidedCount).toBe(1);
    expect(records.acknowledge(1, Acknowledge.RELEASE)).toBe(false);
    records.acknowledge(0, Acknowledge.ACCEPT);
    expect(records.take()).toEqual([batch(0, 0, 1)]);
  });

  test('know how often they were handed out; others are none of ours', () => {
    const records = held(2, 2);
    expect(records.deliveryCount(1)).toBe(2);
    expect(records.deliveryCount(2)).toBeUndefined();
    expect(records.acknowledge(2, Acknowledge.ACCEPT)).toBe(false);
  });
});

describe('a share session', () => {
  const partition = (number: number): SharePartition => {
    return { topic: 't', topicId: 'id', partition: number };
  };
  const wanted = (...numbers: number[]) =>
    new Map(numbers.map((number) => [String(number), partition(number)]));

  test('names everything at first, and then what changed', () => {
    const session = new ShareSession();
    expect(session.fetch(wanted(0, 1))).toEqual({
      epoch: 0,
      toAdd: [partition(0), partition(1)],
      toForget: [],
    });
    expect(session.isOpen).toBe(false);
    session.advance();
    expect(session.isOpen).toBe(true);
    expect(session.fetch(wanted(1, 2))).toEqual({
      epoch: 1,
      toAdd: [partition(2)],
      toForget: [partition(0)],
    });
  });

  test('names everything again once it was lost', () => {
    const session = new ShareSession();
    session.fetch(wanted(0));
    session.advance();
    session.reset();
    expect(session.fetch(wanted(0))).toEqual({ epoch: 0, toAdd: [partition(0)], toForget: [] });
  });
});
