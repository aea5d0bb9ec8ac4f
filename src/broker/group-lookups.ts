// The metadata image as the group coordinator asks for it: topics, and what is set for single groups.

import type { GroupSettingsLookup } from '../coordinator/group/group-settings.ts';
import type { TopicInfo, TopicLookup } from '../coordinator/group/topic-lookup.ts';
import { ConfigResourceType } from '../metadata/image/configs-image.ts';
import { type TopicImage, TopicsImage } from '../metadata/image/topics-image.ts';
import type { MetadataCache } from './metadata-cache.ts';

export class ImageTopics implements TopicLookup {
  readonly #metadata: MetadataCache;
  readonly #infos = new WeakMap<TopicImage, TopicInfo>();
  #seen = TopicsImage.EMPTY;
  #seenAtOffset = -1;

  constructor(metadata: MetadataCache) {
    this.#metadata = metadata;
  }

  /** Offset of the image in which the topics were first as they are. */
  get version(): number {
    const { topics, provenance } = this.#metadata.image;
    if (topics !== this.#seen) {
      this.#seen = topics;
      this.#seenAtOffset = provenance.lastContainedOffset;
    }
    return this.#seenAtOffset;
  }

  byName(name: string): TopicInfo | undefined {
    return this.#infoOf(this.#metadata.topic(name));
  }

  byId(id: string): TopicInfo | undefined {
    return this.#infoOf(this.#metadata.topicById(id));
  }

  names(): Iterable<string> {
    return this.#metadata.image.topics.topicsByName.keys();
  }

  #infoOf(topic: TopicImage | undefined): TopicInfo | undefined {
    if (topic === undefined) return undefined;
    let info = this.#infos.get(topic);
    if (info === undefined) {
      const { id, name, partitions } = topic;
      const { brokers } = this.#metadata.image.cluster;
      const racks = (partition: number): readonly string[] =>
        (partitions[partition]?.replicas ?? []).flatMap((id) => brokers.get(id)?.rack ?? []);
      info = { id, name, partitionCount: partitions.length, racks };
      this.#infos.set(topic, info);
    }
    return info;
  }
}

export function imageGroupSettings(metadata: MetadataCache): GroupSettingsLookup {
  return (groupId) => {
    const configs = metadata.image.configs.configMapForResource(ConfigResourceType.GROUP, groupId);
    const number = (name: string): number | undefined => {
      const value = configs.get(name);
      return value === undefined ? undefined : Number(value);
    };
    return {
      consumer: {
        ...optional('sessionTimeoutMs', number('consumer.session.timeout.ms')),
        ...optional('heartbeatIntervalMs', number('consumer.heartbeat.interval.ms')),
        ...optional('assignmentIntervalMs', number('consumer.assignment.interval.ms')),
      },
      streams: {
        ...optional('sessionTimeoutMs', number('streams.session.timeout.ms')),
        ...optional('heartbeatIntervalMs', number('streams.heartbeat.interval.ms')),
        ...optional('assignmentIntervalMs', number('streams.assignment.interval.ms')),
        ...optional('initialRebalanceDelayMs', number('streams.initial.rebalance.delay.ms')),
        ...optional('numStandbyReplicas', number('streams.num.standby.replicas')),
      },
    };
  };
}

function optional<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: number });
}
