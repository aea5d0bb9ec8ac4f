// What a topic's log lives by: its own configs over the broker's dynamic and static ones, out of an image.
// The precedence is src/config/topic-config.ts's; this only knows where the layers are.

import type { BrokerConfig } from '../config/server-properties.ts';
import { effectiveTopicConfigs } from '../config/topic-config.ts';
import type { CleanerSettings } from '../log/cleaner/log-cleaner.ts';
import { type LogConfig, logConfig } from '../log/log-config.ts';
import type { ProducerStateSettings } from '../log/producer-state-config.ts';
import { ConfigResourceType } from '../metadata/image/configs-image.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';

export class TopicLogConfigs {
  readonly #config: BrokerConfig;

  constructor(config: BrokerConfig) {
    this.#config = config;
  }

  /** What the log cleaner goes by: log.cleaner.* of the cluster over the static ones. */
  cleanerSettings(image: MetadataImage): CleanerSettings {
    const number = (name: string) => {
      const dynamic = this.#dynamic(name, image);
      return dynamic === undefined ? this.#config.number(name) : Number(dynamic);
    };
    return {
      threads: number('log.cleaner.threads'),
      dedupeBufferBytes: number('log.cleaner.dedupe.buffer.size'),
      loadFactor: number('log.cleaner.io.buffer.load.factor'),
      ioBufferBytes: number('log.cleaner.io.buffer.size'),
      maxBytesPerSecond: number('log.cleaner.io.max.bytes.per.second'),
      backoffMs: number('log.cleaner.backoff.ms'),
    };
  }

  /** What the states of producers go by: the cluster's dynamic configs over the static ones. */
  producerState(image: MetadataImage): ProducerStateSettings {
    const expirationMs = this.#dynamic('producer.id.expiration.ms', image);
    const verifies = this.#dynamic('transaction.partition.verification.enable', image);
    return {
      expirationMs:
        expirationMs === undefined
          ? this.#config.number('producer.id.expiration.ms')
          : Number(expirationMs),
      verifiesTransactions:
        verifies === undefined
          ? this.#config.boolean('transaction.partition.verification.enable')
          : verifies.trim().toLowerCase() === 'true',
    };
  }

  /** Of this broker, or else of all. */
  #dynamic(name: string, { configs }: MetadataImage): string | undefined {
    const { BROKER } = ConfigResourceType;
    const own = configs.configMapForResource(BROKER, String(this.#config.nodeId));
    return own.get(name) ?? configs.configMapForResource(BROKER, '').get(name);
  }

  /** cordoned.log.dirs of this broker; `*` means all of them. */
  cordonedLogDirs(image: MetadataImage): readonly string[] {
    const { BROKER } = ConfigResourceType;
    const own = image.configs.configMapForResource(BROKER, String(this.#config.nodeId));
    const dynamic = own.get('cordoned.log.dirs')?.split(',');
    const set = dynamic ?? this.#config.listOrNull('cordoned.log.dirs') ?? [];
    const names = set.map((name) => name.trim());
    return names.includes('*') ? this.#config.logDirs : names.filter((name) => name !== '');
  }

  /** replica.alter.log.dirs.io.max.bytes.per.second of this broker, a config that is only ever dynamic. */
  moveBytesPerSecond(image: MetadataImage): number {
    const { BROKER } = ConfigResourceType;
    const name = 'replica.alter.log.dirs.io.max.bytes.per.second';
    const own = image.configs.configMapForResource(BROKER, String(this.#config.nodeId)).get(name);
    const all = image.configs.configMapForResource(BROKER, '').get(name);
    const limit = Number(own ?? all ?? Number.POSITIVE_INFINITY);
    return limit > 0 ? limit : Number.POSITIVE_INFINITY;
  }

  forTopic(topic: string, image: MetadataImage): LogConfig {
    const { configs } = image;
    const { BROKER, TOPIC } = ConfigResourceType;
    const effective = effectiveTopicConfigs({
      config: this.#config,
      clusterDefaults: configs.configMapForResource(BROKER, ''),
      brokerOverrides: configs.configMapForResource(BROKER, String(this.#config.nodeId)),
      topicOverrides: configs.configMapForResource(TOPIC, topic),
    });
    const values = new Map<string, string>();
    for (const { name, value } of effective) if (value !== null) values.set(name, value);
    return logConfig(values);
  }
}
