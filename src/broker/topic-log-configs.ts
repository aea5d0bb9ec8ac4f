// What a topic's log lives by: its own configs over the broker's dynamic and static ones, out of an image.
// The precedence is src/config/topic-config.ts's; this only knows where the layers are.

import type { BrokerConfig } from '../config/server-properties.ts';
import { effectiveTopicConfigs } from '../config/topic-config.ts';
import { type LogConfig, logConfig } from '../log/log-config.ts';
import { ConfigResourceType } from '../metadata/image/configs-image.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';

export class TopicLogConfigs {
  private readonly config: BrokerConfig;

  constructor(config: BrokerConfig) {
    this.config = config;
  }

  forTopic(topic: string, image: MetadataImage): LogConfig {
    const { configs } = image;
    const { BROKER, TOPIC } = ConfigResourceType;
    const effective = effectiveTopicConfigs({
      config: this.config,
      clusterDefaults: configs.configMapForResource(BROKER, ''),
      brokerOverrides: configs.configMapForResource(BROKER, String(this.config.nodeId)),
      topicOverrides: configs.configMapForResource(TOPIC, topic),
    });
    const values = new Map<string, string>();
    for (const { name, value } of effective) if (value !== null) values.set(name, value);
    return logConfig(values);
  }
}
