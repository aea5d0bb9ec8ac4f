// The command line of kafka-console-consumer.sh: its checks in Kafka's order, where to begin, how long to wait,
// and the consumer's properties (ConsoleConsumerOptions).

import { javaHashMapOrder, parseJavaInteger } from '../../common/java.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired, usage } from '../../flags/usage.ts';
import type { Io } from '../../io/io.ts';
import { isBootstrapMissing } from '../support/admin.ts';
import { ToolError } from '../support/java-error.ts';
import { loadProperties, merge, parseKeyValues } from '../support/properties.ts';

export const BEGINNING = -2;
export const END = -1;

export interface ConsumerOptions {
  /** Without bootstrap.servers. */
  readonly config: Map<string, string>;
  readonly topic: string | undefined;
  /** A regular expression of Java. */
  readonly include: string | undefined;
  readonly partition: number | undefined;
  /** An offset, BEGINNING or END; for `partition`. */
  readonly offset: number;
  /** Infinity: for ever. */
  readonly timeoutMs: number;
}

/** Throws CommandLineError, ToolError or FileError; says what is deprecated. */
export function consumerOptions(options: ParsedOptions, context: ToolContext): ConsumerOptions {
  checkTogether(options, context);
  const partition = options.integer('partition');
  const { fromFile, fromWords } = givenProperties(options, context);
  const groups = groupIds(options, fromFile, fromWords);
  if (groups.length > 0 && partition !== undefined) {
    throw usage('Options group and partition cannot be specified together.');
  }
  return {
    config: consumerConfig(options, merge(fromFile, fromWords), groups[0], context.io),
    // Read late, as Kafka does: that one was given twice is told when the consumer runs.
    get topic() {
      return options.value('topic');
    },
    get include() {
      return options.value('include');
    },
    partition,
    offset: startOffset(options),
    timeoutMs: timeoutOf(options),
  };
}

function checkTogether(options: ParsedOptions, context: ToolContext): void {
  if (options.has('topic') === options.has('include')) {
    throw usage('Exactly one of the following arguments is required: [topic], [include]');
  }
  if (options.integer('partition') !== undefined) {
    if (!options.has('topic')) throw usage('The topic is required when partition is specified.');
    if (options.has('from-beginning') && options.has('offset')) {
      throw usage('Options from-beginning and offset cannot be specified together.');
    }
  } else if (options.has('offset')) {
    throw usage('The partition is required when offset is specified.');
  }
  if (isBootstrapMissing(options, context)) checkRequired(options, 'bootstrap-server');
}

function givenProperties(options: ParsedOptions, context: ToolContext) {
  refuseBoth(options, 'consumer-property', 'command-property');
  refuseBoth(options, 'consumer.config', 'command-config');
  const words = renamed(options, 'consumer-property', 'command-property', context);
  const file = options.value(renamed(options, 'consumer.config', 'command-config', context));
  return {
    fromFile: file === undefined ? new Map<string, string>() : loadProperties(context.io, file),
    fromWords: parseKeyValues(options.values(words)),
  };
}

function refuseBoth(options: ParsedOptions, old: string, current: string): void {
  if (options.has(old) && options.has(current)) {
    throw usage(`Options --${old} and --${current} cannot be specified together.`);
  }
}

/** The name under which the option was given, with Kafka's line about the old one. */
export function renamed(
  options: ParsedOptions,
  old: string,
  current: string,
  context: ToolContext,
): string {
  if (!options.has(old)) return current;
  context.deprecation(
    `Option --${old} is deprecated and will be removed in a future version. Use --${current} instead.`,
  );
  return old;
}

/** All that were named, which must be one and the same. */
function groupIds(
  options: ParsedOptions,
  fromFile: ReadonlyMap<string, string>,
  fromWords: ReadonlyMap<string, string>,
): string[] {
  const named = [options.value('group'), fromFile.get('group.id'), fromWords.get('group.id')];
  const groups = javaHashMapOrder([...new Set(named.filter((id) => id !== undefined))]);
  if (groups.length > 1) {
    const shown = groups.map((id) => `'${id}'`).join(', ');
    throw usage(
      `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: ${shown}`,
    );
  }
  return groups;
}

function consumerConfig(
  options: ParsedOptions,
  config: Map<string, string>,
  group: string | undefined,
  io: Io,
): Map<string, string> {
  setOffsetReset(options, config);
  if (!config.has('client.id')) config.set('client.id', 'console-consumer');
  if (options.has('isolation-level') || !config.has('isolation.level')) {
    config.set('isolation.level', options.value('isolation-level')!);
  }
  if (group !== undefined) config.set('group.id', group);
  else {
    config.set('group.id', `console-consumer-${io.random.int(100_000)}`);
    if (!config.has('enable.auto.commit')) config.set('enable.auto.commit', 'false');
  }
  return config;
}

function setOffsetReset(options: ParsedOptions, config: Map<string, string>): void {
  const given = config.get('auto.offset.reset');
  const isFromBeginning = options.has('from-beginning');
  if (given === undefined) {
    config.set('auto.offset.reset', isFromBeginning ? 'earliest' : 'latest');
  } else if (isFromBeginning && given !== 'earliest') {
    throw new ToolError(
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${given}', please remove one option`,
      '',
    );
  }
}

function startOffset(options: ParsedOptions): number {
  if (!options.has('offset')) return options.has('from-beginning') ? BEGINNING : END;
  const text = options.value('offset')!;
  const name = text.toLowerCase();
  if (name === 'earliest') return BEGINNING;
  if (name === 'latest') return END;
  const offset = parseJavaInteger(text, 64);
  if (offset !== undefined && offset >= 0n) return Number(offset);
  throw usage(
    `The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
  );
}

function timeoutOf(options: ParsedOptions): number {
  const timeoutMs = options.has('timeout-ms') ? options.long('timeout-ms')! : -1;
  return timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs;
}
