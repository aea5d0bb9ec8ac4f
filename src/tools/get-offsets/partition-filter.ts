// Which partitions kafka-get-offsets.sh looks at: --topic with --partitions, or the rules of --topic-partitions
// (GetOffsetShell, org.apache.kafka.tools.filter).

import { javaSplit, parseJavaInteger } from '../../common/java.ts';
import { IncludeList } from '../support/include-list.ts';
import { describeError, ToolError } from '../support/java-error.ts';

export interface PartitionFilter {
  allowsTopic(topic: string): boolean;
  allows(topic: string, partition: number): boolean;
}

/** GetOffsetShell's errors without a stack trace. */
export class TerseError extends ToolError {
  constructor(message: string) {
    super(message, 'org.apache.kafka.tools.TerseException');
  }
}

const ANY = '.*';
const MAX_PARTITION = 2147483647;
const RULE = /^([^:,]*)(?::(?:([0-9]*)|(?:([0-9]*)-([0-9]*))))?$/;

/** `topicPattern` absent: every topic; `partitions` absent or empty: all of them. */
export function topicAndPartitions(
  topicPattern: string | undefined,
  partitions: string | undefined,
): PartitionFilter {
  const include = new IncludeList(topicPattern ?? ANY);
  const wanted = partitionSet(partitions);
  return filterOf(include, (partition) => wanted.size === 0 || wanted.has(partition));
}

function filterOf(include: IncludeList, isWanted: (partition: number) => boolean): PartitionFilter {
  const allowsTopic = (topic: string) => include.allows(topic, false);
  return {
    allowsTopic,
    allows: (topic, partition) => allowsTopic(topic) && isWanted(partition),
  };
}

function partitionSet(text: string | undefined): Set<number> {
  if (text === undefined || text === '') return new Set();
  const ids = javaSplit(text, ',').map((id) => parseJavaInteger(id, 32));
  if (ids.some((id) => id === undefined)) {
    throw new TerseError(
      `--partitions expects a comma separated list of numeric partition ids, but received: ${text}`,
    );
  }
  return new Set(ids.map(Number));
}

/** `topic:0-3,other`: a partition belongs when any rule takes it. */
export function partitionRules(text: string): PartitionFilter {
  const rules = javaSplit(text, ',').map(partitionRule);
  return {
    allowsTopic: (topic) => rules.some((rule) => rule.allowsTopic(topic)),
    allows: (topic, partition) => rules.some((rule) => rule.allows(topic, partition)),
  };
}

function partitionRule(rule: string): PartitionFilter {
  const match = RULE.exec(rule);
  if (match === null) {
    // Kafka wraps it, and shows the wrapping.
    const refusal = new ToolError(
      `Invalid rule specification: ${rule}`,
      'org.apache.kafka.tools.TerseException',
    );
    throw new ToolError(describeError(refusal), 'java.lang.RuntimeException', refusal);
  }
  const [, topic, only, from, to] = match;
  const include = new IncludeList(topic || ANY);
  if (only) {
    const wanted = parseInt32(only);
    return filterOf(include, (partition) => partition === wanted);
  }
  const lowest = from ? parseInt32(from) : 0;
  const end = to ? parseInt32(to) : MAX_PARTITION;
  return filterOf(include, (partition) => partition >= lowest && partition < end);
}

function parseInt32(text: string): number {
  const value = parseJavaInteger(text, 32);
  if (value !== undefined) return Number(value);
  throw new ToolError(`For input string: "${text}"`, 'java.lang.NumberFormatException');
}
