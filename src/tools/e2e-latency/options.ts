// What kafka-e2e-latency.sh is asked to do (EndToEndLatency.EndToEndLatencyCommandOptions), and its former form, where
// the words alone counted.

import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired, usage } from '../../flags/usage.ts';
import { isBootstrapMissing } from '../support/admin.ts';

export interface LatencyPlan {
  readonly topic: string;
  readonly records: number;
  readonly acks: string;
  readonly recordSizeBytes: number;
  /** 0: no key. */
  readonly keySizeBytes: number;
  readonly headers: number;
  readonly headerKeySizeBytes: number;
  /** -1: null. */
  readonly headerValueSizeBytes: number;
}

const NAMED = ['bootstrap-server', 'topic', 'num-records', 'producer-acks', 'record-size'];
const POSITIONS = [...NAMED, 'command-config'];

/** Words without names become the options they stand for. Throws CommandLineError for another number of words. */
export function namePositions(argv: readonly string[], context: ToolContext): readonly string[] {
  const isNamed = argv.some((word) => NAMED.some((name) => word === `--${name}`));
  if (argv.length === 0 || isNamed) return argv;
  if (context.manner === 'modern' && argv.some((word) => word.startsWith('-'))) return argv;
  if (argv.length < NAMED.length || argv.length > POSITIONS.length) {
    throw new CommandLineError(
      `Invalid number of arguments. Expected 5 or 6 positional arguments, but got ${argv.length}. Usage: bootstrap-server topic num-records producer-acks record-size [optional] command-config`,
      TERSE,
    );
  }
  context.deprecation(
    'WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named arguments instead: --bootstrap-server, --topic, --num-records, --producer-acks, --record-size, --command-config',
  );
  return argv.flatMap((word, index) => [`--${POSITIONS[index]}`, word]);
}

/** An error of which the message alone is told. */
export const TERSE = 'org.apache.kafka.tools.TerseException';

/** Throws CommandLineError. */
export function latencyPlan(options: ParsedOptions, context: ToolContext): LatencyPlan {
  const required = NAMED.filter((name) => name !== 'bootstrap-server');
  if (isBootstrapMissing(options, context)) checkRequired(options, 'bootstrap-server');
  checkRequired(options, ...required);
  const acks = options.value('producer-acks')!;
  if (acks !== '1' && acks !== 'all') {
    throw usage(
      "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.",
    );
  }
  const records = options.integer('num-records')!;
  if (records <= 0) throw usage('Value for --num-records must be a positive integer.');
  return {
    topic: options.value('topic')!,
    records,
    acks,
    recordSizeBytes: size(options, 'record-size'),
    keySizeBytes: size(options, 'record-key-size'),
    headerKeySizeBytes: size(options, 'record-header-key-size'),
    headerValueSizeBytes: size(options, 'record-header-size', -1),
    headers: size(options, 'num-headers'),
  };
}

function size(options: ParsedOptions, name: string, least = 0): number {
  const value = options.integer(name)!;
  if (value >= least) return value;
  const nullable = least < 0 ? ' or -1 for null header value' : '';
  throw usage(`Value for --${name} must be a non-negative integer${nullable}.`);
}
