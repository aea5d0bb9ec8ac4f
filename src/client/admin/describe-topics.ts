// Admin.describeTopics: partitions, leaders and replicas by topic. DescribeTopicPartitions page by page (KIP-966);
// brokers without it are asked by Metadata, which knows nothing of eligible leader replicas.

import { DESCRIBE_TOPIC_PARTITIONS } from '../../protocol/generated/apis/describe-topic-partitions.ts';
import type {
  DescribeTopicPartitionsResponse,
  DescribeTopicPartitionsResponsePartition,
  DescribeTopicPartitionsResponseTopic,
} from '../../protocol/generated/apis/describe-topic-partitions-response.ts';
import { METADATA } from '../../protocol/generated/apis/metadata.ts';
import type { MetadataResponseTopic } from '../../protocol/generated/apis/metadata-response.ts';
import { type ClusterView, clusterView, nodeOrUnknown } from '../cluster-view.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type {
  Node,
  OperationOptions,
  Outcome,
  PartitionDescription,
  TopicDescription,
} from '../types.ts';
import type { Call } from './call.ts';
import { clientError, failed, itemError, missing } from './outcomes.ts';
import { unrepresentableTopic } from './topic-names.ts';

export interface DescribeTopicsOptions extends OperationOptions {
  readonly includeAuthorizedOperations?: boolean;
  /** 2000 when absent; the broker has a bound of its own. */
  readonly partitionsPerPage?: number;
}

/** Never rejects; a result per topic in the order asked. */
export async function describeTopics(
  client: KafkaClient,
  topics: readonly string[],
  options: DescribeTopicsOptions = {},
): Promise<Map<string, Outcome<TopicDescription>>> {
  const outcomes = new Map<string, Outcome<TopicDescription>>();
  const asked: string[] = [];
  for (const name of new Set(topics)) {
    const refusal = unrepresentableTopic(name);
    if (refusal === undefined) asked.push(name);
    outcomes.set(name, failed(refusal ?? missing(`topic ${name}`)));
  }
  if (asked.length === 0) return outcomes;
  const call = client.startCall('describeTopicPartitions', options);
  try {
    const version = await client.versionOf(call, DESCRIBE_TOPIC_PARTITIONS);
    if (version === undefined) await describeByMetadata(client, asked, options, outcomes);
    else await describeByPages(client, call, asked, options, outcomes);
  } catch (error) {
    for (const name of asked) outcomes.set(name, failed(clientError(error)));
  }
  return outcomes;
}

async function describeByPages(
  client: KafkaClient,
  call: Call,
  names: readonly string[],
  options: DescribeTopicsOptions,
  outcomes: Map<string, Outcome<TopicDescription>>,
): Promise<void> {
  const view = await client.cluster(client.startCall('listNodes', options), true);
  const partitions = new Map<string, PartitionDescription[]>();
  let pending = [...names].sort();
  let cursor: { topicName: string; partitionIndex: number } | null = null;
  while (pending.length > 0) {
    const response: DescribeTopicPartitionsResponse = await client.request(
      call,
      DESCRIBE_TOPIC_PARTITIONS,
      {
        topics: pending.map((name) => ({ name })),
        responsePartitionLimit: options.partitionsPerPage ?? 2000,
        cursor,
      },
    );
    for (const topic of response.topics) takePage(view, topic, options, partitions, outcomes);
    cursor = response.nextCursor;
    if (cursor === null) return;
    const next = cursor.topicName;
    pending = pending.filter((name) => name >= next);
  }
}

function takePage(
  view: ClusterView,
  topic: DescribeTopicPartitionsResponseTopic,
  options: DescribeTopicsOptions,
  partitions: Map<string, PartitionDescription[]>,
  outcomes: Map<string, Outcome<TopicDescription>>,
): void {
  const name = topic.name ?? '';
  const error = itemError(topic.errorCode);
  if (error !== undefined) {
    outcomes.set(name, failed(error));
    return;
  }
  const all = partitions.get(name) ?? [];
  partitions.set(name, all);
  for (const partition of topic.partitions) all.push(pagedPartition(view, partition));
  outcomes.set(name, {
    value: {
      name,
      topicId: topic.topicId,
      isInternal: topic.isInternal,
      partitions: all,
      authorizedOperations: options.includeAuthorizedOperations
        ? topic.topicAuthorizedOperations
        : undefined,
    },
  });
}

function pagedPartition(
  view: ClusterView,
  partition: DescribeTopicPartitionsResponsePartition,
): PartitionDescription {
  const { eligibleLeaderReplicas, lastKnownElr } = partition;
  return {
    partition: partition.partitionIndex,
    leader: leaderNode(view, partition.leaderId),
    leaderEpoch: partition.leaderEpoch,
    replicas: nodes(view, partition.replicaNodes),
    isr: nodes(view, partition.isrNodes),
    eligibleLeaderReplicas:
      eligibleLeaderReplicas === null ? undefined : nodes(view, eligibleLeaderReplicas),
    lastKnownElr: lastKnownElr === null ? undefined : nodes(view, lastKnownElr),
  };
}

async function describeByMetadata(
  client: KafkaClient,
  names: readonly string[],
  options: DescribeTopicsOptions,
  outcomes: Map<string, Outcome<TopicDescription>>,
): Promise<void> {
  const call = client.startCall('describeTopics', options);
  const response = await client.request(call, METADATA, (version) => ({
    topics: names.map((name) => ({ name })),
    allowAutoTopicCreation: false,
    ...(version >= 8
      ? { includeTopicAuthorizedOperations: options.includeAuthorizedOperations ?? false }
      : {}),
  }));
  const view = clusterView(response);
  client.learn(view);
  for (const topic of response.topics) {
    const { name, errorCode } = topic;
    if (name === null) continue;
    if (errorCode !== 0) outcomes.set(name, failed(errorOf(errorCode)));
    else outcomes.set(name, { value: topicOfMetadata(view, topic, options) });
  }
}

export function topicOfMetadata(
  view: ClusterView,
  topic: MetadataResponseTopic,
  options: DescribeTopicsOptions,
): TopicDescription {
  const partitions = topic.partitions.map((partition) => ({
    partition: partition.partitionIndex,
    leader: leaderNode(view, partition.leaderId),
    leaderEpoch: partition.leaderEpoch,
    replicas: nodes(view, partition.replicaNodes),
    isr: nodes(view, partition.isrNodes),
    eligibleLeaderReplicas: undefined,
    lastKnownElr: undefined,
  }));
  return {
    name: topic.name ?? '',
    topicId: topic.topicId,
    isInternal: topic.isInternal,
    partitions: partitions.sort((a, b) => a.partition - b.partition),
    authorizedOperations: options.includeAuthorizedOperations
      ? topic.topicAuthorizedOperations
      : undefined,
  };
}

/** A leader that metadata doesn't list counts as none, as in Java. */
function leaderNode(view: ClusterView, id: number): Node | undefined {
  return view.nodes.get(id);
}

function nodes(view: ClusterView, ids: readonly number[]): Node[] {
  return ids.map((id) => nodeOrUnknown(view, id));
}
