// The controller's life: what a new log begins with, that a restart is a replay, what happens to partitions when their
// broker comes and goes, and what Apache Kafka's own log means to it.
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LayeredMap } from '../../../src/common/layered-map.ts';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import type { MetadataDelta } from '../../../src/metadata/image/metadata-delta.ts';
import { EMPTY_IMAGE, type MetadataImage } from '../../../src/metadata/image/metadata-image.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture, create, DIRECTORY_ID, heartbeat, joinBroker } from '../support.ts';

let fixture: ControllerFixture;
beforeEach(() => {
  fixture = new ControllerFixture();
});
afterEach(() => fixture.close());

const partition = (controller: QuorumController, topic: string, id = 0) =>
  controller.image.topics.getTopic(topic)?.partitions[id];

/** An image without its place in the log, which moves with every start. */
const content = ({ provenance: _, ...rest }: MetadataImage) => plain(rest);

/** Maps of every make as plain maps, so that only what is in them counts. */
function plain(value: unknown): unknown {
  if (value instanceof Map || value instanceof LayeredMap) {
    const entries = [...(value as ReadonlyMap<string, unknown>)];
    return new Map(entries.map(([key, each]) => [key, plain(each)]));
  }
  if (Array.isArray(value)) return value.map(plain);
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

describe('a new cluster', () => {
  it('begins with Kafka’s bootstrap records in one transaction', async () => {
    const controller = await fixture.start();
    expect(controller.lastCommittedOffset).toBe(9);
    expect(Object.fromEntries(controller.image.features.finalizedVersions)).toEqual({
      'metadata.version': 30,
      'eligible.leader.replicas.version': 1,
      'group.version': 1,
      'share.version': 1,
      'streams.version': 1,
      'transaction.version': 2,
    });
    expect(controller.image.configs.configMapForResource(4, '')).toEqual(
      new Map([['min.insync.replicas', '1']]),
    );
  });

  it('gives the offset of its record to a registered broker as its epoch', async () => {
    const controller = await fixture.start();
    expect(await joinBroker(controller)).toBe(10);
    expect(controller.image.cluster.isUnfenced(1)).toBe(true);
  });
});

describe('publishers', () => {
  it('see all there is at first, then each change once, in order', async () => {
    const controller = await fixture.start();
    await joinBroker(controller);
    await create(controller, { name: 'before' });
    const seen: { topics: string[]; from: MetadataImage }[] = [];
    controller.addPublisher({
      name: 'test',
      onMetadataUpdate(delta: MetadataDelta) {
        const topics = [...(delta.topicsDelta?.changedTopics.values() ?? [])];
        seen.push({ topics: topics.map((topic) => topic.name), from: delta.image });
      },
    });
    await create(controller, { name: 'after' });
    expect(seen.map((each) => each.topics)).toEqual([['before'], ['after']]);
    expect(seen[0]?.from).toBe(EMPTY_IMAGE);
  });

  it('have seen a topic before its creation is answered', async () => {
    const controller = await fixture.start();
    await joinBroker(controller);
    let latest: MetadataImage = EMPTY_IMAGE;
    controller.addPublisher({ name: 'test', onMetadataUpdate: (_, image) => (latest = image) });
    await create(controller, { name: 'orders' });
    expect(latest.topics.getTopic('orders')).toBeDefined();
  });

  it('that throw are a fault', async () => {
    const controller = await fixture.start();
    await joinBroker(controller);
    let calls = 0;
    controller.addPublisher({
      name: 'test',
      onMetadataUpdate() {
        if (calls++ > 0) throw new Error('no');
      },
    });
    await expect(create(controller, { name: 'orders' })).rejects.toThrow('no');
    expect(fixture.faults.length).toBe(1);
  });
});

describe('a restart', () => {
  it('is a replay: the same image, one epoch later', async () => {
    const first = await fixture.start();
    await joinBroker(first);
    await create(first, {
      name: 'orders',
      numPartitions: 3,
      configs: [{ name: 'retention.ms', value: '1' }],
    });
    await create(first, { name: 'gone' });
    await first.deleteTopics({ topicNames: ['gone'], topics: [], timeoutMs: 1 });
    const before = first.image;
    await first.shutdown();
    const second = await fixture.start();
    expect(second.leaderEpoch).toBe(2);
    expect(content(second.image)).toEqual(content(before));
  });

  it('from a snapshot gives the same image', async () => {
    const first = await fixture.start({ 'metadata.log.max.record.bytes.between.snapshots': '1' });
    await joinBroker(first);
    await create(first, {
      name: 'orders',
      numPartitions: 3,
      configs: [{ name: 'retention.ms', value: '1' }],
    });
    const before = first.image;
    await first.shutdown();
    const log = join(fixture.directory, '__cluster_metadata-0');
    const snapshots = readdirSync(log).filter((name) => name.endsWith('.checkpoint'));
    expect(snapshots.length).toBeGreaterThan(1);
    rmSync(join(log, '00000000000000000000.log'));
    const second = await fixture.start();
    expect(content(second.image)).toEqual(content(before));
  });

  it('after a kill elects the last known leader, in recovery (KIP-966)', async () => {
    const first = await fixture.start();
    await joinBroker(first);
    await create(first, { name: 'orders' });
    const second = await fixture.start();
    await joinBroker(second);
    expect(partition(second, 'orders')).toMatchObject({
      leader: 1,
      isr: [1],
      elr: [],
      lastKnownElr: [],
      leaderEpoch: 2,
      leaderRecoveryState: 1,
    });
  });

  it('after a clean shutdown elects from the eligible leader replicas, without recovery', async () => {
    const first = await fixture.start();
    const epoch = await joinBroker(first);
    await create(first, { name: 'orders' });
    await heartbeat(first, 1, epoch, { wantShutDown: true });
    expect(partition(first, 'orders')).toMatchObject({ leader: -1, isr: [], elr: [1] });
    const answer = await heartbeat(first, 1, epoch, { wantShutDown: true });
    expect(answer.shouldShutDown).toBe(true);
    await first.shutdown();
    const second = await fixture.start();
    await joinBroker(second, 1, { previousBrokerEpoch: epoch });
    expect(partition(second, 'orders')).toMatchObject({
      leader: 1,
      isr: [1],
      elr: [],
      leaderRecoveryState: 0,
    });
  });
});

describe('the log and the snapshot that Apache Kafka 4.3.1 wrote', () => {
  const apache = fileURLToPath(
    new URL('../../conformance/transcripts/fixtures/datadir/__cluster_metadata-0', import.meta.url),
  );

  it('is replayed, led on, and written to a snapshot that means the same', async () => {
    const log = join(fixture.directory, '__cluster_metadata-0');
    cpSync(apache, log, { recursive: true });
    const first = await fixture.start({ 'metadata.log.max.record.bytes.between.snapshots': '1' });
    expect(first.leaderEpoch).toBe(4);
    expect(first.image.topics.topicsByName.size).toBeGreaterThan(5);
    expect(first.image.features.metadataVersion).toBe(30);
    await joinBroker(first);
    const before = first.image;
    await first.shutdown();
    for (const name of readdirSync(log)) if (name.endsWith('.log')) rmSync(join(log, name));
    const second = await fixture.start();
    expect(content(second.image)).toEqual(content(before));
  });

  it('without its snapshot means the same', async () => {
    const log = join(fixture.directory, '__cluster_metadata-0');
    cpSync(apache, log, { recursive: true });
    const withSnapshot = await fixture.start();
    const expected = content(withSnapshot.image);
    await withSnapshot.shutdown();
    rmSync(log, { recursive: true });
    cpSync(apache, log, { recursive: true });
    for (const name of readdirSync(log)) {
      if (name.endsWith('.checkpoint')) rmSync(join(log, name));
    }
    const without = await fixture.start();
    expect(content(without.image)).toEqual(expected);
    expect(existsSync(join(log, 'quorum-state'))).toBe(true);
  });
});

describe('brokers', () => {
  it('of another cluster, or with an id that is alive, are refused', async () => {
    const controller = await fixture.start();
    await joinBroker(controller);
    await expect(joinBroker(controller)).rejects.toThrow(
      String(Errors.DUPLICATE_BROKER_REGISTRATION),
    );
    await expect(joinBroker(controller, 2, { directoryId: DIRECTORY_ID })).rejects.toThrow(
      String(Errors.INVALID_REGISTRATION),
    );
  });

  it('with a stale epoch are told so', async () => {
    const controller = await fixture.start();
    const epoch = await joinBroker(controller);
    const { errorCode } = await heartbeat(controller, 1, epoch - 1);
    expect(errorCode).toBe(Errors.STALE_BROKER_EPOCH);
  });

  it('that fall silent are fenced and lose their leaderships', async () => {
    const controller = await fixture.start({
      'broker.session.timeout.ms': '400',
      'broker.heartbeat.interval.ms': '100',
    });
    await joinBroker(controller);
    await create(controller, { name: 'orders' });
    await new Promise<void>((resolve) => {
      controller.addPublisher({
        name: 'fencing',
        onMetadataUpdate(_, image) {
          if (image.cluster.brokers.get(1)?.fenced) resolve();
        },
      });
    });
    expect(partition(controller, 'orders')).toMatchObject({ leader: -1, isr: [], elr: [1] });
  });

  it('get blocks of producer ids that follow one another', async () => {
    const controller = await fixture.start();
    const brokerEpoch = await joinBroker(controller);
    const first = await controller.allocateProducerIds({ brokerId: 1, brokerEpoch });
    const second = await controller.allocateProducerIds({ brokerId: 1, brokerEpoch });
    expect([first.producerIdStart, second.producerIdStart]).toEqual([0, 1000]);
    expect(second.producerIdLen).toBe(1000);
  });

  it('several: a leader shrinks and grows its ISR, and the others take over when it goes', async () => {
    const controller = await fixture.start();
    const epochs = new Map<number, number>();
    for (const id of [1, 2, 3]) {
      const directoryId = `directory${id}AAAAAAAAAAAQ`.slice(0, 22);
      epochs.set(id, await joinBroker(controller, id, { directoryId }));
    }
    const { errorCode } = await create(controller, {
      name: 'orders',
      assignments: [{ partitionIndex: 0, brokerIds: [1, 2, 3] }],
    });
    expect(errorCode).toBe(0);
    const topicId = controller.image.topics.getTopic('orders')?.id as string;
    const alter = (isr: number[], partitionEpoch: number) =>
      controller.alterPartition({
        brokerId: 1,
        brokerEpoch: epochs.get(1) as number,
        topics: [
          {
            topicId,
            partitions: [
              {
                partitionIndex: 0,
                leaderEpoch: 0,
                newIsr: [],
                newIsrWithEpochs: isr.map((id) => ({
                  brokerId: id,
                  brokerEpoch: epochs.get(id) as number,
                })),
                leaderRecoveryState: 0,
                partitionEpoch,
              },
            ],
          },
        ],
      });
    const shrunk = await alter([1, 2], 0);
    expect(shrunk.topics[0]?.partitions[0]).toMatchObject({ isr: [1, 2], partitionEpoch: 1 });
    const stale = await alter([1], 0);
    expect(stale.topics[0]?.partitions[0]?.errorCode).toBe(Errors.INVALID_UPDATE_VERSION);
    await heartbeat(controller, 1, epochs.get(1) as number, { wantFence: true });
    expect(partition(controller, 'orders')).toMatchObject({ leader: 2, isr: [2], leaderEpoch: 1 });
    const elected = await controller.electLeaders({
      electionType: 0,
      topicPartitions: [{ topic: 'orders', partitions: [0] }],
      timeoutMs: 1,
    });
    expect(elected.replicaElectionResults[0]?.partitionResult[0]?.errorCode).toBe(
      Errors.PREFERRED_LEADER_NOT_AVAILABLE,
    );
  });
});
