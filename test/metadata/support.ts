// A controller on a temporary folder, and the requests that tests send to it. Every controller is closed at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerConfig } from '../../src/config/server-properties.ts';
import type { Disk, Io } from '../../src/io/io.ts';
import { nodeIo } from '../../src/io/node.ts';
import { QuorumController } from '../../src/metadata/controller/quorum-controller.ts';
import { supportedFeatures } from '../../src/metadata/metadata-version.ts';
import type { CreatableTopic } from '../../src/protocol/generated/apis/create-topics-request.ts';
import type { CreatableTopicResult } from '../../src/protocol/generated/apis/create-topics-response.ts';

export const CLUSTER_ID = 'kaftaReferenceAAAAAAAA';
export const DIRECTORY_ID = 'jXTbWRA0__bKm8h0NFjC3Q';

/** The real Io without flushes: what these tests look at needs none, and a flush takes longer than all the rest. */
function unflushedIo(): Io {
  const io = nodeIo();
  const disk: Disk = {
    ...io.disk,
    open: (path, mode) => {
      const file = io.disk.open(path, mode);
      file.flush = () => Promise.resolve();
      file.flushSync = () => {};
      return file;
    },
    writeFileAtomic: (path, content, options) =>
      io.disk.writeFileAtomic(path, content, { ...options, flush: false }),
  };
  return { ...io, disk };
}

export class ControllerFixture {
  readonly directory = mkdtempSync(join(tmpdir(), 'controller-'));
  readonly faults: unknown[] = [];
  readonly #running: QuorumController[] = [];

  config(changes: Record<string, string> = {}): BrokerConfig {
    return new BrokerConfig(
      new Map(
        Object.entries({
          'process.roles': 'broker,controller',
          'node.id': '1',
          'controller.quorum.voters': '1@localhost:9093',
          listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
          'controller.listener.names': 'CONTROLLER',
          'log.dirs': this.directory,
          'metadata.max.idle.interval.ms': '0',
          ...changes,
        }),
      ),
    );
  }

  async start(
    changes: Record<string, string> = {},
    io: Io = unflushedIo(),
  ): Promise<QuorumController> {
    const controller = await QuorumController.start({
      io,
      config: this.config(changes),
      clusterId: CLUSTER_ID,
      onFault: (error) => this.faults.push(error),
    });
    this.#running.push(controller);
    return controller;
  }

  async close(): Promise<void> {
    for (const controller of this.#running) await controller.shutdown().catch(() => {});
    rmSync(this.directory, { recursive: true });
  }
}

let incarnations = 0;

/** Registers a broker and has it unfenced; answers its epoch. */
export async function joinBroker(
  controller: QuorumController,
  brokerId = 1,
  options: { previousBrokerEpoch?: number; directoryId?: string; rack?: string } = {},
): Promise<number> {
  incarnations++;
  const { errorCode, brokerEpoch } = await controller.registerBroker({
    brokerId,
    clusterId: CLUSTER_ID,
    incarnationId: `incarnation${String(incarnations).padStart(10, '0')}A`,
    listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
    features: [...supportedFeatures()],
    rack: options.rack ?? null,
    isMigratingZkBroker: false,
    logDirs: [options.directoryId ?? DIRECTORY_ID],
    previousBrokerEpoch: options.previousBrokerEpoch ?? -1,
  });
  if (errorCode !== 0) throw new Error(`registration refused: ${errorCode}`);
  await heartbeat(controller, brokerId, brokerEpoch);
  return brokerEpoch;
}

export function heartbeat(
  controller: QuorumController,
  brokerId: number,
  brokerEpoch: number,
  wish: { wantFence?: boolean; wantShutDown?: boolean } = {},
) {
  return controller.brokerHeartbeat({
    brokerId,
    brokerEpoch,
    currentMetadataOffset: controller.lastCommittedOffset,
    wantFence: wish.wantFence ?? false,
    wantShutDown: wish.wantShutDown ?? false,
    offlineLogDirs: [],
    cordonedLogDirs: [],
  });
}

export async function create(
  controller: QuorumController,
  topic: Partial<CreatableTopic> & { name: string },
): Promise<CreatableTopicResult> {
  const { topics } = await controller.createTopics({
    topics: [{ numPartitions: -1, replicationFactor: -1, assignments: [], configs: [], ...topic }],
    timeoutMs: 1000,
    validateOnly: false,
  });
  return topics[0] as CreatableTopicResult;
}
