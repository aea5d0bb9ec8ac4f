// The command line of kafka-console-producer.sh: which options go together, what Kafka says about old names,
// and the properties of the reader and the producer (ConsoleProducer.ConsoleProducerOptions).

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired, usage } from '../../flags/usage.ts';
import type { Io } from '../../io/io.ts';
import { checkBootstrapServer } from '../support/bootstrap-check.ts';
import { loadProperties, merge, parseKeyValues } from '../support/properties.ts';

/** Today's option and the one it replaces, in Kafka's order. */
const REPLACED = [
  ['command-property', 'producer-property'],
  ['command-config', 'producer.config'],
  ['reader-property', 'property'],
] as const;

const CONFLICTS = [
  ['command-config', 'producer.config'],
  ['command-property', 'producer-property'],
  ['reader-property', 'property'],
] as const;

/** Throws CommandLineError; says what is deprecated. */
export function checkProducerOptions(options: ParsedOptions, context: ToolContext): void {
  checkRequired(options, 'topic');
  for (const [current, old] of CONFLICTS) {
    if (options.has(current) && options.has(old)) {
      throw usage(`Options --${current} and --${old} cannot be specified together.`);
    }
  }
  for (const [current, old] of REPLACED) {
    if (options.has(old)) {
      context.deprecation(
        `Warning: --${old} is deprecated and will be removed in a future version. Use --${current} instead.`,
      );
    }
  }
  if (options.has('max-partition-memory-bytes')) {
    context.deprecation(
      'Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.',
    );
  }
  if (options.has('bootstrap-server') || !context.isLenient) {
    checkBootstrapServer(options.value('bootstrap-server'));
  }
}

/** The option that was given under its old or its new name. */
function current(options: ParsedOptions, name: string): string {
  const old = REPLACED.find(([today]) => today === name)![1];
  return options.has(old) ? old : name;
}

export function readerProperties(options: ParsedOptions, io: Io): Map<string, string> {
  const file = options.value('reader-config');
  return merge(
    file === undefined ? new Map() : loadProperties(io, file),
    new Map([['topic', options.value('topic')!]]),
    parseKeyValues(options.values(current(options, 'reader-property'))),
  );
}

/** A config, the option that sets it and what the option converts to. */
const MERGED: readonly (readonly [string, string, 'text' | 'integer' | 'long'])[] = [
  ['linger.ms', 'timeout', 'long'],
  ['acks', 'request-required-acks', 'text'],
  ['request.timeout.ms', 'request-timeout-ms', 'integer'],
  ['retries', 'message-send-max-retries', 'integer'],
  ['retry.backoff.ms', 'retry-backoff-ms', 'long'],
  ['send.buffer.bytes', 'socket-buffer-size', 'integer'],
  ['buffer.memory', 'max-memory-bytes', 'long'],
  ['batch.size', 'batch-size', 'integer'],
  ['batch.size', 'max-partition-memory-bytes', 'integer'],
  ['metadata.max.age.ms', 'metadata-expiry-ms', 'long'],
  ['max.block.ms', 'max-block-ms', 'long'],
];

/** Throws CommandLineError for a number that isn't one, FileError for a missing file. */
export function producerProperties(
  options: ParsedOptions,
  io: Io,
  bootstrapServers: string,
): Map<string, string> {
  const file = options.value(current(options, 'command-config'));
  const config = merge(
    file === undefined ? new Map() : loadProperties(io, file),
    parseKeyValues(options.values(current(options, 'command-property'))),
  );
  config.set('bootstrap.servers', bootstrapServers);
  config.set('compression.type', compressionCodec(options));
  if (!config.has('client.id')) config.set('client.id', 'console-producer');
  // What stands on the command line wins over the file; a default only fills a gap.
  for (const [name, option, kind] of MERGED) {
    const isDefault = !options.has(option);
    // Unset, batches may grow behind a backlog; the producer's default is the same.
    if (isDefault && (config.has(name) || name === 'batch.size')) continue;
    config.set(name, argumentOf(options, option, kind));
  }
  return config;
}

function argumentOf(
  options: ParsedOptions,
  option: string,
  kind: 'text' | 'integer' | 'long',
): string {
  if (kind === 'text') return options.value(option)!;
  return String(kind === 'integer' ? options.integer(option)! : options.long(option)!);
}

/** `--compression-codec` without a value is gzip; it wins over compression.type of a file even when absent. */
function compressionCodec(options: ParsedOptions): string {
  if (!options.has('compression-codec')) return 'none';
  return options.value('compression-codec') || 'gzip';
}
