// kafka-topics.sh --create: a topic with the broker's defaults, with counts, or with replicas placed by hand.

import { createTopics } from '../../client/admin/create-topics.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { NewTopic } from '../../client/types.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { Errors } from '../../protocol/errors.ts';
import { ToolError } from '../support/java-error.ts';
import { parseReplicaAssignment } from './replica-assignment.ts';
import { parseTopicConfigs } from './topic-config-words.ts';

const COLLISION_WARNING =
  "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.";

export async function createTopic(
  client: KafkaClient,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const topic = newTopic(options);
  if (/[._]/.test(topic.name)) context.notice(COLLISION_WARNING);
  checkCounts(topic);
  const outcome = (await createTopics(client, [topic])).get(topic.name)!;
  if (outcome.error !== undefined) {
    const isThere = outcome.error.code === Errors.TOPIC_ALREADY_EXISTS;
    if (!isThere || !options.has('if-not-exists')) throw outcome.error;
    await context.out.present({
      kafka: () => [],
      data: () => ({ topic: topic.name, created: false }),
    });
    return;
  }
  const { topicId, partitions, replicationFactor } = outcome.value;
  await context.out.present({
    kafka: () => [`Created topic ${topic.name}.`],
    data: () => ({ topic: topic.name, created: true, topicId, partitions, replicationFactor }),
  });
}

function newTopic(options: ParsedOptions): NewTopic {
  const name = options.value('topic')!;
  const partitions = options.integer('partitions');
  const replicationFactor = options.integer('replication-factor');
  const assignments = parseReplicaAssignment(options.value('replica-assignment') ?? '');
  const configs = parseTopicConfigs(options.values('config'));
  if (assignments.length > 0) return { name, assignments, configs };
  return {
    name,
    configs,
    ...(partitions === undefined ? {} : { partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
  };
}

function checkCounts({ partitions, replicationFactor }: NewTopic): void {
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > 32767)) {
    throw new ToolError('The replication factor must be between 1 and 32767 inclusive');
  }
  if (partitions !== undefined && partitions < 1) {
    throw new ToolError('The partitions must be greater than 0');
  }
}
