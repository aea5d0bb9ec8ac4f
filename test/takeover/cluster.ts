// One data directory with its server.properties, and whichever broker runs on it at the moment.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { nodeIo } from '../../src/io/node.ts';
import { API_VERSIONS } from '../../src/protocol/generated/apis/api-versions.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { READ_SHARE_GROUP_STATE } from '../../src/protocol/generated/apis/read-share-group-state.ts';
import { SHARE_FETCH } from '../../src/protocol/generated/apis/share-fetch.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/share-group-heartbeat.ts';
import { STREAMS_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/streams-group-heartbeat.ts';
import { freePort, ourLaunchers } from '../support/broker-process.ts';
import type { Who } from './holding.ts';

const START_TIMEOUT_MS = 60_000;

/** What a directory of an older release doesn't have: API key → feature. */
const FEATURE_OF: ReadonlyMap<number, string> = new Map([
  [CONSUMER_GROUP_HEARTBEAT.key, 'group.version'],
  [SHARE_GROUP_HEARTBEAT.key, 'share.version'],
  [SHARE_FETCH.key, 'share.version'],
  [READ_SHARE_GROUP_STATE.key, 'share.version'],
  [STREAMS_GROUP_HEARTBEAT.key, 'streams.version'],
]);

interface Ports {
  readonly plain: number;
  readonly sasl: number;
  readonly controller: number;
}

export interface Started {
  readonly client: KafkaClient;
  readonly serves: (apiKey: number) => boolean;
}

export class Cluster {
  readonly folder: string;
  readonly properties: string;
  readonly logDirs: readonly string[];
  readonly isDynamic: boolean;
  readonly #launchers: Readonly<Record<Who, string>>;
  readonly #ports: Ports;
  #child: ChildProcess | undefined;
  #client: KafkaClient | undefined;
  #logFrom = 0;

  /** A dynamic quorum is one that keeps its voters in its log (KIP-853). */
  static async make(folder: string, apache: string, isDynamic: boolean): Promise<Cluster> {
    const ports = [await freePort(), await freePort(), await freePort()] as const;
    const [plain, sasl, controller] = ports;
    return new Cluster(folder, apache, { plain, sasl, controller }, isDynamic);
  }

  private constructor(folder: string, apache: string, ports: Ports, isDynamic: boolean) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#ports = ports;
    this.isDynamic = isDynamic;
    this.#launchers = { kafta: ourLaunchers, apache: join(apache, 'bin') };
    this.logDirs = [join(folder, 'first'), join(folder, 'second')];
    this.properties = join(folder, 'server.properties');
    writeFileSync(this.properties, serverProperties(ports, this.logDirs, isDynamic));
    writeFileSync(join(folder, 'log4j2.properties'), LOG4J);
  }

  get bootstrap(): string {
    return `localhost:${this.#ports.plain}`;
  }

  get saslBootstrap(): string {
    return `localhost:${this.#ports.sasl}`;
  }

  get log(): string {
    return join(this.folder, 'broker.log');
  }

  /** Runs a tool of either and returns its stdout. */
  run(who: Who, script: string, args: readonly string[]): string {
    return execFileSync(join(this.#launchers[who], script), args, {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, KAFKA_TIER: '1' },
    });
  }

  format(who: Who, more: readonly string[]): void {
    const scram = 'SCRAM-SHA-256=[name=formatted,iterations=4096,password=formatted-secret]';
    this.run(who, 'kafka-storage.sh', [
      ...['format', '-t', 'takeOverAAAAAAAAAAAAAA', '-c', this.properties],
      ...['--add-scram', scram, ...more],
    ]);
  }

  async start(who: Who): Promise<Started> {
    const log = openSync(this.log, 'a');
    this.#logFrom = statSync(this.log).size;
    const script = join(this.#launchers[who], 'kafka-server-start.sh');
    this.#child = spawn(script, [this.properties], {
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        KAFKA_HEAP_OPTS: '-Xmx512m',
        KAFKA_TIER: '1',
        KAFKA_OPTS: `-Dlog4j2.configurationFile=${join(this.folder, 'log4j2.properties')}`,
      },
    });
    const deadlineMs = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const started = await this.#connect().catch(() => undefined);
      if (started !== undefined) return started;
      if (this.#child.exitCode !== null || Date.now() > deadlineMs) {
        await this.#end('SIGKILL');
        throw new Error(`${who} did not come up:\n${this.#newLog().slice(-3000)}`);
      }
    }
  }

  /** Stops in good order; returns what the broker logged since its start. */
  async stop(): Promise<string> {
    await this.#client?.close();
    this.#client = undefined;
    await this.#end('SIGTERM');
    return this.#newLog();
  }

  async kill(): Promise<string> {
    await this.#client?.close();
    this.#client = undefined;
    await this.#end('SIGKILL');
    return this.#newLog();
  }

  #newLog(): string {
    return readFileSync(this.log).subarray(this.#logFrom).toString('utf8');
  }

  async #connect(): Promise<Started> {
    const client = new KafkaClient({
      bootstrapServers: [this.bootstrap],
      config: new Map([['default.api.timeout.ms', '30000']]),
      io: nodeIo(),
    });
    try {
      const options = { callName: 'apiVersions', timeoutMs: 2000 };
      const request = { clientSoftwareName: 'takeover', clientSoftwareVersion: '1' };
      const { apiKeys, finalizedFeatures } = await client.send(API_VERSIONS, request, options);
      // Registered and unfenced: a cluster without brokers isn't one yet.
      const view = await client.cluster(client.startCall('cluster', { timeoutMs: 2000 }));
      if (view.nodes.size === 0) throw new Error('no broker yet');
      this.#client = client;
      const keys = new Set(apiKeys.map(({ apiKey }) => apiKey));
      const features = new Set(finalizedFeatures.map(({ name }) => name));
      const isOn = (apiKey: number): boolean => {
        const feature = FEATURE_OF.get(apiKey);
        return feature === undefined || features.has(feature);
      };
      return { client, serves: (apiKey) => keys.has(apiKey) && isOn(apiKey) };
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((settle) => child.once('exit', () => settle()));
    child.kill(signal);
    await gone;
  }
}

