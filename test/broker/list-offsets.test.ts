import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { DELETE_RECORDS } from '../../src/protocol/generated/apis/delete-records.ts';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, fetch, produce, TestBroker } from './support/running-broker.ts';

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

describe('offsets', () => {
  it('are found for all special timestamps and for times', async () => {
    await createTopic(client, 'timed');
    for (const timestamp of [1000, 3000, 2000]) {
      await produce(client, 'timed', batch(['x'], { timestamp }));
    }
    const find = async (timestamp: number, version = 11) => {
      const { topics } = await client.send(LIST_OFFSETS, version, {
        replicaId: -1,
        topics: [{ name: 'timed', partitions: [{ partitionIndex: 0, timestamp }] }],
      });
      const found = topics[0]!.partitions[0]!;
      return [found.errorCode, found.offset, found.timestamp];
    };
    expect(await find(-1)).toEqual([0, 3, -1]);
    expect(await find(-2)).toEqual([0, 0, -1]);
    expect(await find(-3)).toEqual([0, 1, 3000]);
    expect(await find(-4)).toEqual([0, 0, -1]);
    expect(await find(-5)).toEqual([0, -1, -1]);
    expect(await find(-6)).toEqual([0, -1, -1]);
    expect(await find(1500)).toEqual([0, 1, 3000]);
    expect(await find(9999)).toEqual([0, -1, -1]);
    expect(await find(-3, 6)).toEqual([Errors.UNSUPPORTED_VERSION, -1, -1]);
    expect(await find(-7)).toEqual([Errors.UNSUPPORTED_VERSION, -1, -1]);
  });

  it('are refused for a partition asked twice, and for another leader epoch', async () => {
    await createTopic(client, 'epochs');
    const find = async (partitions: { currentLeaderEpoch?: number }[]) => {
      const { topics } = await client.send(LIST_OFFSETS, 10, {
        replicaId: -1,
        topics: [
          {
            name: 'epochs',
            partitions: partitions.map((more) => ({ partitionIndex: 0, timestamp: -1, ...more })),
          },
        ],
      });
      return topics[0]!.partitions.map(({ errorCode }) => errorCode);
    };
    expect(await find([{}, {}])).toEqual([Errors.INVALID_REQUEST]);
    expect(await find([{ currentLeaderEpoch: 0 }])).toEqual([0]);
    expect(await find([{ currentLeaderEpoch: 7 }])).toEqual([Errors.UNKNOWN_LEADER_EPOCH]);
  });

  it('begin later once records are deleted', async () => {
    await createTopic(client, 'trimmed');
    await produce(client, 'trimmed', batch(['a', 'b', 'c']));
    const remove = async (offset: number) => {
      const { topics } = await client.send(DELETE_RECORDS, 2, {
        topics: [{ name: 'trimmed', partitions: [{ partitionIndex: 0, offset }] }],
      });
      return topics[0]!.partitions[0]!;
    };
    expect(await remove(2)).toMatchObject({ errorCode: 0, lowWatermark: 2 });
    expect((await remove(9)).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE);
    expect((await remove(-1)).lowWatermark).toBe(3);
    expect((await fetch(client, 'trimmed', 0)).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE);
  });
});
