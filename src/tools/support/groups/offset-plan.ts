// Which offset a reset gives each partition, by every one of its strategies (org.apache.kafka.tools.OffsetsUtils).

import { describeTopics } from '../../../client/admin/describe-topics.ts';
import { listOffsets } from '../../../client/admin/list-offsets.ts';
import { ClientError } from '../../../client/errors.ts';
import { OffsetSpec, partitionKey, type TopicPartition } from '../../../client/types.ts';
import { javaLongToString, javaSplit, parseJavaInteger } from '../../../common/java.ts';
import { usage } from '../../../flags/usage.ts';
import { Errors } from '../../../protocol/errors.ts';
import { hashOrder } from '../hash-order.ts';
import { ToolError } from '../java-error.ts';
import { executionError, getWrapped, orThrow, runtimeError } from '../java-future.ts';
import { dateTimeMs, durationMs } from '../java-time.ts';
import { warn } from '../log-line.ts';
import { committedOffsets, type GroupService } from './group-service.ts';

/** In the order of Kafka's own checks. */
export const RESET_SCENARIOS = [
  'to-offset',
  'to-datetime',
  'by-duration',
  'to-earliest',
  'to-latest',
  'to-current',
  'shift-by',
  'from-file',
] as const;

export type PlannedOffset = TopicPartition & { readonly offset: number };

/** `topic:0,1`; Kafka's tool shows its usage after a bad one. */
export function partitionsOfArgument(argument: string): TopicPartition[] {
  const parts = javaSplit(argument, ':');
  const [topic, list] = parts;
  if (parts.length !== 2 || topic === undefined || list === undefined) {
    throw usage(`Invalid topic arg '${argument}', expected topic name and partitions`);
  }
  return list.split(',').map((text) => {
    const partition = parseJavaInteger(text, 32);
    if (partition !== undefined) return { topic, partition: Number(partition) };
    throw usage(`Invalid partition '${text}' specified in topic arg '${argument}''`);
  });
}

/** Topics by name, whole or `topic:0,1`. Rejects when one isn't there; only for people is it named. */
export async function namedPartitions(
  { client, timeoutMs, context }: GroupService,
  words: readonly string[],
): Promise<TopicPartition[]> {
  const partitions = words.filter((word) => word.includes(':')).flatMap(partitionsOfArgument);
  const topics = words.filter((word) => !word.includes(':'));
  for (const [topic, outcome] of await describeTopics(client, topics, { timeoutMs })) {
    const isMissing = outcome.error?.code === Errors.UNKNOWN_TOPIC_OR_PARTITION;
    if (isMissing && context.manner === 'modern') {
      throw new ToolError(`There is no topic '${topic}'.`);
    }
    for (const { partition } of orThrow(outcome).partitions) partitions.push({ topic, partition });
  }
  return partitions;
}

type Committed = () => ReturnType<typeof committedOffsets>;

/** The partitions in the order of Kafka's hash map. Throws CommandLineError when no strategy is chosen. */
export async function planOffsets(
  service: GroupService,
  groupId: string,
  partitions: readonly TopicPartition[],
  filePlan: ReadonlyMap<string, readonly PlannedOffset[]> | undefined,
  committed: Committed = () => committedOffsets(service, groupId),
): Promise<PlannedOffset[]> {
  await checkPartitions(service, partitions);
  checkDistinct(partitions);
  const { options } = service;
  // kafka-share-groups.sh has but some of them.
  const known = new Set(options.table.options.map(({ name }) => name));
  const chosen = RESET_SCENARIOS.find((scenario) => known.has(scenario) && options.has(scenario));
  switch (chosen) {
    case 'to-offset': {
      const offset = firstLong(service);
      return withinRange(
        service,
        partitions.map((each) => ({ ...each, offset })),
      );
    }
    case 'to-earliest':
      return offsetsAt(service, partitions, OffsetSpec.EARLIEST);
    case 'to-latest':
      return offsetsAt(service, partitions, OffsetSpec.LATEST);
    case 'shift-by':
      return shifted(service, partitions, await committed());
    case 'to-datetime':
      return offsetsAtTime(service, partitions, dateTimeMs(options.values('to-datetime')[0]!));
    case 'by-duration': {
      const beforeMs = durationMs(options.value('by-duration')!);
      return offsetsAtTime(service, partitions, service.context.io.clock.nowMs() - beforeMs);
    }
    case 'from-file':
      return withinRange(service, filePlan?.get(groupId) ?? []);
    case 'to-current':
      return current(service, partitions, await committed());
    default: {
      const scenarios = RESET_SCENARIOS.map((scenario) => `[${scenario}]`).join(', ');
      throw usage(
        `Option '[reset-offsets]' requires one of the following scenarios: [${scenarios}]`,
      );
    }
  }
}

/** Given twice, the first counts, as in Kafka's tool. */
function firstLong({ options }: GroupService): number {
  return options.longs('to-offset')[0]!;
}

