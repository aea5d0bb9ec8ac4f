// A scripted broker in a virtual world: answers what a test told it to, speaks frames and headers itself.
// Handlers may answer, delay, hang up or stay silent; the requests that came are there to be looked at.

import { ZERO_UUID } from '../../../src/common/uuid.ts';
import type { Connection } from '../../../src/io/io.ts';
import { FrameSplitter } from '../../../src/protocol/frame.ts';
import { API_VERSIONS } from '../../../src/protocol/generated/apis/api-versions.ts';
import { METADATA } from '../../../src/protocol/generated/apis/metadata.ts';
import { frameResponse, readRequestHeader } from '../../../src/protocol/header.ts';
import type { Api, Draft } from '../../../src/protocol/message.ts';
import { Reader } from '../../../src/protocol/reader.ts';
import type { VirtualWorld } from '../../simulation/virtual-io.ts';

export const HANG_UP = Symbol('hang up');
export const SILENCE = Symbol('silence');

export type Answer<R> = Draft<R> | typeof HANG_UP | typeof SILENCE;
export type Handle<Q, R> = (request: Q, version: number) => Answer<R> | Promise<Answer<R>>;

interface Entry {
  readonly api: Api<unknown, unknown>;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly handle: Handle<unknown, unknown>;
}

export interface FakeTopic {
  readonly name: string;
  topicId: string;
  partitions: number;
  /** By partition; node 1 leads where nothing is said. */
  leaders?: number[];
  leaderEpochs?: number[];
  errorCode?: number;
}

export class FakeBroker {
  readonly world: VirtualWorld;
  readonly nodeId: number;
  readonly port: number;
  /** API names of the requests that came, in order. */
  readonly log: string[] = [];
  /** What a request takes. */
  serviceMs = 1;
  /** All brokers of the cluster, by node id; shared between them. */
  readonly cluster: Map<number, FakeBroker>;
  readonly topics: Map<string, FakeTopic>;
  connections = 0;
  /** What comes behind a request that isn't answered isn't read, as with real brokers. */
  holdsUp = false;
  controllerId = 1;
  /** Finalized features by name. */
  features: Readonly<Record<string, number>> = {};
  /** The most requests of one connection that had come and weren't answered yet. */
  mostWaiting = 0;
  readonly #entries = new Map<number, Entry>();

  private constructor(
    world: VirtualWorld,
    port: number,
    nodeId: number,
    cluster: Map<number, FakeBroker>,
    topics: Map<string, FakeTopic>,
  ) {
    this.world = world;
    this.port = port;
    this.nodeId = nodeId;
    this.cluster = cluster;
    this.topics = topics;
    cluster.set(nodeId, this);
    this.on(API_VERSIONS, () => this.#versions());
    this.on(METADATA, (request) => this.#metadata(request.topics));
  }

  /** Must be called within scheduler.run. A `peer` makes it a broker of the same cluster. */
  static async start(world: VirtualWorld, nodeId = 1, peer?: FakeBroker): Promise<FakeBroker> {
    let broker: FakeBroker | undefined;
    const listener = await world.network.listen({ host: 'localhost', port: 0 }, (connection) =>
      broker!.#accept(connection),
    );
    broker = new FakeBroker(
      world,
      listener.port,
      nodeId,
      peer?.cluster ?? new Map(),
      peer?.topics ?? new Map(),
    );
    return broker;
  }

  get address(): string {
    return `localhost:${this.port}`;
  }

  on<Q, R>(
    api: Api<Q, R>,
    handle: Handle<Q, R>,
    versions: { minVersion?: number; maxVersion?: number } = {},
  ): void {
    this.#entries.set(api.key, {
      api: api as Api<unknown, unknown>,
      minVersion: versions.minVersion ?? api.minVersion,
      maxVersion: versions.maxVersion ?? api.maxVersion,
      handle: handle as Handle<unknown, unknown>,
    });
  }

  topic(name: string, partitions = 1, more: Partial<FakeTopic> = {}): FakeTopic {
    const topicId = Buffer.from(name.padEnd(16, '.').slice(0, 16)).toString('base64url');
    const topic = { name, topicId, partitions, ...more };
    this.topics.set(name, topic);
    return topic;
  }

