// A seeded life of a controller over a virtual disk: topics, configs, quotas, SCRAM users, blocks of producer ids and features
// change, several at a time; snapshots by bytes and by age, their retention, kraft.version 0 → 1, clean restarts. The model
// keeps every change in the order of its asking. Used by metadata-recovery.test.ts, which cuts it at every change to the disk.

import { expect } from 'vitest';
import { BrokerConfig } from '../../src/config/server-properties.ts';
import { QuorumController } from '../../src/metadata/controller/quorum-controller.ts';
import { formatStorage } from '../../src/metadata/storage/format.ts';
import { readMetaProperties } from '../../src/metadata/storage/meta-properties.ts';
import { listSnapshots, readSnapshotFile, snapshotPath } from '../../src/raft/snapshot.ts';
import { CLUSTER_ID, create, DIRECTORY_ID, joinBroker } from '../metadata/support.ts';
import type { Crash } from './every-change.ts';
import type { VirtualProcess, VirtualWorld } from './virtual-io.ts';
import { VirtualRandom } from './virtual-random.ts';

const LOG_DIR = '/data';
const FOLDER = `${LOG_DIR}/__cluster_metadata-0`;
const TOPIC = 2;

/** What the metadata says, one line per thing. */
type Facts = ReadonlyMap<string, string | number>;

interface Change {
  readonly fact: string;
  /** undefined removes it. */
  readonly value: string | number | undefined;
}

/** What a restart is held to. */
export class MetadataModel {
  isFormatted = false;
  /** Once the controller led and its broker was there. */
  base: Facts | undefined;
  /** Each by itself or not at all, in this order. */
  changes: (readonly Change[])[] = [];
  /** So many of them were acknowledged, or came before one that was. */
  acknowledged = 0;
  restarts = 0;

  fork(): this {
    const fork = Object.assign(Object.create(MetadataModel.prototype), this);
    fork.changes = [...this.changes];
    return fork;
  }

  /** After the first `count` changes. */
  factsAfter(count: number): Facts {
    const facts = new Map(this.base);
    for (const { fact, value } of this.changes.slice(0, count).flat()) {
      if (value === undefined) facts.delete(fact);
      else facts.set(fact, value);
    }
    return facts;
  }
}

function factsOf(controller: QuorumController): Facts {
  const { topics, configs, clientQuotas, scram, features, producerIds } = controller.image;
  const facts = new Map<string, string | number>();
  for (const { name, partitions } of topics.topicsByName.values()) {
    facts.set(`topic ${name}`, partitions.length);
  }
  for (const [resource, values] of configs.resourceData) {
    for (const [name, value] of values) facts.set(`config ${resource} ${name}`, value);
  }
  for (const { entity, key, value } of clientQuotas.values()) {
    facts.set(`quota ${entity[0]?.entityName} ${key}`, value);
  }
  for (const { name, iterations } of scram.values()) facts.set(`scram ${name}`, iterations);
  for (const [name, level] of features.finalizedVersions) facts.set(`feature ${name}`, level);
  facts.set('feature kraft.version', controller.kraftVersion);
  facts.set('next producer id', producerIds.nextProducerId);
  return facts;
}

export interface MetadataLife {
  readonly seed: number;
  readonly steps: number;
  /** Formatted with --standalone: kraft.version 1 from the start. */
  readonly isStandalone: boolean;
}

export class MetadataRun {
  readonly #life: MetadataLife;
  readonly #world: VirtualWorld;
  readonly #process: VirtualProcess;
  readonly #model: MetadataModel;
  #controller!: QuorumController;
  #pending: Promise<void>[] = [];

  constructor(
    life: MetadataLife,
    world: VirtualWorld,
    process: VirtualProcess,
    model: MetadataModel,
  ) {
    this.#life = life;
    this.#world = world;
    this.#process = process;
    this.#model = model;
  }

