// kafka-get-offsets.sh: one `topic:partition:offset` line per partition (org.apache.kafka.tools.GetOffsetShell).

import { describeTopics } from '../../client/admin/describe-topics.ts';
import { listOffsets } from '../../client/admin/list-offsets.ts';
import { listTopics } from '../../client/admin/list-topics.ts';
import { ClientError, ConfigError, KafkaError } from '../../client/errors.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { partitionKey, type TopicPartition } from '../../client/types.ts';
import { javaLongToString } from '../../common/java.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { GET_OFFSETS_TABLE } from '../../flags/tables/get-offsets.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired, isArgumentError } from '../../flags/usage.ts';
import { isBootstrapMissing, openAdmin } from '../support/admin.ts';
import { checkBootstrapServer } from '../support/bootstrap-check.ts';
import { describeChain, describeError, messageOf, rootCause } from '../support/java-error.ts';
import { parseOffsetSpec } from './offset-spec.ts';
import {
  type PartitionFilter,
  partitionRules,
  TerseError,
  topicAndPartitions,
} from './partition-filter.ts';

export const GET_OFFSETS: Tool = {
  table: GET_OFFSETS_TABLE,
  run: runGetOffsets,
  reject(error, context) {
    if (error.showsUsage) return printUsage(GET_OFFSETS_TABLE, error.message, context);
    context.err(`Error occurred: ${error.message}`);
    if (isArgumentError(error)) context.err(describeChain(error));
    return 1;
  },
};

interface PartitionOffset extends TopicPartition {
  readonly offset: number;
  readonly timestamp: number;
}

async function runGetOffsets(options: ParsedOptions, context: ToolContext): Promise<number> {
  if (isBootstrapMissing(options, context)) checkRequired(options, 'bootstrap-server');
  if (options.has('bootstrap-server')) checkBootstrapServer(options.value('bootstrap-server'));
  try {
    const { offsets, skipped } = await fetchOffsets(options, context);
    await present(offsets, context);
    return skipped > 0 && context.manner === 'modern' ? 1 : 0;
  } catch (error) {
    return fail(error, context);
  }
}

async function fetchOffsets(options: ParsedOptions, context: ToolContext) {
  const rules = options.value('topic-partitions');
  if (rules !== undefined && (options.has('topic') || options.has('partitions'))) {
    throw new TerseError('--topic-partitions cannot be used with --topic or --partitions');
  }
  const timestamp = parseOffsetSpec(options.value('time')!);
  const filter =
    rules === undefined
      ? topicAndPartitions(options.value('topic'), options.value('partitions'))
      : partitionRules(rules);
  const client = await openAdmin(options, context, new Map([['client.id', 'GetOffsetShell']]));
  try {
    const isInternalWanted = !options.has('exclude-internal-topics');
    const partitions = await findPartitions(client, filter, isInternalWanted);
    if (partitions.length === 0) {
      throw new TerseError('Could not match any topic-partitions with the specified filters');
    }
    return await offsetsAt(client, partitions, timestamp, context);
  } finally {
    await client.close();
  }
}

async function findPartitions(
  client: KafkaClient,
  filter: PartitionFilter,
  listInternal: boolean,
): Promise<TopicPartition[]> {
  const topics = (await listTopics(client, { listInternal }))
    .map(({ name }) => name)
    .filter((name) => filter.allowsTopic(name));
  const partitions: TopicPartition[] = [];
  for (const [topic, { value, error }] of await describeTopics(client, topics)) {
    if (error !== undefined) throw error;
    for (const { partition } of value.partitions) {
      if (filter.allows(topic, partition)) partitions.push({ topic, partition });
    }
  }
  return partitions;
}

async function offsetsAt(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  timestamp: number,
  context: ToolContext,
) {
  const asked = partitions.map((partition) => ({ ...partition, timestamp }));
  const offsets: PartitionOffset[] = [];
  let skipped = 0;
  for (const { topic, partition, outcome } of await listOffsets(client, asked)) {
    if (outcome.error !== undefined) {
      skipped += 1;
      context.err(
        `Skip getting offsets for topic-partition ${partitionKey(topic, partition)} due to error: ${describeError(outcome.error)}`,
      );
    } else if (outcome.value.offset !== -1) {
      offsets.push({ topic, partition, ...outcome.value });
    }
  }
  return { offsets: offsets.sort(byPartitionKey), skipped };
}

/** As texts: `t-10` comes before `t-2`, as in Kafka's TreeMap. */
function byPartitionKey(a: TopicPartition, b: TopicPartition): number {
  const left = partitionKey(a.topic, a.partition);
  const right = partitionKey(b.topic, b.partition);
  return left < right ? -1 : left > right ? 1 : 0;
}

async function present(offsets: readonly PartitionOffset[], context: ToolContext): Promise<void> {
  await context.out.present({
    kafka: () => offsets.map((o) => `${o.topic}:${o.partition}:${javaLongToString(o.offset)}`),
    table: () => ({
      columns: [
        { name: 'TOPIC' },
        { name: 'PARTITION', align: 'right' },
        { name: 'OFFSET', align: 'right' },
      ],
      rows: [...offsets]
        .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : byPartitionKey(a, b)))
        .map(({ topic, partition, offset }) => [topic, partition, offset]),
    }),
    data: () =>
      offsets.map(({ topic, partition, offset, timestamp }) => ({
        topic,
        partition,
        offset,
        timestamp: timestamp < 0 ? null : timestamp,
      })),
  });
}

/** What Java's future throws: the cause's class is in its message. */
function isFromCall(error: unknown): boolean {
  const isThrownAtOnce = error instanceof KafkaError || error instanceof ConfigError;
  return error instanceof ClientError && !isThrownAtOnce;
}

/** GetOffsetShell.main: an ExecutionException shows its cause with the class before it. */
function fail(error: unknown, context: ToolContext): number {
  if (context.manner === 'modern') throw rootCause(error);
  const message = isFromCall(error) ? describeError(error) : messageOf(error);
  context.err(`Error occurred: ${message}`);
  if (!(error instanceof TerseError)) context.err(describeChain(error));
  return 1;
}
