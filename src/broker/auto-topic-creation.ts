// Creates topics that clients ask for without having created them: by Metadata, and the coordinators' own.
// Bounded: a name that is on its way isn't asked for again. As DefaultAutoTopicCreationManager.

import {
  GROUP_METADATA_TOPIC,
  SHARE_STATE_TOPIC,
  TRANSACTION_STATE_TOPIC,
} from '../common/topic-name.ts';
import type { BrokerConfig } from '../config/server-properties.ts';
import type { Controller } from '../metadata/controller/controller.ts';
import { Errors } from '../protocol/errors.ts';
import type { CreatableTopic } from '../protocol/generated/apis/create-topics-request.ts';

const TIMEOUT_MS = 30_000;

/** The configs that tell how large a topic is made. */
const SIZE_CONFIGS = new Map(
  [
    [GROUP_METADATA_TOPIC, 'offsets.topic'],
    [TRANSACTION_STATE_TOPIC, 'transaction.state.log'],
    [SHARE_STATE_TOPIC, 'share.coordinator.state.topic'],
  ].map(([topic, prefix]) => [
    topic,
    { partitions: `${prefix}.num.partitions`, replication: `${prefix}.replication.factor` },
  ]),
);
const DEFAULT_SIZE_CONFIGS = {
  partitions: 'num.partitions',
  replication: 'default.replication.factor',
};

export class AutoTopicCreation {
  readonly #controller: Controller;
  readonly #config: BrokerConfig;
  readonly #internalConfigs: (topic: string) => ReadonlyMap<string, string>;
  readonly #log: (line: string) => void;
  readonly #onTheirWay = new Map<string, Promise<void>>();

  /** `internalConfigs`: the configs that an internal topic is created with. */
  constructor(
    controller: Controller,
    config: BrokerConfig,
    internalConfigs: (topic: string) => ReadonlyMap<string, string>,
    log: (line: string) => void,
  ) {
    this.#controller = controller;
    this.#config = config;
    this.#internalConfigs = internalConfigs;
    this.#log = log;
  }

  /** Resolves when each topic is there or was refused; a refusal is logged, the client finds no topic. */
  request(topics: readonly string[]): Promise<void> {
    const wanted: CreatableTopic[] = [];
    const waits = new Set<Promise<void>>();
    for (const name of topics) {
      const existing = this.#onTheirWay.get(name);
      if (existing !== undefined) waits.add(existing);
      else wanted.push(this.#creatable(name));
    }
    if (wanted.length > 0) {
      const creation = this.#create(wanted).finally(() => {
        for (const { name } of wanted) this.#onTheirWay.delete(name);
      });
      for (const { name } of wanted) this.#onTheirWay.set(name, creation);
      waits.add(creation);
    }
    return Promise.all(waits).then(() => undefined);
  }

  async #create(topics: CreatableTopic[]): Promise<void> {
    try {
      const response = await this.#controller.createTopics({
        topics,
        timeoutMs: TIMEOUT_MS,
        validateOnly: false,
      });
      for (const { name, errorCode, errorMessage } of response.topics) {
        if (errorCode === Errors.NONE || errorCode === Errors.TOPIC_ALREADY_EXISTS) continue;
        this.#log(`could not create topic ${name}: ${errorMessage ?? errorCode}`);
      }
    } catch (error) {
      this.#log(`could not create topics: ${(error as Error).message}`);
    }
  }

  #creatable(name: string): CreatableTopic {
    const config = this.#config;
    const { partitions, replication } = SIZE_CONFIGS.get(name) ?? DEFAULT_SIZE_CONFIGS;
    return {
      name,
      numPartitions: config.number(partitions),
      replicationFactor: config.number(replication),
      assignments: [],
      configs: [...this.#internalConfigs(name)].map(([key, value]) => ({ name: key, value })),
    };
  }
}
