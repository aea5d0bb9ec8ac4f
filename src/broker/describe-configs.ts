// What DescribeConfigs tells of a resource of an image: src/config/describe-configs.ts with the dynamic configs that the
// image holds. Reads; changes nothing.

import {
  type BrokerLayers,
  type DescribedConfig,
  describeBrokerConfigs,
  describeBrokerDefaults,
  describeClientMetricsConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from '../config/describe-configs.ts';
import type { BrokerConfig } from '../config/server-properties.ts';
import { ConfigResourceType } from '../metadata/image/configs-image.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';
import type { DescribeConfigsResourceResult } from '../protocol/generated/apis/describe-configs-response.ts';
import type { Draft } from '../protocol/message.ts';

type Entry = Draft<DescribeConfigsResourceResult>;

const { BROKER, TOPIC, GROUP, CLIENT_METRICS } = ConfigResourceType;

export class ConfigDescriber {
  readonly #image: MetadataImage;
  readonly #layers: BrokerLayers;

  constructor(config: BrokerConfig, image: MetadataImage) {
    this.#image = image;
    this.#layers = {
      config,
      clusterDefaults: this.#dynamic(BROKER, ''),
      brokerOverrides: this.#dynamic(BROKER, String(config.nodeId)),
    };
  }

  topic(name: string): Entry[] {
    return describeTopicConfigs(this.#layers, this.#dynamic(TOPIC, name)).map(entry);
  }

  broker(): Entry[] {
    return describeBrokerConfigs(this.#layers).map(entry);
  }

  brokerDefaults(): Entry[] {
    return describeBrokerDefaults(this.#layers).map(entry);
  }

  group(name: string): Entry[] {
    return describeGroupConfigs(this.#layers, this.#dynamic(GROUP, name)).map(entry);
  }

  clientMetrics(name: string): Entry[] {
    return describeClientMetricsConfigs(this.#dynamic(CLIENT_METRICS, name)).map(entry);
  }

  #dynamic(type: number, name: string): ReadonlyMap<string, string> {
    return this.#image.configs.configMapForResource(type, name);
  }
}

function entry({ source, type, ...described }: DescribedConfig): Entry {
  return { ...described, configSource: source, configType: type };
}
