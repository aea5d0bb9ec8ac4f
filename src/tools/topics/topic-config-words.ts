// `--config name=value` words of kafka-topics.sh, checked on the spot as Kafka's tool does
// (TopicCommand.parseTopicConfigsToBeAdded, LogConfig.validate).

import { javaRegexSplitter } from '../../common/java-regex.ts';
import { parseAll } from '../../config/config-def.ts';
import { topicConfigs } from '../../config/topic-configs.ts';
import { ToolError } from '../support/java-error.ts';

const FORMAT_MESSAGE =
  'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".';
const INVALID_CONFIGURATION = 'org.apache.kafka.common.errors.InvalidConfigurationException';
const splitPair = javaRegexSplitter('\\s*=\\s*');

/** Throws ToolError or ConfigError with Kafka's words. */
export function parseTopicConfigs(words: readonly string[]): Map<string, string> {
  const pairs = words.map(splitPair);
  if (!pairs.every((pair) => pair.length === 2)) throw new ToolError(FORMAT_MESSAGE);
  const configs = new Map(pairs.map((pair) => [pair[0]!.trim(), pair[1]!.trim()]));
  validate(configs);
  return configs;
}

function validate(configs: ReadonlyMap<string, string>): void {
  for (const name of configs.keys()) {
    if (!topicConfigs.has(name)) {
      throw new ToolError(`Unknown topic config name: ${name}`, INVALID_CONFIGURATION);
    }
  }
  const values = parseAll(topicConfigs, configs);
  const min = values.get('min.compaction.lag.ms') as number;
  const max = values.get('max.compaction.lag.ms') as number;
  if (min > max) {
    throw new ToolError(
      `conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`,
      INVALID_CONFIGURATION,
    );
  }
}