/** Collectors.toMap, less the two values that it names as well. */
function checkDistinct(partitions: readonly TopicPartition[]): void {
  const seen = new Set<string>();
  for (const { topic, partition } of partitions) {
    const key = partitionKey(topic, partition);
    if (seen.has(key))
      throw new ToolError(`Duplicate key ${key}`, 'java.lang.IllegalStateException');
    seen.add(key);
  }
}

/** Throws when one isn't there, or has no leader. */
export async function checkPartitions(
  { client, timeoutMs }: GroupService,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const existing = new Set<string>();
  const leaderless = new Set<string>();
  for (const [topic, outcome] of await describeTopics(client, topics, { timeoutMs })) {
    if (outcome.error !== undefined) throw runtimeError(executionError(outcome.error));
    for (const { partition, leader } of outcome.value.partitions) {
      existing.add(partitionKey(topic, partition));
      if (leader === undefined) leaderless.add(partitionKey(topic, partition));
    }
  }
  const keys = partitions.map(({ topic, partition }) => partitionKey(topic, partition));
  const missing = keys.filter((key) => !existing.has(key));
  if (missing.length > 0) {
    throw new ClientError(
      'UnknownTopicOrPartitionException',
      `The partitions "${missing.join(',')}" do not exist`,
      { code: Errors.UNKNOWN_TOPIC_OR_PARTITION },
    );
  }
  const waiting = keys.filter((key) => leaderless.has(key));
  if (waiting.length > 0) {
    throw new ClientError(
      'LeaderNotAvailableException',
      `The partitions "${waiting.join(',')}" have no leader`,
      { code: Errors.LEADER_NOT_AVAILABLE },
    );
  }
}

/** -1 for a time after the last record. */
async function offsetsAt(
  { client, timeoutMs }: GroupService,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<PlannedOffset[]> {
  const ordered = hashOrder(partitions);
  const asked = ordered.map(({ topic, partition }) => ({ topic, partition, timestamp }));
  const found = await listOffsets(client, asked, { timeoutMs });
  return getWrapped(
    (async () =>
      found.map(({ topic, partition, outcome }) => {
        return { topic, partition, offset: orThrow(outcome).offset };
      }))(),
  );
}

async function offsetsAtTime(
  service: GroupService,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<PlannedOffset[]> {
  const found = await offsetsAt(service, partitions, timestamp);
  const empty = found.filter(({ offset }) => offset === -1);
  for (const { topic, partition } of empty) {
    service.context.notice(
      `\nWarn: Partition ${partition} from topic ${topic} is empty. Falling back to latest known offset.`,
    );
  }
  const latest = await offsetsAt(service, empty, OffsetSpec.LATEST);
  return hashOrder([...found.filter(({ offset }) => offset !== -1), ...latest]);
}

async function shifted(
  service: GroupService,
  partitions: readonly TopicPartition[],
  committed: Awaited<ReturnType<Committed>>,
): Promise<PlannedOffset[]> {
  const by = service.options.long('shift-by')!;
  const requested = partitions.map(({ topic, partition }) => {
    const key = partitionKey(topic, partition);
    const found = committed.get(key);
    if (found !== undefined) return { topic, partition, offset: found.offset + by };
    throw usage(
      `Cannot shift offset for partition ${key} since there is no current committed offset`,
    );
  });
  return withinRange(service, requested);
}

async function current(
  service: GroupService,
  partitions: readonly TopicPartition[],
  committed: Awaited<ReturnType<Committed>>,
): Promise<PlannedOffset[]> {
  const known: PlannedOffset[] = [];
  const others: TopicPartition[] = [];
  for (const { topic, partition } of partitions) {
    const found = committed.get(partitionKey(topic, partition));
    if (found === undefined) others.push({ topic, partition });
    else known.push({ topic, partition, offset: found.offset });
  }
  return hashOrder([...known, ...(await offsetsAt(service, others, OffsetSpec.LATEST))]);
}

/** Offsets beyond either end become that end, with a warning. */
async function withinRange(
  service: GroupService,
  requested: readonly PlannedOffset[],
): Promise<PlannedOffset[]> {
  const ordered = hashOrder(requested);
  const earliest = offsetsByKey(await offsetsAt(service, ordered, OffsetSpec.EARLIEST));
  const latest = offsetsByKey(await offsetsAt(service, ordered, OffsetSpec.LATEST));
  return ordered.map((each) => {
    const key = partitionKey(each.topic, each.partition);
    const [low, high] = [earliest.get(key)!, latest.get(key)!];
    if (each.offset > high) return clamped(service, each, high, 'higher than latest');
    if (each.offset < low) return clamped(service, each, low, 'lower than earliest');
    return each;
  });
}

function clamped(
  { context }: GroupService,
  { topic, partition, offset }: PlannedOffset,
  limit: number,
  relation: string,
): PlannedOffset {
  const text = `New offset (${javaLongToString(offset)}) is ${relation} offset for topic partition ${partitionKey(topic, partition)}. Value will be set to ${limit}`;
  warn(context, text, 'org.apache.kafka.tools.OffsetsUtils');
  return { topic, partition, offset: limit };
}

function offsetsByKey(offsets: readonly PlannedOffset[]): Map<string, number> {
  return new Map(
    offsets.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]),
  );
}
