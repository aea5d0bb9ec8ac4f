// A broker, its clients and their failures in a virtual world: the real composition of src/broker, over virtual disk and
// network. Used by broker.test.ts and group.test.ts.

import { Broker } from '../../src/broker/broker.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { BrokerConfig } from '../../src/config/server-properties.ts';
import { formatWhenNew } from '../../src/daemon/format.ts';
import { logConfig } from '../../src/log/log-config.ts';
import { LogManager } from '../../src/log/log-manager.ts';
import { completeBatchBytes, verifyCrc } from '../../src/records/record-batch.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { ignoreCrash, type VirtualProcess, type VirtualWorld } from './virtual-io.ts';

const LOG_DIR = '/data/kafka';
const PORT = 9092;
export const BOOTSTRAP = `localhost:${PORT}`;

const PROPERTIES = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': '1@localhost:9093',
  listeners: `PLAINTEXT://localhost:${PORT},CONTROLLER://localhost:9093`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  'log.dirs': LOG_DIR,
  'num.partitions': '3',
  'offsets.topic.num.partitions': '1',
  'offsets.topic.replication.factor': '1',
};

export interface RunningBroker {
  readonly process: VirtualProcess;
  readonly broker: Broker;
}

/** Starts a broker over what the storage holds, formatting it when it is new. */
export async function startBroker(
  process: VirtualProcess,
  properties: Readonly<Record<string, string>> = {},
): Promise<RunningBroker> {
  const config = new BrokerConfig(new Map(Object.entries({ ...PROPERTIES, ...properties })));
  process.disk.makeDirectory(LOG_DIR);
  formatWhenNew(process.io, config);
  const broker = await Broker.start({ config, io: process.io });
  return { process, broker };
}

export interface Fate {
  readonly deaths: number;
  /** With every death the disk loses what wasn't flushed. */
  readonly losesPower?: boolean;
  /** Deaths come in the middle of a write to a file whose path matches; without it at any change to the disk. */
  readonly inWritesTo?: RegExp;
  readonly properties?: Readonly<Record<string, string>>;
}

/** Starts brokers one after another until one stands; each dies after some changes to its disk. */
export async function keepAlive(world: VirtualWorld, fate: Fate): Promise<RunningBroker> {
  const { deaths, losesPower, inWritesTo, properties } = fate;
  for (let left = deaths; ; left--) {
    const process = world.process();
    if (left > 0 && inWritesTo !== undefined) {
      process.disk.crashAtWriteTo(inWritesTo, world.random.int(40), world.random.fraction());
    } else if (left > 0) process.disk.crashAt(world.random.int(250), world.random.fraction());
    const running = await startBroker(process, properties).catch(ignoreCrash);
    if (running !== undefined && left <= 0) return running;
    while (!process.disk.isDead) await world.scheduler.sleep(20);
    if (losesPower) world.storage.losePower();
    await world.scheduler.sleep(world.random.int(300));
  }
}

export interface Sent {
  readonly topic: string;
  readonly partition: number;
  readonly value: string;
  acknowledged: boolean;
  failed: boolean;
}

/** Appends `count` records, one every few milliseconds, and waits until each was acknowledged or given up. */
export async function produce(
  world: VirtualWorld,
  process: VirtualProcess,
  topic: string,
  count: number,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  const queues: Sent[][] = [[], [], []];
  const producer = new Producer({
    bootstrapServers: [BOOTSTRAP],
    config: new Map([
      ['batch.size', '400'],
      ['linger.ms', '2'],
      ['delivery.timeout.ms', '600000'],
      ['request.timeout.ms', '5000'],
      ['max.block.ms', '300000'],
    ]),
    io: process.io,
    // Batches of a partition end in order.
    onDelivery: ({ partition, recordCount, error }) => {
      for (const record of queues[partition]!.splice(0, recordCount)) {
        if (error === undefined) record.acknowledged = true;
        else record.failed = true;
      }
    },
  });
  for (let n = 0; n < count; n++) {
    const partition = world.random.int(3);
    const value = `${topic}-${partition}-${n}-${'x'.repeat(world.random.int(120))}`;
    const bytes = Buffer.from(value);
    const record = { topic, partition, value, acknowledged: false, failed: false };
    const append = () =>
      producer.append(topic, partition, -1, null, 0, 0, bytes, 0, bytes.length, null);
    while (!append()) await producer.ready(topic, partition);
    sent.push(record);
    queues[partition]!.push(record);
    if (world.random.int(3) === 0) await world.scheduler.sleep(world.random.int(30));
  }
  await producer.close();
  return sent;
}

/** The values of every partition of a topic, read from the logs without a broker; all batches valid, offsets dense. */
export function storedValues(world: VirtualWorld, topic: string): string[][] {
  const manager = new LogManager({
    io: world.process().io,
    logDirs: [LOG_DIR],
    configFor: () => logConfig(),
  });
  const values = [0, 1, 2].map((partition) => {
    const log = manager.getLog(topic, partition);
    const found: string[] = [];
    const cursor = new RecordCursor();
    let next = 0;
    while (log !== undefined && next < log.logEndOffset) {
      const result = log.read(next, 1 << 20, { isolation: 'log-end', minOneMessage: true });
      for (const records of result.records) {
        for (
          let at = 0;
          at < records.length;
          at += completeBatchBytes(records, at, records.length)
        ) {
          if (!verifyCrc(records, at)) throw new Error(`a bad checksum in ${log.name} at ${next}`);
          cursor.reset(records, at);
          while (cursor.next()) {
            if (cursor.offset !== next) throw new Error(`${log.name}: no offset ${next}`);
            found.push(cursor.value()!.toString());
            next++;
          }
        }
      }
      result.release();
    }
    return found;
  });
  manager.abandon();
  return values;
}