  /** Serves an API no further than this version. */
  limit<Q, R>(api: Api<Q, R>, maxVersion: number): void {
    const entry = this.#entries.get(api.key)!;
    this.#entries.set(api.key, { ...entry, maxVersion });
  }

  /** Doesn't serve an API any more. */
  forget<Q, R>(api: Api<Q, R>): void {
    this.#entries.delete(api.key);
  }

  count(apiName: string): number {
    return this.log.filter((name) => name === apiName).length;
  }

  #accept(connection: Connection): void {
    this.connections++;
    const frames = new FrameSplitter();
    let turn = Promise.resolve();
    let waiting = 0;
    connection.onClose(() => {
      this.connections--;
    });
    connection.onData((chunk) => {
      frames.push(Buffer.from(chunk));
      for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
        const request = Buffer.from(frame);
        // One at a time, in order, as a broker's connection does.
        waiting++;
        this.mostWaiting = Math.max(this.mostWaiting, waiting);
        turn = turn
          .then(() => this.world.scheduler.sleep(this.serviceMs))
          .then(() => this.#serve(connection, request))
          .finally(() => {
            waiting--;
          });
      }
    });
  }

  async #serve(connection: Connection, frame: Buffer): Promise<void> {
    const apiKey = frame.readInt16BE(0);
    const asked = frame.readInt16BE(2);
    const entry = this.#entries.get(apiKey);
    if (entry === undefined) throw new Error(`the fake broker has no handler for API ${apiKey}`);
    const { api } = entry;
    this.log.push(api.name);
    const reader = new Reader(frame);
    const isUnknownVersion = asked > entry.maxVersion;
    const header = readRequestHeader(reader, api.requestHeaderVersion(asked));
    // Only ApiVersions may come in a version that isn't known; it is answered in version 0.
    const version = isUnknownVersion ? 0 : asked;
    const request = isUnknownVersion ? {} : api.request.read(reader, version);
    const answer = isUnknownVersion
      ? { errorCode: 35, apiKeys: [{ apiKey, minVersion: 0, maxVersion: entry.maxVersion }] }
      : await entry.handle(request, version);
    if (answer === HANG_UP) connection.destroy();
    else if (answer === SILENCE && this.holdsUp) await new Promise(() => {});
    else if (answer !== SILENCE) {
      connection.write(frameResponse(api, version, header.correlationId, answer as Draft<unknown>));
    }
  }

  #versions() {
    const apiKeys = [...this.#entries.values()].map(({ api, minVersion, maxVersion }) => {
      return { apiKey: api.key, minVersion, maxVersion };
    });
    const finalizedFeatures = Object.entries(this.features).map(([name, level]) => {
      return { name, maxVersionLevel: level, minVersionLevel: level };
    });
    return { errorCode: 0, apiKeys, finalizedFeatures, finalizedFeaturesEpoch: 1 };
  }

  #metadata(asked: { name: string | null }[] | null) {
    const names = asked === null ? [...this.topics.keys()] : asked.map((topic) => topic.name ?? '');
    return {
      clusterId: 'fake',
      controllerId: this.controllerId,
      brokers: [...this.cluster.values()].map(({ nodeId, port }) => {
        return { nodeId, host: 'localhost', port, rack: null };
      }),
      topics: names.map((name) => {
        const topic = this.topics.get(name);
        if (topic === undefined) return { name, topicId: ZERO_UUID, errorCode: 3 };
        const { topicId, errorCode = 0 } = topic;
        if (errorCode !== 0) return { name, topicId, errorCode };
        return { name, topicId, partitions: partitionsOf(topic) };
      }),
    };
  }
}

function partitionsOf(topic: FakeTopic) {
  return Array.from({ length: topic.partitions }, (_, partitionIndex) => {
    const leaderId = topic.leaders?.[partitionIndex] ?? 1;
    const leaderEpoch = topic.leaderEpochs?.[partitionIndex] ?? 0;
    return { partitionIndex, leaderId, leaderEpoch, replicaNodes: [1], isrNodes: [1] };
  });
}