  async live(): Promise<void> {
    const random = new VirtualRandom(this.#life.seed * 15_485_863);
    this.#format();
    await this.#start();
    await this.#join();
    for (let step = 0; step < this.#life.steps; step++) {
      const choice = random.int(100);
      if (choice < 80) await this.#change(random);
      else if (choice < 86) await this.#settle();
      else if (choice < 96) await this.#world.scheduler.sleep(random.int(80_000));
      else await this.#restartCleanly();
    }
    await this.#settle();
    await this.#controller.shutdown();
  }

  #format(): void {
    const { io } = this.#process;
    const voter = { id: 1, directoryId: DIRECTORY_ID, host: 'localhost', port: 9093 };
    formatStorage({
      io,
      nodeId: 1,
      clusterId: CLUSTER_ID,
      directories: [LOG_DIR],
      metadataLogDir: LOG_DIR,
      controllerListenerName: 'CONTROLLER',
      ...(this.#life.isStandalone ? { initialVoters: [voter] } : {}),
    });
    this.#model.isFormatted = true;
  }

  async #start(): Promise<void> {
    const config = new BrokerConfig(
      new Map(
        Object.entries({
          'process.roles': 'broker,controller',
          'node.id': '1',
          ...(this.#life.isStandalone
            ? { 'controller.quorum.bootstrap.servers': 'localhost:9093' }
            : { 'controller.quorum.voters': '1@localhost:9093' }),
          listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
          'controller.listener.names': 'CONTROLLER',
          'log.dirs': LOG_DIR,
          'broker.session.timeout.ms': '100000000',
          'metadata.max.idle.interval.ms': '30000',
          'internal.metadata.log.segment.bytes': '1500',
          'metadata.log.max.record.bytes.between.snapshots': '1200',
          'metadata.log.max.snapshot.interval.ms': '240000',
          'metadata.max.retention.bytes': '7000',
          'metadata.max.retention.ms': '900000',
        }),
      ),
    );
    const { io } = this.#process;
    this.#controller = await QuorumController.start({
      io,
      config,
      clusterId: CLUSTER_ID,
      onFault: (error) => {
        if (!this.#process.disk.isDead) expect.fail(String(error));
      },
    });
  }

  async #join(): Promise<void> {
    await joinBroker(this.#controller);
    this.#model.base = factsOf(this.#controller);
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
  }

  async #restartCleanly(): Promise<void> {
    await this.#settle();
    await this.#controller.shutdown();
    this.#model.restarts++;
    await this.#start();
  }

  /** Asks for one change and doesn't wait for it. */
  async #change(random: VirtualRandom): Promise<void> {
    const now = this.#model.factsAfter(this.#model.changes.length);
    const topics = [...now.keys()].filter((fact) => fact.startsWith('topic ')).sort();
    const topic = topics[random.int(topics.length)]?.slice('topic '.length);
    const kinds = [
      () => this.#createTopic(random),
      () => (topic === undefined ? undefined : this.#deleteTopic(topic, now)),
      () => (topic === undefined ? undefined : this.#addPartition(topic, now)),
      () => (topic === undefined ? undefined : this.#alterConfig(topic, random)),
      () => this.#alterQuota(random, now),
      () => this.#alterScram(random, now),
      () => this.#allocateProducerIds(now),
      () => this.#updateFeature(now),
    ];
    const [change, asked] = kinds[random.int(kinds.length)]!() ?? [];
    if (change === undefined || asked === undefined) return;
    this.#model.changes.push(change);
    const count = this.#model.changes.length;
    const settled = asked.then((errorCode) => {
      expect(errorCode).toBe(0);
      this.#model.acknowledged = Math.max(this.#model.acknowledged, count);
    });
    // Looked at when it is waited for, or never, if the process dies before.
    settled.catch(() => {});
    this.#pending.push(settled);
    // Quotas are decided a turn later than they are asked for.
    await this.#world.scheduler.sleep(0);
  }

  #createTopic(random: VirtualRandom): Asked {
    const name = `t${this.#model.changes.length}`;
    const numPartitions = 1 + random.int(3);
    const configs = [{ name: 'retention.ms', value: String(random.int(1e6)) }];
    const asked = create(this.#controller, { name, numPartitions, replicationFactor: 1, configs });
    return [
      [
        { fact: `topic ${name}`, value: numPartitions },
        { fact: `config ${TOPIC}:${name} retention.ms`, value: configs[0]!.value },
      ],
      asked.then((result) => result.errorCode),
    ];
  }

  #deleteTopic(name: string, now: Facts): Asked {
    const facts = [...now.keys()].filter(
      (fact) => fact === `topic ${name}` || fact.startsWith(`config ${TOPIC}:${name} `),
    );
    const asked = this.#controller.deleteTopics({
      topics: [{ name, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
      topicNames: [],
      timeoutMs: 1000,
    });
    return [
      facts.map((fact) => ({ fact, value: undefined })),
      asked.then(({ responses }) => responses[0]!.errorCode),
    ];
  }

  #addPartition(name: string, now: Facts): Asked {
    const count = Number(now.get(`topic ${name}`)) + 1;
    const asked = this.#controller.createPartitions({
      topics: [{ name, count, assignments: null }],
      timeoutMs: 1000,
      validateOnly: false,
    });
    return [
      [{ fact: `topic ${name}`, value: count }],
      asked.then(({ results }) => results[0]!.errorCode),
    ];
  }

  #alterConfig(name: string, random: VirtualRandom): Asked {
    const value = random.int(4) === 0 ? null : String(1 + random.int(1e6));
    const configOperation = value === null ? 1 : 0;
    const asked = this.#controller.incrementalAlterConfigs({
      resources: [
        {
          resourceType: TOPIC,
          resourceName: name,
          configs: [{ name: 'segment.bytes', value: value ?? '', configOperation }].map(
            (config) => ({ ...config, value: value === null ? null : String(Number(value) + 2e6) }),
          ),
        },
      ],
      validateOnly: false,
    });
    return [
      [
        {
          fact: `config ${TOPIC}:${name} segment.bytes`,
          value: value === null ? undefined : String(Number(value) + 2e6),
        },
      ],
      asked.then(({ responses }) => responses[0]!.errorCode),
    ];
  }

  #alterQuota(random: VirtualRandom, now: Facts): Asked {
    const user = `user${random.int(4)}`;
    const fact = `quota ${user} producer_byte_rate`;
    const remove = now.has(fact) && random.int(3) === 0;
    const value = 1 + random.int(10_000);
    const asked = this.#controller.alterClientQuotas({
      entries: [
        {
          entity: [{ entityType: 'user', entityName: user }],
          ops: [{ key: 'producer_byte_rate', value, remove }],
        },
      ],
      validateOnly: false,
    });
    return [
      [{ fact, value: remove ? undefined : value }],
      asked.then(({ entries }) => entries[0]!.errorCode),
    ];
  }

  #alterScram(random: VirtualRandom, now: Facts): Asked {
    const name = `user${random.int(4)}`;
    const fact = `scram ${name}`;
    const remove = now.has(fact) && random.int(3) === 0;
    const iterations = 4096 + random.int(4000);
    const salt = Buffer.from('salt');
    const upsertion = { name, mechanism: 1, iterations, salt, saltedPassword: Buffer.from('pw') };
    const asked = this.#controller.alterUserScramCredentials({
      deletions: remove ? [{ name, mechanism: 1 }] : [],
      upsertions: remove ? [] : [upsertion],
    });
    return [
      [{ fact, value: remove ? undefined : iterations }],
      asked.then(({ results }) => results[0]!.errorCode),
    ];
  }

  #allocateProducerIds(now: Facts): Asked {
    const brokerEpoch = this.#controller.image.cluster.brokers.get(1)!.epoch;
    const asked = this.#controller.allocateProducerIds({ brokerId: 1, brokerEpoch });
    const value = Number(now.get('next producer id')) + 1000;
    return [[{ fact: 'next producer id', value }], asked.then(({ errorCode }) => errorCode)];
  }

  /** kraft.version once, transaction.version down and up. */
  #updateFeature(now: Facts): Asked {
    const isUpgrade = now.get('feature kraft.version') === 0;
    const feature = isUpgrade ? 'kraft.version' : 'transaction.version';
    const level = isUpgrade || now.get('feature transaction.version') === 2 ? 1 : 2;
    const upgradeType = isUpgrade || level === 2 ? 1 : 2;
    const asked = this.#controller.updateFeatures({
      timeoutMs: 1000,
      featureUpdates: [{ feature, maxVersionLevel: level, upgradeType, allowDowngrade: false }],
      validateOnly: false,
    });
    return [
      [{ fact: `feature ${feature}`, value: level }],
      asked.then(({ errorCode }) => errorCode),
    ];
  }

  /** Opens what the crash left, holds it to the model, changes it and opens it once more. */
  async verify(crash: Crash): Promise<void> {
    const isFormatted = readMetaProperties(this.#process.disk, LOG_DIR) !== undefined;
    // What `format` wrote is on the disk when it says that it is done.
    if (this.#model.isFormatted) expect(isFormatted).toBe(true);
    if (!isFormatted) this.#format();
    await this.#start();
    const found = factsOf(this.#controller);
    this.#check(found, crash);
    if (this.#model.base === undefined) await joinBroker(this.#controller);
    const { errorCode } = await create(this.#controller, { name: 'after', replicationFactor: 1 });
    expect(errorCode).toBe(0);
    const expected = factsOf(this.#controller);
    expect(expected.size).toBe(found.size + 1);
    await this.#controller.shutdown();
    this.#checkFolder();
    await this.#start();
    expect(factsOf(this.#controller)).toEqual(expected);
    await this.#controller.shutdown();
  }

  #check(found: Facts, crash: Crash): void {
    const { base, changes, acknowledged } = this.#model;
    if (base === undefined) return;
    // Nothing is written once the process is dead: what was asked for is there, unless its write was under way.
    const least = acknowledged;
    const possible: Facts[] = [];
    for (let count = least; count <= changes.length; count++) {
      possible.push(this.#model.factsAfter(count));
    }
    const isOneOf = possible.some((facts) => isSame(facts, found));
    if (!isOneOf) {
      expect(found, `${crash}: after ${acknowledged} of ${changes.length} changes`).toEqual(
        possible[0],
      );
    }
  }

  /** Nothing half written is left, every snapshot can be read, and the log goes on from the oldest of them. */
  #checkFolder(): void {
    const { disk } = this.#process;
    const names = disk.list(FOLDER);
    expect(names.filter((name) => /\.(part|deleted|tmp)$/.test(name))).toEqual([]);
    const snapshots = listSnapshots(disk, FOLDER);
    for (const id of snapshots) readSnapshotFile(disk, snapshotPath(FOLDER, id), () => {});
    const first = Math.min(
      ...names
        .filter((name) => /^\d{20}\.log$/.test(name))
        .map((name) => Number(name.slice(0, 20))),
    );
    expect(first).toBeLessThanOrEqual(snapshots[0]?.endOffset ?? 0);
  }
}

type Asked = readonly [readonly Change[], Promise<number>];

function isSame(a: Facts, b: Facts): boolean {
  if (a.size !== b.size) return false;
  for (const [fact, value] of a) if (b.get(fact) !== value) return false;
  return true;
}
