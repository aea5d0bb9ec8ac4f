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

export interface Started {
  readonly client: KafkaClient;
  readonly serves: (apiKey: number) => boolean;
}

export class Cluster {
  readonly folder: string;
  readonly properties: string;
  readonly logDirs: readonly string[];
  readonly #launchers: Readonly<Record<Who, string>>;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #client: KafkaClient | undefined;
  #logFrom = 0;

  static async make(folder: string, apache: string): Promise<Cluster> {
    const port = await freePort();
    return new Cluster(folder, apache, port, await freePort());
  }

  private constructor(folder: string, apache: string, port: number, controllerPort: number) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#port = port;
    this.#launchers = { kafta: ourLaunchers, apache: join(apache, 'bin') };
    this.logDirs = [join(folder, 'first'), join(folder, 'second')];
    this.properties = join(folder, 'server.properties');
    writeFileSync(this.properties, serverProperties(port, controllerPort, this.logDirs));
    writeFileSync(join(folder, 'log4j2.properties'), LOG4J);
  }

  get bootstrap(): string {
    return `localhost:${this.#port}`;
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

  format(who: Who, releaseVersion?: string): void {
    const scram = 'SCRAM-SHA-256=[name=formatted,iterations=4096,password=formatted-secret]';
    this.run(who, 'kafka-storage.sh', [
      ...['format', '-t', 'takeOverAAAAAAAAAAAAAA', '-c', this.properties],
      ...['--add-scram', scram],
      ...(releaseVersion === undefined ? [] : ['--release-version', releaseVersion]),
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
function serverProperties(
  port: number,
  controllerPort: number,
  logDirs: readonly string[],
): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:${controllerPort}
listeners=PLAINTEXT://localhost:${port},CONTROLLER://localhost:${controllerPort}
advertised.listeners=PLAINTEXT://localhost:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${logDirs.join(',')}
log.retention.ms=-1
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=3
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=3
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
group.consumer.max.session.timeout.ms=600000
group.consumer.session.timeout.ms=600000
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
