// When the metadata log gets a snapshot, and how long it is kept, in virtual time: SnapshotGenerator's and KafkaMetadataLog's
// rules.

import { describe, expect, it } from 'vitest';
import { BrokerConfig } from '../../../src/config/server-properties.ts';
import { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import { type VirtualProcess, VirtualWorld } from '../../simulation/virtual-io.ts';
import { CLUSTER_ID, create, joinBroker } from '../support.ts';

const LOG_DIR = '/data';
const FOLDER = `${LOG_DIR}/__cluster_metadata-0`;
const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;

interface Running {
  readonly world: VirtualWorld;
  readonly process: VirtualProcess;
  readonly controller: QuorumController;
  /** End offsets of the snapshots that are there. */
  snapshots(): number[];
  /** Base offsets of the segments that are there. */
  segments(): number[];
  sleep(ms: number): Promise<void>;
}

/** A controller over a virtual disk, for as long as `work` takes. */
async function withController(
  properties: Record<string, string>,
  work: (running: Running) => Promise<void>,
): Promise<void> {
  const world = new VirtualWorld(9);
  const process = world.process();
  const config = new BrokerConfig(
    new Map(
      Object.entries({
        'process.roles': 'broker,controller',
        'node.id': '1',
        'controller.quorum.voters': '1@localhost:9093',
        listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
        'controller.listener.names': 'CONTROLLER',
        'log.dirs': LOG_DIR,
        'broker.session.timeout.ms': '100000000',
        ...properties,
      }),
    ),
  );
  const names = (pattern: RegExp) =>
    process.disk
      .list(FOLDER)
      .map((name) => pattern.exec(name)?.[1])
      .filter((base) => base !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  await world.scheduler.run(async () => {
    const controller = await QuorumController.start({
      io: process.io,
      config,
      clusterId: CLUSTER_ID,
      onFault: (error) => expect.fail(String(error)),
    });
    await work({
      world,
      process,
      controller,
      snapshots: () => names(/^(\d{20})-\d{10}\.checkpoint$/),
      segments: () => names(/^(\d{20})\.log$/),
      sleep: (ms) => world.scheduler.sleep(ms),
    });
    await controller.shutdown();
  });
}

describe('a snapshot of the metadata log', () => {
  it('is written every metadata.log.max.snapshot.interval.ms, also of an idle log', () =>
    withController(
      { 'metadata.log.max.snapshot.interval.ms': '60000' },
      async ({ snapshots, sleep }) => {
        await sleep(59_000);
        expect(snapshots()).toEqual([]);
        await sleep(2_000);
        expect(snapshots()).toHaveLength(1);
        await sleep(58_000);
        expect(snapshots()).toHaveLength(1);
        await sleep(2_000);
        expect(snapshots()).toHaveLength(2);
      },
    ));

  it('is not written of a log to which nothing is added', () =>
    withController(
      {
        'metadata.log.max.snapshot.interval.ms': '60000',
        'metadata.max.idle.interval.ms': '0',
      },
      async ({ controller, snapshots, sleep }) => {
        await sleep(HOUR_MS);
        expect(snapshots()).toEqual([]);
        await joinBroker(controller);
        expect(snapshots()).toHaveLength(1);
      },
    ));

  it('is written as soon as so many bytes of batches were added, and its interval begins anew', () =>
    withController(
      {
        'metadata.log.max.record.bytes.between.snapshots': '2000',
        'metadata.log.max.snapshot.interval.ms': '60000',
        'metadata.max.idle.interval.ms': '0',
      },
      async ({ controller, process, snapshots, sleep }) => {
        await joinBroker(controller);
        const log = `${FOLDER}/00000000000000000000.log`;
        const size = () => process.disk.stat(log)!.sizeBytes;
        await sleep(40_000);
        for (let n = 0; n < 50 && snapshots().length === 0; n++) {
          expect(size()).toBeLessThan(2000 + 91);
          await create(controller, { name: `topic-${n}` });
        }
        expect(size()).toBeGreaterThanOrEqual(2000);
        await sleep(30_000);
        await create(controller, { name: 'later' });
        expect(snapshots()).toHaveLength(1);
        await sleep(31_000);
        await create(controller, { name: 'latest' });
        expect(snapshots()).toHaveLength(2);
      },
    ));

  it('goes metadata.max.retention.ms after its last record, when there is a newer one', () =>
    withController(
      {
        'metadata.log.max.snapshot.interval.ms': '60000',
        'metadata.max.retention.ms': '150000',
      },
      async ({ snapshots, sleep }) => {
        await sleep(61_000);
        const [first] = snapshots();
        await sleep(120_000);
        expect(snapshots()).toHaveLength(3);
        expect(snapshots()[0]).toBe(first);
        await sleep(QUARTER_MS);
        expect(snapshots().length).toBeLessThanOrEqual(4);
        expect(snapshots()[0]).toBeGreaterThan(first!);
      },
    ));

  it('goes, with segments that nobody needs, while there are more than metadata.max.retention.bytes', () =>
    withController(
      {
        'metadata.log.max.snapshot.interval.ms': '60000',
        'metadata.max.retention.bytes': '30000',
        'internal.metadata.log.segment.bytes': '8000',
      },
      async ({ process, snapshots, segments, sleep }) => {
        await sleep(QUARTER_MS);
        expect(snapshots().length).toBeGreaterThan(1);
        expect(segments()[0]).toBeGreaterThan(0);
        expect(segments()[0]).toBeLessThanOrEqual(snapshots()[0]!);
        expect(segments()[1]).toBeGreaterThan(snapshots()[0]!);
        const sizes = process.disk
          .list(FOLDER)
          .filter((name) => /\.(log|checkpoint)$/.test(name))
          .map((name) => process.disk.stat(`${FOLDER}/${name}`)!.sizeBytes);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(total).toBeLessThan(30_000 + 2 * 8_000);
        expect(total).toBeGreaterThan(15_000);
      },
    ));
});