/** Several directories, small segments and frequent snapshots: as much on disk as a short run can leave. */
function serverProperties(ports: Ports, logDirs: readonly string[], isDynamic: boolean): string {
  const controller = `localhost:${ports.controller}`;
  const quorum = isDynamic ? `bootstrap.servers=${controller}` : `voters=1@${controller}`;
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  const broker = `PLAINTEXT://localhost:${ports.plain},SASL://localhost:${ports.sasl}`;
  return `process.roles=broker,controller
node.id=1
controller.quorum.${quorum}
listeners=${broker},CONTROLLER://localhost:${ports.controller}
advertised.listeners=${broker}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=${plain} required user_admin="admin-secret";
listener.name.sasl.scram-sha-256.sasl.jaas.config=${scram} required;
listener.name.sasl.scram-sha-512.sasl.jaas.config=${scram} required;
connection.failed.authentication.delay.ms=1
delegation.token.secret.key=the-key-of-tokens
log.dirs=${logDirs.join(',')}
log.retention.ms=-1
log.cleaner.backoff.ms=500
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:admin
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=3
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=3
group.initial.rebalance.delay.ms=0
group.consumer.max.session.timeout.ms=600000
group.consumer.session.timeout.ms=600000
group.streams.max.session.timeout.ms=600000
group.streams.session.timeout.ms=600000
metadata.log.max.record.bytes.between.snapshots=4000
`;
}

const LOG4J = `rootLogger.level = INFO
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = [%d] %p %m (%c)%n
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = WARN
logger.kafkaconfig.name = kafka.server.KafkaConfig
logger.kafkaconfig.level = WARN
`;
