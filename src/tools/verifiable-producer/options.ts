// What kafka-verifiable-producer.sh is asked to do (VerifiableProducer.createFromArgs).

import { ArgparseRefusal } from '../../flags/argparse.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { messageOf } from '../support/java-error.ts';
import { loadProperties } from '../support/properties.ts';

export interface ProducePlan {
  readonly topic: string;
  /** Infinity: until told to stop. */
  readonly maxMessages: number;
  /** Records a second; negative: no limit. */
  readonly throughput: number;
  readonly valuePrefix: number | undefined;
  /** ms since the epoch of the first record; undefined: now, of each. */
  readonly createTimeMs: number | undefined;
  readonly repeatingKeys: number | undefined;
  readonly config: Map<string, string>;
}

/** Throws ArgparseRefusal. */
export async function producePlan(
  options: ParsedOptions,
  context: ToolContext,
): Promise<ProducePlan> {
  const createTimeMs = options.long('message-create-time')!;
  const maxMessages = options.integer('max-messages')!;
  const file = verifiableProperties(options, context, 'producer.config');
  return {
    topic: options.value('topic')!,
    maxMessages: maxMessages < 0 ? Number.POSITIVE_INFINITY : maxMessages,
    throughput: options.integer('throughput')!,
    valuePrefix: options.integer('value-prefix'),
    createTimeMs: createTimeMs === -1 ? undefined : createTimeMs,
    repeatingKeys: options.integer('repeating-keys'),
    config: new Map([
      ['bootstrap.servers', await context.bootstrap(options.value('bootstrap-server'))],
      ['acks', String(options.integer('acks'))],
      ['retries', '0'],
      ...file,
    ]),
  };
}

/** The properties of --command-config, or of the option that it replaces. */
export function verifiableProperties(
  options: ParsedOptions,
  context: ToolContext,
  former: 'producer.config' | 'consumer.config',
): Map<string, string> {
  if (options.has(former) && options.has('command-config')) {
    const message = `Options --${former} and --command-config are mutually exclusive.`;
    throw new ArgparseRefusal(message, '');
  }
  if (options.has(former)) {
    context.deprecation(
      `Option --${former} has been deprecated and will be removed in a future version. Use --command-config instead.`,
    );
  }
  const path = options.value(options.has(former) ? former : 'command-config');
  if (path === undefined) return new Map();
  try {
    return loadProperties(context.io, path);
  } catch (error) {
    throw new ArgparseRefusal(messageOf(error), '');
  }
}
