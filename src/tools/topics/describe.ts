// kafka-topics.sh --describe: topics with their partitions, whole or only what a health filter picks.
// The order of topics and configs is that of Java's hash maps, because Kafka's tool prints them so.

import { describeCluster } from '../../client/admin/describe-cluster.ts';
import { describeConfigs } from '../../client/admin/describe-configs.ts';
import { describeTopicById } from '../../client/admin/describe-topic-by-id.ts';
import { describeTopics } from '../../client/admin/describe-topics.ts';
import { listPartitionReassignments } from '../../client/admin/list-partition-reassignments.ts';
import type { ClientError } from '../../client/errors.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ConfigEntry, Outcome, Reassignment, TopicDescription } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { ZERO_UUID } from '../../common/uuid.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { Errors } from '../../protocol/errors.ts';
import { ToolError } from '../support/java-error.ts';
import { parseJavaUuid } from '../support/java-uuid.ts';
import { describeFilter } from './describe-filter.ts';
import { ensureFound, selectTopics } from './topic-names.ts';
import { presentTopics } from './topic-report.ts';

const TOPIC_RESOURCE = 2;
const DEFAULT_PARTITIONS_PER_PAGE = 2000;

/** A topic with all that describing it takes. */
export interface DescribedTopic {
  readonly description: TopicDescription;
  /** In the order in which Kafka's tool walks them. */
  readonly configs: readonly ConfigEntry[];
  /** By partition number. */
  readonly reassignments: ReadonlyMap<number, Reassignment>;
}

export async function describeTopicsCommand(
  client: KafkaClient,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const descriptions = await findTopics(client, options);
  const configs = await configsOf(client, descriptions);
  const cluster = await describeCluster(client);
  const reassignments = await reassignmentsOf(client, descriptions);
  const topics = descriptions.map((description) => ({
    description,
    configs: configs.get(description.name)!,
    reassignments: reassignments.get(description.name) ?? new Map(),
  }));
  const filter = describeFilter(options, new Set(cluster.nodes.map((node) => node.id)));
  await presentTopics(topics, filter, context);
}

async function findTopics(client: KafkaClient, options: ParsedOptions) {
  const topicId = options.value('topic-id');
  const wanted = topicId === undefined ? ZERO_UUID : parseJavaUuid(topicId);
  const isRequired = !options.has('if-exists');
  const excludeInternal = options.has('exclude-internal');
  if (wanted !== ZERO_UUID) return findById(client, wanted, excludeInternal, isRequired);
  const pattern = options.value('topic');
  const topics = await selectTopics(client, pattern, excludeInternal);
  ensureFound(topics, pattern, isRequired);
  if (topics.length === 0) return [];
  const names = topics.map(({ name }) => name);
  const partitionsPerPage =
    options.integer('partition-size-limit-per-response') ?? DEFAULT_PARTITIONS_PER_PAGE;
  const found = await describeTopics(client, names, { partitionsPerPage });
  return walkOrder(names).map((name) => orThrow(found.get(name)!));
}

async function findById(
  client: KafkaClient,
  topicId: string,
  excludeInternal: boolean,
  isRequired: boolean,
): Promise<TopicDescription[]> {
  const topics = await selectTopics(client, undefined, excludeInternal);
  if (!topics.some((topic) => topic.topicId === topicId)) {
    if (isRequired) throw new ToolError(`TopicId '${topicId}' does not exist as expected`);
    return [];
  }
  return [await describeTopicById(client, topicId)];
}

/** The names pass through three maps in KafkaAdminClient and DescribeTopicsResult. */
function walkOrder(sortedNames: readonly string[]): string[] {
  const count = sortedNames.length;
  const futures = javaHashMapOrder(sortedNames, count);
  const copied = javaHashMapOrder(futures, Math.trunc(count / 0.75 + 1));
  return javaHashMapOrder(copied, count);
}

function orThrow<T>(outcome: Outcome<T>): T {
  if (outcome.error !== undefined) throw outcome.error;
  return outcome.value;
}

async function configsOf(client: KafkaClient, topics: readonly TopicDescription[]) {
  const resources = topics.map(({ name }) => ({ type: TOPIC_RESOURCE, name }));
  const configs = new Map<string, ConfigEntry[]>();
  if (resources.length === 0) return configs;
  for (const { resource, outcome } of await describeConfigs(client, resources)) {
    const byName = new Map(orThrow(outcome).map((entry) => [entry.name, entry]));
    const order = javaHashMapOrder([...byName.keys()]);
    configs.set(
      resource.name,
      order.map((name) => byName.get(name)!),
    );
  }
  return configs;
}

/** Brokers that don't know reassignments, or don't tell this principal, have none. */
async function reassignmentsOf(client: KafkaClient, topics: readonly TopicDescription[]) {
  const byTopic = new Map<string, Map<number, Reassignment>>();
  if (topics.length === 0) return byTopic;
  const partitions = topics.flatMap(({ name, partitions: list }) =>
    list.map(({ partition }) => ({ topic: name, partition })),
  );
  for (const found of await listReassignments(client, partitions)) {
    const partitionsOfTopic = byTopic.get(found.topic) ?? new Map<number, Reassignment>();
    byTopic.set(found.topic, partitionsOfTopic.set(found.partition, found));
  }
  return byTopic;
}

async function listReassignments(
  client: KafkaClient,
  partitions: readonly { topic: string; partition: number }[],
): Promise<Reassignment[]> {
  try {
    return await listPartitionReassignments(client, partitions);
  } catch (error) {
    const code = (error as Partial<ClientError>).code;
    if (code === Errors.UNSUPPORTED_VERSION || code === Errors.CLUSTER_AUTHORIZATION_FAILED) {
      return [];
    }
    throw error;
  }
}
