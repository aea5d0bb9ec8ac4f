// The typed view of a server.properties (KafkaConfig, AbstractKafkaConfig, QuorumConfig): every broker config parsed,
// the rules that span several configs kept, with Kafka's sentences. Roles, listeners, quorum and log directories are
// ready to use. It never reads a file (parseProperties does the text) and never resolves a host.
import { brokerConfigs } from './broker-configs.ts';
import { ConfigError, type ConfigValue, parseAll } from './config-def.ts';
import {
  checkDistinctPorts,
  type ListenerEndpoint,
  parseBootstrapServers,
  parseListeners,
  parseSecurityProtocolMap,
  parseVoters,
  type QuorumVoter,
  type SecurityProtocolMap,
  securityProtocolFor,
} from './endpoints.ts';
import { checkGroupBounds } from './group-bounds.ts';
import { topicConfigSynonyms } from './topic-synonyms.ts';

export type ProcessRole = 'broker' | 'controller';

export class BrokerConfig {
  /** As given, before parsing: DescribeConfigs tells STATIC_BROKER_CONFIG from DEFAULT_CONFIG by it. */
  readonly originals: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, ConfigValue>;

  readonly nodeId: number;
  readonly processRoles: readonly ProcessRole[];
  readonly securityProtocolMap: SecurityProtocolMap;
  /** All of them, in the order given. */
  readonly listeners: readonly ListenerEndpoint[];
  /** The listeners of the broker role. */
  readonly brokerListeners: readonly ListenerEndpoint[];
  /** The listeners of the controller role. */
  readonly controllerListeners: readonly ListenerEndpoint[];
  /** What the broker registers; a host '' is to be replaced by this machine's name. */
  readonly advertisedListeners: readonly ListenerEndpoint[];
  readonly controllerListenerNames: readonly string[];
  readonly interBrokerListenerName: string;
  /** Empty with a dynamic quorum (kraft.version 1). */
  readonly quorumVoters: readonly QuorumVoter[];
  readonly quorumBootstrapServers: readonly { host: string; port: number }[];
  readonly logDirs: readonly string[];
  /** metadata.log.dir, else the first of logDirs. */
  readonly metadataLogDir: string;

  /** Throws ConfigError with Kafka's sentence for the first rule that is broken. */
  constructor(originals: ReadonlyMap<string, string>) {
    this.originals = withNodeId(originals);
    this.#values = parseAll(brokerConfigs, this.originals);
    this.nodeId = this.number('node.id');
    this.processRoles = this.list('process.roles') as readonly ProcessRole[];
    this.controllerListenerNames = this.list('controller.listener.names').map((name) =>
      name.toUpperCase(),
    );
    this.securityProtocolMap = effectiveProtocolMap(
      this.text('listener.security.protocol.map') as string,
      this.originals.has('listener.security.protocol.map'),
      this.list('listeners'),
      this.controllerListenerNames,
    );
    this.listeners = parseListeners(this.list('listeners'), this.securityProtocolMap);
    checkDistinctPorts(this.listeners, this.list('listeners'));
    const isController = (listener: ListenerEndpoint): boolean =>
      this.controllerListenerNames.includes(listener.name);
    this.brokerListeners = this.listeners.filter((listener) => !isController(listener));
    this.controllerListeners = this.listeners.filter(isController);
    const advertised = this.listOrNull('advertised.listeners');
    this.advertisedListeners = (
      advertised === null ? this.listeners : parseListeners(advertised, this.securityProtocolMap)
    ).filter((listener) => !isController(listener));
    this.interBrokerListenerName = this.#findInterBrokerListenerName();
    this.quorumVoters = parseVoters(this.list('controller.quorum.voters'));
    this.quorumBootstrapServers = parseBootstrapServers(
      this.list('controller.quorum.bootstrap.servers'),
    );
    this.logDirs = this.listOrNull('log.dirs') ?? this.list('log.dir');
    this.metadataLogDir = this.text('metadata.log.dir') ?? (this.logDirs[0] as string);
    checkGroupBounds(this);
    checkAcrossConfigs(this);
  }

