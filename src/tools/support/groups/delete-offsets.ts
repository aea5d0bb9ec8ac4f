// --delete-offsets of the group tools: what one group has committed for some topics or partitions, and the report.

import { deleteGroupOffsets } from '../../../client/admin/alter-group-offsets.ts';
import { describeTopics } from '../../../client/admin/describe-topics.ts';
import type { ClientError } from '../../../client/errors.ts';
import { partitionKey, type TopicPartition } from '../../../client/types.ts';
import { Errors, errorInfo } from '../../../protocol/errors.ts';
import { pad, widest } from '../columns.ts';
import { hashOrder } from '../hash-order.ts';
import { describeError } from '../java-error.ts';
import { stopFirstOf } from './busy-group.ts';
import { type GroupService, printError } from './group-service.ts';
import { partitionsOfArgument } from './offset-plan.ts';

type Result = TopicPartition & { readonly error: ClientError | undefined };

interface NamedPartitions {
  readonly partitions: readonly TopicPartition[];
  readonly unknown: readonly Result[];
}

const GROUP_ERRORS: readonly number[] = [
  Errors.INVALID_GROUP_ID,
  Errors.GROUP_ID_NOT_FOUND,
  Errors.GROUP_AUTHORIZATION_FAILED,
  Errors.NON_EMPTY_GROUP,
];
const PARTITION_ERRORS: readonly number[] = [
  Errors.GROUP_SUBSCRIBED_TO_TOPIC,
  Errors.TOPIC_AUTHORIZATION_FAILED,
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
];

/** Deletes and prints; the exit code. `unknown` are topics that aren't there, as results of their own. */
export async function deleteAndReport(
  service: GroupService,
  group: string,
  type: 'Consumer' | 'Streams',
  { partitions, unknown }: NamedPartitions,
): Promise<number> {
  const { context } = service;
  const { results, failure } = await deleteOffsets(service, group, partitions);
  const all = [...results, ...unknown].sort((a, b) => {
    const [left, right] = [a.topic + a.partition, b.topic + b.partition];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const success =
    failure === undefined ? [`Request succeeded for deleting offsets from group ${group}.`] : [];
  if (failure !== undefined) printError(context, await failureText(service, group, type, failure));
  await context.out.present({
    kafka: () => [...success, ...resultLines(all)],
    table: () => ({
      columns: [{ name: 'TOPIC' }, { name: 'PARTITION', align: 'right' }, { name: 'STATUS' }],
      rows: all.map(({ topic, partition, error }) => [
        topic,
        partition < 0 ? undefined : partition,
        error === undefined ? 'Successful' : `Error: ${error.message}`,
      ]),
    }),
    data: () =>
      all.map(({ topic, partition, error }) => ({
        group,
        topic,
        partition: partition < 0 ? null : partition,
        deleted: error === undefined,
        error: error?.message ?? null,
      })),
  });
  const hasFailed = all.some(({ error }) => error !== undefined);
  return hasFailed && context.manner === 'modern' ? 1 : 0;
}

/** Whole topics are looked up; one that isn't there is a result of its own, with no partition. */
export async function partitionsToForget(
  { client, timeoutMs }: GroupService,
  words: readonly string[],
): Promise<NamedPartitions> {
  const partitions = words.filter((word) => word.includes(':')).flatMap(partitionsOfArgument);
  const topics = words.filter((word) => !word.includes(':'));
  const unknown: Result[] = [];
  for (const [topic, outcome] of await describeTopics(client, topics, { timeoutMs })) {
    if (outcome.error !== undefined) unknown.push({ topic, partition: -1, error: outcome.error });
    else
      partitions.push(...outcome.value.partitions.map(({ partition }) => ({ topic, partition })));
  }
  const unique = new Map(
    partitions.map((each) => [partitionKey(each.topic, each.partition), each]),
  );
  return { partitions: hashOrder([...unique.values()]), unknown };
}

/** `failure` is what Kafka's future of them all fails with: the group's error, or the first partition's. */
async function deleteOffsets(
  { client, timeoutMs }: GroupService,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<{ results: Result[]; failure: ClientError | undefined }> {
  try {
    const outcomes = await deleteGroupOffsets(client, group, partitions, { timeoutMs });
    const results = partitions.map(({ topic, partition }) => {
      return { topic, partition, error: outcomes.get(partitionKey(topic, partition))?.error };
    });
    return { results, failure: results.find(({ error }) => error !== undefined)?.error };
  } catch (thrown) {
    const failure = thrown as ClientError;
    return { results: partitions.map((each) => ({ ...each, error: failure })), failure };
  }
}

async function failureText(
  service: GroupService,
  group: string,
  type: 'Consumer' | 'Streams',
  error: ClientError,
): Promise<string> {
  const isBusy = error.code === Errors.GROUP_SUBSCRIBED_TO_TOPIC;
  if (isBusy && service.context.manner === 'modern') {
    const hint = await stopFirstOf(service, group, type);
    return `Group '${group}' still reads what was to be deleted.${hint}`;
  }
  if (GROUP_ERRORS.includes(error.code)) return errorInfo(error.code).message ?? error.message;
  if (PARTITION_ERRORS.includes(error.code)) {
    return 'Encountered some partition-level error, see the follow-up details.';
  }
  return `Encountered some unknown error: ${errorInfo(error.code).name}`;
}

function resultLines(results: readonly Result[]): string[] {
  const width = widest(
    15,
    results.map(({ topic }) => topic),
  );
  const line = (topic: string, partition: string | number, status: string) =>
    `${pad(topic, width)} ${pad(partition, 10)} ${pad(status, 15)}`;
  return [
    `\n${line('TOPIC', 'PARTITION', 'STATUS')}`,
    ...results.map(({ topic, partition, error }) => {
      const status = error === undefined ? 'Successful' : `Error: ${describeError(error)}`;
      return line(topic, partition < 0 ? '-' : partition, status);
    }),
  ];
}
