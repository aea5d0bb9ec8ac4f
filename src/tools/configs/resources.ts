// Which entities of a type there are: to tell one that isn't there, and for --describe without a name
// (ConfigCommand.describeResourceConfig).

import { ConfigResourceType } from '../../client/admin/config-resources.ts';
import { describeCluster } from '../../client/admin/describe-cluster.ts';
import { listConfigResources } from '../../client/admin/list-config-resources.ts';
import { listGroups } from '../../client/admin/list-groups.ts';
import { listTopics } from '../../client/admin/list-topics.ts';
import { UnsupportedVersionError } from '../../client/errors.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { topicNameError } from '../../common/topic-name.ts';
import { ToolError } from '../support/java-error.ts';
import type { EntityType } from './entities.ts';

/** Whether the entity exists or has configs. */
export async function isKnown(
  client: KafkaClient,
  type: EntityType,
  name: string,
): Promise<boolean> {
  if (type === 'topics') checkTopicName(name);
  return (await allEntities(client, type)).includes(name);
}

/** In the order in which Kafka shows them; the brokers' default '' comes last. */
export async function allEntities(client: KafkaClient, type: EntityType): Promise<string[]> {
  switch (type) {
    case 'topics': {
      const topics = await listTopics(client, { listInternal: true });
      return javaHashMapOrder(topics.map(({ name }) => name));
    }
    case 'brokers':
    case 'broker-loggers': {
      const { nodes } = await describeCluster(client);
      return [...nodes.map(({ id }) => String(id)), ''];
    }
    case 'client-metrics':
      return namesOf(client, ConfigResourceType.CLIENT_METRICS);
    default: {
      const groups = await listGroups(client);
      const withConfigs = await groupsWithConfigs(client);
      return [...new Set([...groups.map(({ groupId }) => groupId), ...withConfigs])];
    }
  }
}

function checkTopicName(name: string): void {
  const error = topicNameError(name);
  if (error === undefined) return;
  throw new ToolError(error, 'org.apache.kafka.common.errors.InvalidTopicException');
}

async function namesOf(client: KafkaClient, type: number): Promise<string[]> {
  return (await listConfigResources(client, [type])).map(({ name }) => name);
}

/** Brokers before 4.1 can't list them. */
async function groupsWithConfigs(client: KafkaClient): Promise<string[]> {
  try {
    return await namesOf(client, ConfigResourceType.GROUP);
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return [];
    throw error;
  }
}