  get isController(): boolean {
    return this.processRoles.includes('controller');
  }

  get isBroker(): boolean {
    return this.processRoles.includes('broker');
  }

  /** The parsed value of any broker config. */
  value(name: string): ConfigValue {
    const value = this.#values.get(name);
    if (value === undefined) throw new ConfigError(`Unknown broker config ${name}`);
    return value;
  }

  number(name: string): number {
    return this.value(name) as number;
  }

  numberOrNull(name: string): number | null {
    return this.value(name) as number | null;
  }

  boolean(name: string): boolean {
    return this.value(name) as boolean;
  }

  text(name: string): string | null {
    return this.value(name) as string | null;
  }

  list(name: string): readonly string[] {
    return this.value(name) as readonly string[];
  }

  listOrNull(name: string): readonly string[] | null {
    return this.value(name) as readonly string[] | null;
  }

  /** log.roll.ms, else log.roll.hours. */
  get logRollTimeMs(): number {
    return this.#millis('log.roll.ms', ['log.roll.hours', 3_600_000]);
  }

  get logRollJitterMs(): number {
    return this.#millis('log.roll.jitter.ms', ['log.roll.jitter.hours', 3_600_000]);
  }

  /** log.retention.ms, else .minutes, else .hours; -1: no limit. */
  get logRetentionTimeMs(): number {
    const ms = this.#millis(
      'log.retention.ms',
      ['log.retention.minutes', 60_000],
      ['log.retention.hours', 3_600_000],
    );
    return ms < 0 ? -1 : ms;
  }

  get logFlushIntervalMs(): number {
    return this.#millis('log.flush.interval.ms', ['log.flush.scheduler.interval.ms', 1]);
  }

  /** What each topic config is where neither the topic nor a dynamic broker config says otherwise. */
  topicDefaults(): Map<string, ConfigValue> {
    const defaults = new Map<string, ConfigValue>();
    for (const [topicName, synonyms] of topicConfigSynonyms) {
      const first = synonyms[0] as { name: string };
      defaults.set(topicName, this.value(first.name));
    }
    defaults.set('segment.ms', this.logRollTimeMs);
    defaults.set('segment.jitter.ms', this.logRollJitterMs);
    defaults.set('retention.ms', this.logRetentionTimeMs);
    defaults.set('flush.ms', this.logFlushIntervalMs);
    return defaults;
  }

  #millis(msName: string, ...coarser: readonly (readonly [string, number])[]): number {
    const ms = this.value(msName);
    if (ms !== null) return ms as number;
    for (const [name, factor] of coarser) {
      const value = this.value(name);
      if (value !== null) return (value as number) * factor;
    }
    return 0;
  }

  #findInterBrokerListenerName(): string {
    const name = this.text('inter.broker.listener.name');
    if (name === null) {
      const protocol = this.text('security.inter.broker.protocol') as string;
      return securityProtocolFor(protocol, 'security.inter.broker.protocol');
    }
    if (this.originals.has('security.inter.broker.protocol')) {
      throw new ConfigError(
        'Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.',
      );
    }
    if (!this.securityProtocolMap.has(name.toUpperCase())) {
      throw new ConfigError(
        `Listener with name ${name.toUpperCase()} defined in inter.broker.listener.name ` +
          'not found in listener.security.protocol.map.',
      );
    }
    return name.toUpperCase();
  }
}

/** broker.id is the old name of node.id; either gives both. */
function withNodeId(originals: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const brokerId = originals.get('broker.id');
  const nodeId = originals.get('node.id');
  if (brokerId === undefined && nodeId === undefined) return originals;
  const both = new Map(originals);
  if (nodeId === undefined) both.set('node.id', brokerId as string);
  if (brokerId === undefined) both.set('broker.id', nodeId as string);
  return both;
}

