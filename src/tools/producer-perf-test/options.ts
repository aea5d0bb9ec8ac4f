// What a test of the producer is asked to do: the checks and properties of ProducerPerformance.ConfigPostProcessor,
// in its order and words.

import { javaSplit } from '../../common/java.ts';
import { ArgparseRefusal } from '../../flags/argparse.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { ToolError } from '../support/java-error.ts';
import { loadProperties } from '../support/properties.ts';
import { readPayloads } from './payloads.ts';

export interface PerfPlan {
  readonly topic: string;
  readonly records: number;
  readonly warmupRecords: number;
  /** Bytes; undefined with a payload file or numbers as payload. */
  readonly recordSizeBytes: number | undefined;
  readonly payloads: readonly Buffer[];
  /** Records a second; negative: no limit. */
  readonly throughput: number;
  readonly reportingIntervalMs: number;
  readonly printsMetrics: boolean;
  /** A transaction is committed after so long; undefined without transactions. */
  readonly transactionDurationMs: number | undefined;
  readonly config: Map<string, string>;
}

const CLIENT_ID = 'perf-producer-client';
const TRANSACTION_DURATION_MS = 3000;

/** Throws ArgparseRefusal, and ToolError for files and properties that are none. */
export async function perfPlan(options: ParsedOptions, context: ToolContext): Promise<PerfPlan> {
  const records = options.long('num-records')!;
  const warmupRecords = Math.max(options.long('warmup-records')!, 0);
  const recordSizeBytes = options.integer('record-size');
  const reportingIntervalMs = options.long('reporting-interval')!;
  check(options, context, records, warmupRecords, recordSizeBytes, reportingIntervalMs);
  const payloads = readPayloads(
    context,
    options.value('payload-file'),
    options.value('payload-delimiter')!,
  );
  const config = properties(options, context);
  config.set('bootstrap.servers', await servers(options, context, config));
  return {
    topic: options.value('topic')!,
    records,
    warmupRecords,
    recordSizeBytes,
    payloads,
    throughput: options.double('throughput')!,
    reportingIntervalMs,
    printsMetrics: options.has('print-metrics'),
    transactionDurationMs: config.has('transactional.id')
      ? (options.long('transaction-duration-ms') ?? TRANSACTION_DURATION_MS)
      : undefined,
    config,
  };
}

const SOURCES = [
  'bootstrap-server',
  'command-property',
  'producer-props',
  'producer.config',
  'command-config',
];

function check(
  options: ParsedOptions,
  context: ToolContext,
  records: number,
  warmupRecords: number,
  recordSizeBytes: number | undefined,
  reportingIntervalMs: number,
): void {
  if (records <= 0) refuse('--num-records should be greater than zero.');
  if (warmupRecords >= records) {
    refuse(
      'The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.',
    );
  }
  if (recordSizeBytes !== undefined && recordSizeBytes <= 0) {
    refuse('--record-size should be greater than zero.');
  }
  if (!context.isLenient && !SOURCES.some((name) => options.has(name))) {
    refuse(
      'At least one of --bootstrap-server, --command-property, --producer-props, --producer.config or --command-config must be specified.',
    );
  }
  notTogether(options, 'command-property', 'producer-props');
  notTogether(options, 'command-config', 'producer.config');
  const durationMs = options.long('transaction-duration-ms');
  if (durationMs !== undefined && durationMs <= 0) {
    refuse('--transaction-duration-ms should be greater than zero.');
  }
  if (reportingIntervalMs <= 0) refuse('--reporting-interval should be greater than zero.');
}

function notTogether(options: ParsedOptions, first: string, second: string): void {
  if (options.has(first) && options.has(second)) {
    refuse(`--${first} and --${second} cannot be specified together.`);
  }
}

function refuse(message: string): never {
  throw new ArgparseRefusal(message, '');
}

/** Words win over the file. */
function properties(options: ParsedOptions, context: ToolContext): Map<string, string> {
  const words = renamed(options, context, 'producer-props', 'command-property');
  const file = options.value(renamed(options, context, 'producer.config', 'command-config'));
  const config = file === undefined ? new Map<string, string>() : loadProperties(context.io, file);
  for (const word of options.values(words)) {
    const parts = javaSplit(word, '=');
    if (parts.length !== 2) throw new ToolError(`Invalid property: ${word}`);
    config.set(parts[0]!, parts[1]!);
  }
  if (!config.has('client.id')) config.set('client.id', CLIENT_ID);
  const transactionalId = options.value('transactional-id');
  const isTransactional = transactionalId !== undefined || options.has('transaction-duration-ms');
  if (isTransactional || config.has('transactional.id')) {
    const fallback = `performance-producer-${context.io.random.uuid()}`;
    config.set('transactional.id', transactionalId ?? config.get('transactional.id') ?? fallback);
  }
  return config;
}

/** The option of the two that was given, with a word about it when it is the former one. */
function renamed(
  options: ParsedOptions,
  context: ToolContext,
  former: string,
  current: string,
): string {
  if (!options.has(former)) return current;
  context.deprecation(
    `Option --${former} has been deprecated and will be removed in a future version. Use --${current} instead.`,
  );
  return former;
}

async function servers(
  options: ParsedOptions,
  context: ToolContext,
  config: ReadonlyMap<string, string>,
): Promise<string> {
  const given = options.value('bootstrap-server') ?? config.get('bootstrap.servers');
  if (given === undefined && !context.isLenient) {
    throw new ToolError(
      'Missing required configuration "bootstrap.servers" which has no default value.',
      'org.apache.kafka.common.config.ConfigException',
    );
  }
  return context.bootstrap(given);
}
