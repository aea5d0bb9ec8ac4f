// What a broker that runs can't be changed to: the whole set of its configs, static and dynamic, must make a broker again,
// and some may only change by so much (DynamicBrokerConfig.processReconfiguration and the Reconfigurables behind it).

import { ConfigError, ConfigRequestError } from './config-def.ts';
import { BrokerConfig } from './server-properties.ts';

type Texts = ReadonlyMap<string, string>;

/** The dynamic configs of one broker: those of all brokers, and its own over them. */
export interface DynamicConfigs {
  readonly clusterDefaults: Texts;
  readonly own: Texts;
}

const THREAD_POOLS = [
  'num.io.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'background.threads',
];
const CREATION_RATE = 'max.connection.creation.rate';
const LISTENER_THREADS = /^listener\.name\.([^.]*)\.(num\.network\.threads)$/;

/** Throws ConfigRequestError. */
export function checkReconfiguration(
  config: BrokerConfig,
  before: DynamicConfigs,
  after: DynamicConfigs,
): void {
  const proposed = madeOf(config, after);
  const current = currentOf(config, before);
  for (const name of THREAD_POOLS) {
    checkThreads(name, current.number(name), proposed.number(name));
  }
  checkListenerThreads(current, proposed);
  checkCleanerThreads(
    current.number('log.cleaner.threads'),
    proposed.number('log.cleaner.threads'),
  );
  const rate = proposed.number(CREATION_RATE);
  if (rate <= 0) throw invalid(`Invalid ${CREATION_RATE} ${rate}`);
  checkProtocols(current, proposed);
}

function madeOf(config: BrokerConfig, { clusterDefaults, own }: DynamicConfigs): BrokerConfig {
  try {
    return new BrokerConfig(new Map([...config.originals, ...clusterDefaults, ...own]));
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigRequestError(error.message) : error;
  }
}

/** What was stored by a version that checked less is no reason to refuse a change that mends it. */
function currentOf(config: BrokerConfig, before: DynamicConfigs): BrokerConfig {
  try {
    return madeOf(config, before);
  } catch {
    return config;
  }
}

/** DynamicThreadPool.validateReconfiguration: by half or double at a time. */
function checkThreads(name: string, from: number, to: number): void {
  const refuse = (why: string): never => {
    throw invalid(`Dynamic thread count update validation failed for ${name}=${to}, ${why}`);
  };
  if (to === from) return;
  if (to <= 0) refuse('value should be at least 1');
  if (to < Math.trunc(from / 2)) refuse(`value should be at least half the current value ${from}`);
  if (to > from * 2) refuse(`value should not be greater than double the current value ${from}`);
}

/** Those of one listener; the broker's own count is for listeners that come later. */
function checkListenerThreads(current: BrokerConfig, proposed: BrokerConfig): void {
  for (const [name, text] of proposed.originals) {
    const [, , base] = LISTENER_THREADS.exec(name) ?? [];
    if (base === undefined) continue;
    const from = current.originals.get(name) ?? current.number(base);
    checkThreads(base, Number(from), Number(text));
  }
}

/** LogCleaner.validateReconfiguration. */
function checkCleanerThreads(from: number, to: number): void {
  if (to < 1) throw invalid('Log cleaner threads should be at least 1');
  if (to < Math.trunc(from / 2)) {
    throw invalid(
      `Log cleaner threads cannot be reduced to less than half the current value ${from}`,
    );
  }
  if (to > from * 2) {
    throw invalid(
      `Log cleaner threads cannot be increased to more than double the current value ${from}`,
    );
  }
}

/** DynamicListenerConfig.validateReconfiguration. */
function checkProtocols(current: BrokerConfig, proposed: BrokerConfig): void {
  for (const { name, securityProtocol } of proposed.listeners) {
    const existing = current.listeners.find((listener) => listener.name === name);
    if (existing === undefined || existing.securityProtocol === securityProtocol) continue;
    throw invalid(
      `Security protocol cannot be updated for existing listener ListenerName(${name})`,
    );
  }
}

/** As Kafka wraps it: an exception in the place of the value. */
function invalid(sentence: string): ConfigRequestError {
  return new ConfigRequestError(
    `Invalid value org.apache.kafka.common.config.ConfigException: ${sentence} for configuration Invalid dynamic configuration`,
  );
}
