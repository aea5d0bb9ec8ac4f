// Where an application shall read on, for each partition of its input topics (StreamsResetter.maybeReset).

import { listGroupOffsets } from '../../client/admin/list-group-offsets.ts';
import { listOffsets } from '../../client/admin/list-offsets.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { OffsetSpec, partitionKey, type TopicPartition } from '../../client/types.ts';
import { javaLongToString, javaSplit, parseJavaInteger } from '../../common/java.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { readText } from '../support/groups/csv-plan.ts';
import type { PlannedOffset } from '../support/groups/offset-plan.ts';
import { ToolError } from '../support/java-error.ts';
import { orThrow } from '../support/java-future.ts';
import { dateTimeMs, durationMs } from '../support/java-time.ts';

export interface ResetContext {
  readonly client: KafkaClient;
  readonly options: ParsedOptions;
  readonly context: ToolContext;
}

export async function inputPositions(
  reset: ResetContext,
  partitions: readonly TopicPartition[],
): Promise<PlannedOffset[]> {
  const { options, context } = reset;
  if (options.has('to-offset')) {
    const offset = options.long('to-offset')!;
    return withinRange(
      reset,
      partitions.map((each) => ({ ...each, offset })),
    );
  }
  if (options.has('to-earliest')) return offsetsAt(reset, partitions, OffsetSpec.EARLIEST);
  if (options.has('to-latest')) return offsetsAt(reset, partitions, OffsetSpec.LATEST);
  if (options.has('shift-by')) return shifted(reset, partitions);
  if (options.has('to-datetime')) {
    return atTime(reset, partitions, dateTimeMs(options.value('to-datetime')!));
  }
  if (options.has('by-duration')) {
    const beforeMs = durationMs(options.value('by-duration')!);
    return atTime(reset, partitions, context.io.clock.nowMs() - beforeMs);
  }
  if (options.has('from-file')) return fromFile(reset, partitions);
  return offsetsAt(reset, partitions, OffsetSpec.EARLIEST);
}

/** -1 for a time after the last record. */
export async function offsetsAt(
  { client }: ResetContext,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<PlannedOffset[]> {
  const asked = partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }));
  const found = await listOffsets(client, asked);
  return found.map(({ topic, partition, outcome }) => {
    return { topic, partition, offset: orThrow(outcome).offset };
  });
}

async function atTime(
  reset: ResetContext,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<PlannedOffset[]> {
  const found = await offsetsAt(reset, partitions, timestamp);
  const positions: PlannedOffset[] = [];
  for (const each of found) {
    if (each.offset !== -1) {
      positions.push(each);
      continue;
    }
    positions.push(...(await offsetsAt(reset, [each], OffsetSpec.LATEST)));
    reset.context.notice(
      `Partition ${each.partition} from topic ${each.topic} is empty, without a committed record. Falling back to latest known offset.`,
    );
  }
  return positions;
}

/** From what is committed, or else from the end. */
async function shifted(
  reset: ResetContext,
  partitions: readonly TopicPartition[],
): Promise<PlannedOffset[]> {
  const by = reset.options.long('shift-by')!;
  const groupId = reset.options.value('application-id')!;
  const committed = new Map(
    (await listGroupOffsets(reset.client, groupId, { partitions })).map((each) => [
      partitionKey(each.topic, each.partition),
      each.offset,
    ]),
  );
  const ends = await offsetsAt(reset, partitions, OffsetSpec.LATEST);
  const requested = ends.map(({ topic, partition, offset }) => {
    const from = committed.get(partitionKey(topic, partition)) ?? offset;
    return { topic, partition, offset: from + by };
  });
  return withinRange(reset, requested);
}

/** `topic,partition,offset` in each line. */
async function fromFile(
  reset: ResetContext,
  partitions: readonly TopicPartition[],
): Promise<PlannedOffset[]> {
  const { options, context } = reset;
  const text = readText(context.io, options.value('from-file')!);
  if (text === '') throw parseError('Error parsing reset plan CSV file. It is empty,');
  const lines = javaSplit(text, '\n');
  const planned = new Map(
    lines.map(planOfLine).map((each) => [partitionKey(each.topic, each.partition), each]),
  );
  const clamped = new Map(
    (await withinRange(reset, [...planned.values()])).map((each) => [
      partitionKey(each.topic, each.partition),
      each,
    ]),
  );
  return partitions.map((each) => {
    const found = clamped.get(partitionKey(each.topic, each.partition));
    if (found !== undefined) return found;
    const name = partitionKey(each.topic, each.partition);
    throw new ToolError(
      context.manner === 'modern' ? `The file has no offset for ${name}` : '',
      'java.lang.NullPointerException',
    );
  });
}

function planOfLine(line: string): PlannedOffset {
  const [topic, partition, offset, ...rest] = javaSplit(line, ',');
  if (topic === undefined || partition === undefined || offset === undefined || rest.length > 0) {
    throw parseError('Reset plan CSV file is not following the format `TOPIC,PARTITION,OFFSET`.');
  }
  return { topic, partition: javaNumber(partition, 32), offset: javaNumber(offset, 64) };
}

function javaNumber(text: string, bits: 32 | 64): number {
  const value = parseJavaInteger(text, bits);
  if (value !== undefined) return Number(value);
  throw new ToolError(`For input string: "${text}"`, 'java.lang.NumberFormatException');
}

function parseError(message: string): ToolError {
  return new ToolError(message, 'java.text.ParseException');
}

async function withinRange(
  reset: ResetContext,
  requested: readonly PlannedOffset[],
): Promise<PlannedOffset[]> {
  const starts = await offsetsAt(reset, requested, OffsetSpec.EARLIEST);
  const ends = await offsetsAt(reset, requested, OffsetSpec.LATEST);
  return requested.map((each, index) => {
    const [low, high] = [starts[index]!.offset, ends[index]!.offset];
    // As Kafka's: the end itself counts as beyond it.
    if (each.offset >= high) return clamped(reset, each, high, 'higher than latest');
    return each.offset > low ? each : clamped(reset, each, low, 'lower than earliest');
  });
}

function clamped(
  { context }: ResetContext,
  { topic, partition, offset }: PlannedOffset,
  limit: number,
  relation: string,
): PlannedOffset {
  context.notice(
    `New offset (${javaLongToString(offset)}) is ${relation} offset. Value will be set to ${limit}`,
  );
  return { topic, partition, offset: limit };
}