/** Controller listeners need no entry in the map as long as it isn't set (KIP-595). */
function effectiveProtocolMap(
  text: string,
  isGiven: boolean,
  listeners: readonly string[],
  controllerListenerNames: readonly string[],
): SecurityProtocolMap {
  const map = new Map(parseSecurityProtocolMap(text));
  const needsMapping = controllerListenerNames.some((name) => !map.has(name));
  if (isGiven || !needsMapping) return map;
  const usesOtherProtocols = listeners.some((entry) => /^(SSL|SASL_[A-Z]+):\/\//i.test(entry));
  if (!usesOtherProtocols) {
    for (const name of controllerListenerNames) if (!map.has(name)) map.set(name, 'PLAINTEXT');
  }
  return map;
}

function requireThat(condition: boolean, sentence: string): void {
  if (!condition) throw new ConfigError(`requirement failed: ${sentence}`);
}

/** KafkaConfig.validateValues, in its order. */
function checkAcrossConfigs(config: BrokerConfig): void {
  if (config.number('broker.id') !== config.nodeId) {
    throw new ConfigError('You must set `node.id` to the same value as `broker.id`.');
  }
  requireThat(config.logRollTimeMs >= 1, 'log.roll.ms must be greater than or equal to 1');
  requireThat(config.logRollJitterMs >= 0, 'log.roll.jitter.ms must be greater than or equal to 0');
  requireThat(
    config.logRetentionTimeMs !== 0,
    'log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
  );
  requireThat(
    config.logDirs.length > 0,
    'At least one log directory must be defined via log.dirs or log.dir.',
  );
  // Kafka divides integers.
  if (config.number('log.cleaner.threads') === 0) throw new ConfigError('/ by zero');
  requireThat(
    config.number('log.cleaner.dedupe.buffer.size') / config.number('log.cleaner.threads') >
      1024 * 1024,
    'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
  );
  requireThat(
    config.number('replica.fetch.wait.max.ms') <= config.number('replica.socket.timeout.ms'),
    'replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms' +
      ' to prevent unnecessary socket timeouts',
  );
  requireThat(
    config.number('replica.fetch.wait.max.ms') <= config.number('replica.lag.time.max.ms'),
    'replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms' +
      ' to prevent frequent changes in ISR',
  );
  checkQuorum(config);
  if (config.isController) checkControllerListeners(config);
  else checkBrokerOnlyListeners(config);
  if (config.isBroker) checkAdvertisedListeners(config);
  checkConnectionsPerIp(config);
  checkCordoned(config);
  const queuedMaxBytes = config.number('queued.max.request.bytes');
  requireThat(
    queuedMaxBytes <= 0 || queuedMaxBytes >= config.number('socket.request.max.bytes'),
    'queued.max.request.bytes must be larger or equal to socket.request.max.bytes',
  );
  const idleMs = config.number('connections.max.idle.ms');
  const delayMs = config.number('connection.failed.authentication.delay.ms');
  requireThat(
    idleMs < 0 || delayMs < idleMs,
    `connection.failed.authentication.delay.ms=${delayMs} should always be less than ` +
      `connections.max.idle.ms=${idleMs} to prevent failed authentication responses from timing out`,
  );
}

function checkConnectionsPerIp(config: BrokerConfig): void {
  const name = 'max.connections.per.ip.overrides';
  const entries = (config.text(name) ?? '').split(',').map((entry) => entry.trim());
  const overrides = entries.filter((entry) => entry !== '');
  for (const entry of overrides) {
    const colon = entry.lastIndexOf(':');
    if (colon < 0) {
      const why = `begin 0, end -1, length ${entry.length}`;
      throw new ConfigError(`Error parsing configuration property '${name}': ${why}`);
    }
    const count = entry.slice(colon + 1).trim();
    if (!/^[+-]?\d+$/.test(count)) throw new ConfigError(`For input string: "${count}"`);
  }
  requireThat(
    config.number('max.connections.per.ip') > 0 || overrides.length > 0,
    `max.connections.per.ip can be set to zero only if ${name} property is set.`,
  );
}

/** `*` stands for all of them. */
function checkCordoned(config: BrokerConfig): void {
  const cordoned = config.list('cordoned.log.dirs');
  requireThat(
    cordoned.length < 2 || !cordoned.includes('*'),
    'When cordoned.log.dirs is set to *, it must not contain other values',
  );
  const missing = cordoned.filter((path) => path !== '*' && !config.logDirs.includes(path));
  requireThat(
    missing.length === 0,
    `All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : ${missing.join(', ')}`,
  );
}

function checkQuorum(config: BrokerConfig): void {
  const voterIds = config.quorumVoters.map((voter) => voter.id);
  if (voterIds.length === 0 && config.quorumBootstrapServers.length === 0) {
    throw new ConfigError(
      'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of ' +
        'bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.',
    );
  }
  if (config.isController) {
    requireThat(
      voterIds.length === 0 || voterIds.includes(config.nodeId),
      `If process.roles contains the 'controller' role, the node id ${config.nodeId} must be ` +
        `included in the set of voters controller.quorum.voters=Set(${voterIds.join(', ')})`,
    );
  } else {
    requireThat(
      !voterIds.includes(config.nodeId),
      `If process.roles contains just the 'broker' role, the node id ${config.nodeId} must not be ` +
        `included in the set of voters controller.quorum.voters=Set(${voterIds.join(', ')})`,
    );
  }
}

function checkControllerListeners(config: BrokerConfig): void {
  requireThat(
    config.isBroker || config.brokerListeners.length === 0,
    'The listeners config must only contain KRaft controller listeners from ' +
      'controller.listener.names when process.roles=controller',
  );
  requireThat(
    config.controllerListeners.length > 0,
    'controller.listener.names must contain at least one value appearing in the ' +
      "'listeners' configuration when running the KRaft controller role",
  );
  const names = config.listeners.map((listener) => listener.name);
  requireThat(
    config.controllerListenerNames.every((name) => names.includes(name)),
    'controller.listener.names must only contain values appearing in the ' +
      "'listeners' configuration when running the KRaft controller role",
  );
}

function checkBrokerOnlyListeners(config: BrokerConfig): void {
  requireThat(
    config.controllerListeners.length === 0,
    'controller.listener.names must not contain a value appearing in the ' +
      "'listeners' configuration when running KRaft with just the broker role",
  );
  for (const name of config.controllerListenerNames) {
    if (config.securityProtocolMap.has(name)) continue;
    throw new ConfigError(
      `Controller listener with name ${name} defined in controller.listener.names not found in ` +
        'listener.security.protocol.map  (an explicit security mapping for each controller ' +
        'listener is required if listener.security.protocol.map is non-empty, or if there are ' +
        'security protocols other than PLAINTEXT in use)',
    );
  }
}

function checkAdvertisedListeners(config: BrokerConfig): void {
  const advertised = config.advertisedListeners.map((listener) => listener.name);
  requireThat(
    advertised.length > 0,
    'There must be at least one broker advertised listener. ' +
      'Perhaps all listeners appear in controller.listener.names?',
  );
  requireThat(
    advertised.includes(config.interBrokerListenerName),
    'inter.broker.listener.name must be a listener name defined in advertised.listeners. ' +
      `The valid options based on currently configured listeners are ${advertised.join(',')}`,
  );
  const names = config.listeners.map((listener) => listener.name);
  requireThat(
    advertised.every((name) => names.includes(name)),
    'advertised.listeners listener names must be equal to or a subset of the ones defined in ' +
      `listeners. Found ${advertised.join(',')}. The valid options based on the current ` +
      `configuration are ${names.join(',')}`,
  );
  requireThat(
    config.advertisedListeners.every((listener) => listener.host !== '0.0.0.0'),
    'advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.',
  );
}
