// A broker with two log directories of which one goes away under it.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { CREATE_PARTITIONS } from '../../src/protocol/generated/apis/create-partitions.ts';
import { DESCRIBE_LOG_DIRS } from '../../src/protocol/generated/apis/describe-log-dirs.ts';
import { DESCRIBE_PRODUCERS } from '../../src/protocol/generated/apis/describe-producers.ts';
import { DESCRIBE_TOPIC_PARTITIONS } from '../../src/protocol/generated/apis/describe-topic-partitions.ts';
import { ELECT_LEADERS } from '../../src/protocol/generated/apis/elect-leaders.ts';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { batch, createTopic, fetch, produce, TestBroker } from './support/running-broker.ts';

let broker: TestBroker | undefined;
const folder = mkdtempSync(join(tmpdir(), 'kafta-dirs-'));

afterEach(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a log directory that fails', () => {
  it('costs its partitions alone, and is shown', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    broker = await TestBroker.start({
      properties: {
        'log.dirs': `${a},${b}`,
        'metadata.log.dir': a,
        'broker.heartbeat.interval.ms': '50',
      },
    });
    const client = await broker.client();
    await createTopic(client, 'spread', {
      partitions: 4,
      configs: { 'internal.segment.bytes': '200' },
    });
    const inB = [0, 1, 2, 3].filter((n) => readdirSync(b).includes(`spread-${n}`));
    expect(inB).toHaveLength(2);
    rmSync(b, { recursive: true });

    const send = async (partition: number) =>
      (await produce(client, 'spread', batch(['x'.repeat(100)]), { partition })).errorCode;
    // The files that are open still take something; the next segment can't be made.
    const [lost, alsoLost] = inB as [number, number];
    const codes = [await send(lost), await send(lost), await send(lost)];
    expect(codes.at(-1)).toBe(Errors.KAFKA_STORAGE_ERROR);
    expect(await send(alsoLost)).toBe(Errors.KAFKA_STORAGE_ERROR);
    for (const n of [0, 1, 2, 3].filter((each) => !inB.includes(each))) {
      expect([await send(n), await send(n)]).toEqual([0, 0]);
    }
    const found = await fetch(client, 'spread', 0, {
      topics: [
        {
          topic: 'spread',
          partitions: [{ partition: alsoLost, fetchOffset: 0, partitionMaxBytes: 1000 }],
        },
      ],
    });
    expect(found.errorCode).toBe(Errors.KAFKA_STORAGE_ERROR);
    const offsets = await client.send(LIST_OFFSETS, 7, {
      replicaId: -1,
      topics: [{ name: 'spread', partitions: [{ partitionIndex: lost, timestamp: -1 }] }],
    });
    expect(offsets.topics[0]?.partitions[0]?.errorCode).toBe(Errors.KAFKA_STORAGE_ERROR);

    const { results } = await client.send(DESCRIBE_LOG_DIRS, 4, { topics: null });
    expect(
      results.map(({ logDir, errorCode, topics }) => [logDir, errorCode, topics.length]),
    ).toEqual([
      [a, 0, 1],
      [b, Errors.KAFKA_STORAGE_ERROR, 0],
    ]);
    const [whole, gone] = results;
    expect(whole!.totalBytes).toBeGreaterThan(whole!.usableBytes);
    expect(gone!.totalBytes).toBe(-1);
    expect(broker.lines.filter((line) => line.includes('is offline'))).toHaveLength(1);

    // The controller is told: the partitions there have no leader, and get none while the directory is away.
    const partitions = async () => {
      const { topics } = await client.send(METADATA, 12, { topics: [{ name: 'spread' }] });
      return new Map(topics[0]!.partitions.map((each) => [each.partitionIndex, each]));
    };
    let seen = await partitions();
    while (seen.get(lost)!.leaderId !== -1) seen = await partitions();
    const kept = [0, 1, 2, 3].find((n) => !inB.includes(n))!;
    expect(seen.get(lost)).toMatchObject({
      errorCode: Errors.LEADER_NOT_AVAILABLE,
      isrNodes: [],
      offlineReplicas: [1],
    });
    expect(seen.get(kept)).toMatchObject({ errorCode: 0, leaderId: 1, offlineReplicas: [] });
    const { topics: shown } = await client.send(DESCRIBE_TOPIC_PARTITIONS, 0, {
      topics: [{ name: 'spread' }],
      responsePartitionLimit: 100,
    });
    expect(shown[0]!.partitions[lost]).toMatchObject({
      errorCode: 0,
      leaderId: -1,
      isrNodes: [],
      offlineReplicas: [1],
    });
    const { replicaElectionResults } = await client.send(ELECT_LEADERS, 2, {
      electionType: 1,
      topicPartitions: [{ topic: 'spread', partitions: [lost] }],
      timeoutMs: 1000,
    });
    expect(replicaElectionResults[0]!.partitionResult[0]!.errorCode).toBe(
      Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
    );
    const { topics: producers } = await client.send(DESCRIBE_PRODUCERS, 0, {
      topics: [{ name: 'spread', partitionIndexes: [lost] }],
    });
    expect(producers[0]!.partitions[0]).toMatchObject({
      errorCode: Errors.KAFKA_STORAGE_ERROR,
      errorMessage: null,
    });
    // What is new goes where there is room.
    await createTopic(client, 'after', { partitions: 2 });
    expect((await produce(client, 'after', batch(['y']), { partition: 1 })).errorCode).toBe(0);
  });

  it('is noticed when nobody writes there', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    broker = await TestBroker.start({
      properties: {
        'log.dirs': `${a},${b}`,
        'metadata.log.dir': a,
        'broker.heartbeat.interval.ms': '50',
        'replica.high.watermark.checkpoint.interval.ms': '50',
      },
    });
    const client = await broker.client();
    await createTopic(client, 'quiet', { partitions: 2 });
    const leaders = async () => {
      const { topics } = await client.send(METADATA, 12, { topics: [{ name: 'quiet' }] });
      return topics[0]!.partitions.map(({ leaderId }) => leaderId).sort();
    };
    expect(await leaders()).toEqual([1, 1]);
    // All that there is to write there is written.
    const checkpoint = join(b, 'replication-offset-checkpoint');
    while (!existsSync(checkpoint) || !readFileSync(checkpoint, 'utf8').includes('quiet')) {
      await leaders();
    }
    rmSync(b, { recursive: true });
    let found = await leaders();
    while (!found.includes(-1)) found = await leaders();
    expect(found).toEqual([-1, 1]);
  });

  it('at the start leaves its partitions offline: no empty ones take their place', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const properties = {
      'log.dirs': `${a},${b}`,
      'metadata.log.dir': a,
      'broker.heartbeat.interval.ms': '50',
    };
    broker = await TestBroker.start({ dataDirectory: folder, properties });
    await createTopic(await broker.client(), 'kept', { partitions: 2 });
    const inB = [0, 1].find((n) => readdirSync(b).includes(`kept-${n}`))!;
    await broker.stop();
    const checkpoint = join(b, 'recovery-point-offset-checkpoint');
    rmSync(checkpoint, { force: true });
    mkdirSync(checkpoint);

    broker = await TestBroker.start({ dataDirectory: folder, properties });
    const client = await broker.client();
    const leaderOf = async (index: number) => {
      const { topics } = await client.send(METADATA, 12, { topics: [{ name: 'kept' }] });
      return topics[0]!.partitions.find((each) => each.partitionIndex === index)!.leaderId;
    };
    while ((await leaderOf(inB)) !== -1);
    // Whatever the metadata say next of the topic.
    await client.send(CREATE_PARTITIONS, 3, {
      topics: [{ name: 'kept', count: 3, assignments: null }],
      timeoutMs: 1000,
    });
    while ((await produce(client, 'kept', batch(['x']), { partition: 2 })).errorCode !== 0);
    expect(await leaderOf(inB)).toBe(-1);
    expect((await produce(client, 'kept', batch(['x']), { partition: inB })).errorCode).toBe(
      Errors.KAFKA_STORAGE_ERROR,
    );
    expect(readdirSync(a)).not.toContain(`kept-${inB}`);
  });

  it('whose meta.properties can’t be read at the start costs its partitions until it can', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const properties = { 'log.dirs': `${a},${b}`, 'metadata.log.dir': a };
    const start = async () => {
      broker = await TestBroker.start({ dataDirectory: folder, properties });
      return broker.client();
    };
    await createTopic(await start(), 'kept', { partitions: 2 });
    const inB = [0, 1].find((n) => readdirSync(b).includes(`kept-${n}`))!;
    const first = await broker!.client();
    await produce(first, 'kept', batch(['x']), { partition: inB });
    await broker!.stop();
    const file = join(b, 'meta.properties');
    const whole = readFileSync(file);
    writeFileSync(file, 'version=9\n');

    const client = await start();
    const told = broker!.lines.filter((line) => line.includes(`${b} is offline`));
    expect(told).toEqual([expect.stringContaining('Unknown meta.properties version number 9')]);
    const codeOf = async (topic: string, partition: number) =>
      (await produce(client, topic, batch(['y']), { partition })).errorCode;
    expect(await codeOf('kept', inB)).toBe(Errors.KAFKA_STORAGE_ERROR);
    expect(await codeOf('kept', 1 - inB)).toBe(0);
    const { topics } = await client.send(METADATA, 12, { topics: [{ name: 'kept' }] });
    const lost = topics[0]!.partitions.find((each) => each.partitionIndex === inB);
    expect(lost).toMatchObject({ leaderId: -1, offlineReplicas: [1] });
    const { results } = await client.send(DESCRIBE_LOG_DIRS, 4, { topics: null });
    expect(results.map(({ logDir, errorCode }) => [logDir, errorCode])).toEqual([
      [a, 0],
      [b, Errors.KAFKA_STORAGE_ERROR],
    ]);
    await createTopic(client, 'after', { partitions: 2 });
    expect(await codeOf('after', 1)).toBe(0);
    expect(readdirSync(b)).not.toContain('after-1');
    await broker!.stop();

    writeFileSync(file, whole);
    const again = await start();
    let found = await fetch(again, 'kept', 0);
    while (found.errorCode !== 0) found = await fetch(again, 'kept', 0);
    const { topics: offsets } = await again.send(LIST_OFFSETS, 7, {
      replicaId: -1,
      topics: [{ name: 'kept', partitions: [{ partitionIndex: inB, timestamp: -1 }] }],
    });
    expect(offsets[0]?.partitions[0]).toMatchObject({ errorCode: 0, offset: 1 });
  });

  it('refuses the start when there is no other one', async () => {
    const properties = {
      'log.dirs': join(folder, 'only'),
      'metadata.log.dir': join(folder, 'metadata'),
    };
    broker = await TestBroker.start({ dataDirectory: folder, properties });
    await broker.stop();
    writeFileSync(join(folder, 'only', 'meta.properties'), 'version=9\n');
    await expect(TestBroker.start({ dataDirectory: folder, properties })).rejects.toThrow(
      /only\/meta.properties: Unknown meta.properties version number 9/,
    );
  });
});
