// The library: a broker in the own process, for a test suite or a program that needs a Kafka.
//   const broker = await startBroker();
//   … any Kafka client at broker.bootstrapServers …
//   await broker.stop();

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker } from './broker/broker.ts';
import { BrokerConfig } from './config/server-properties.ts';
import { formatWhenNew } from './daemon/format.ts';
import type { Io } from './io/io.ts';
import { nodeIo } from './io/node.ts';

export interface StartBrokerOptions {
  /** Kept at the end; absent: a temporary one, which is removed. */
  readonly dataDirectory?: string;
  /** Where clients connect to, on the loopback; 0 or absent: any free one. */
  readonly port?: number;
  /** Further lines of server.properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Takes the lines of the broker's log. */
  readonly log?: (line: string) => void;
}

export interface StartedBroker {
  /** `localhost:port`. */
  readonly bootstrapServers: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Resolves when clients are answered, everything is on disk and the port is free. Idempotent. */
  stop(): Promise<void>;
}

/** Rejects with an Error whose message says why: a taken port, a directory of another cluster, a lock that is held. */
export async function startBroker(options: StartBrokerOptions = {}): Promise<StartedBroker> {
  const io = nodeIo();
  const isTemporary = options.dataDirectory === undefined;
  const dataDirectory = options.dataDirectory ?? join(tmpdir(), `kafta-${io.random.uuid()}`);
  const cleanUp = () => {
    if (isTemporary) io.disk.remove(dataDirectory);
  };
  io.disk.makeDirectory(dataDirectory, { mode: 0o700 });
  const broker = await startOn(io, dataDirectory, options).catch((error: unknown) => {
    cleanUp();
    throw error;
  });
  const port = broker.listeners.find(({ name }) => name === 'PLAINTEXT')?.port ?? 0;
  return {
    bootstrapServers: `localhost:${port}`,
    port,
    dataDirectory,
    stop: async () => {
      await broker.shutdown().finally(cleanUp);
    },
  };
}

async function startOn(
  io: Io,
  dataDirectory: string,
  options: StartBrokerOptions,
): Promise<Broker> {
  const config = new BrokerConfig(properties(options, dataDirectory));
  formatWhenNew(io, config);
  const { log } = options;
  return Broker.start({ config, io, ...(log === undefined ? {} : { log }) });
}

/** One node that is broker and controller, with a client listener on the loopback. */
function properties(options: StartBrokerOptions, dataDirectory: string): Map<string, string> {
  return new Map([
    ['process.roles', 'broker,controller'],
    ['node.id', '1'],
    ['controller.quorum.voters', '1@localhost:9093'],
    ['listeners', `PLAINTEXT://localhost:${options.port ?? 0},CONTROLLER://localhost:0`],
    ['controller.listener.names', 'CONTROLLER'],
    ['listener.security.protocol.map', 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT'],
    ['log.dirs', dataDirectory],
    ['offsets.topic.num.partitions', '1'],
    ['offsets.topic.replication.factor', '1'],
    ['transaction.state.log.num.partitions', '1'],
    ['transaction.state.log.replication.factor', '1'],
    ['transaction.state.log.min.isr', '1'],
    ['share.coordinator.state.topic.num.partitions', '1'],
    ['share.coordinator.state.topic.replication.factor', '1'],
    ['share.coordinator.state.topic.min.isr', '1'],
    ['group.initial.rebalance.delay.ms', '0'],
    ...Object.entries(options.properties ?? {}),
  ]);
}
