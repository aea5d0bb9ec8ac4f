// What a test of the consumer is asked to do (ConsumerPerformance.ConsumerPerfOptions), checked in Kafka's order.

import type { TopicFilter } from '../../client/consumer/consumer.ts';
import { compileJavaRegex } from '../../common/java-regex.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, checkOneOf, checkRequired } from '../../flags/usage.ts';
import { isBootstrapMissing } from '../support/admin.ts';
import { ToolError } from '../support/java-error.ts';
import { loadProperties, parseKeyValues } from '../support/properties.ts';
import { simpleDateFormat } from '../support/simple-date-format.ts';

export interface ConsumePlan {
  readonly topics: readonly string[] | TopicFilter;
  readonly records: number;
  /** Longest wait for a record. */
  readonly timeoutMs: number;
  readonly reportingIntervalMs: number;
  readonly showsDetails: boolean;
  readonly hidesHeader: boolean;
  readonly printsMetrics: boolean;
  readonly formatDate: (ms: number) => string;
  /** With bootstrap.servers. */
  readonly config: Map<string, string>;
}

/** Throws CommandLineError. */
export function checkConsumerPerfOptions(options: ParsedOptions, context: ToolContext): void {
  if (isBootstrapMissing(options, context)) checkRequired(options, 'bootstrap-server');
  checkOneOf(options, 'topic', 'include');
  checkOneOf(options, 'messages', 'num-records');
  checkInvalid(options, 'consumer.config', ['command-config']);
  tellDeprecated(options, context);
}

/** Of both consumer tests. */
export function tellDeprecated(options: ParsedOptions, context: ToolContext): void {
  const former = { messages: 'num-records', 'consumer.config': 'command-config' };
  for (const [name, current] of Object.entries(former)) {
    if (options.has(name)) {
      context.deprecation(`Warning: --${name} is deprecated. Use --${current} instead.`);
    }
  }
}

/** Throws what the options' values don't allow. */
export async function consumePlan(
  options: ParsedOptions,
  context: ToolContext,
): Promise<ConsumePlan> {
  const config = perfProperties(options, context, 'perf-consumer-client');
  config.set('bootstrap.servers', await context.bootstrap(options.value('bootstrap-server')));
  config.set('group.id', options.value('group')!);
  config.set('receive.buffer.bytes', String(options.integer('socket-buffer-size')));
  config.set('max.partition.fetch.bytes', String(options.integer('fetch-size')));
  config.set('auto.offset.reset', options.has('from-latest') ? 'latest' : 'earliest');
  config.set('check.crcs', 'false');
  const topic = options.value('topic');
  return {
    topics: topic === undefined ? topicFilter(options.value('include')!) : [topic],
    ...commonPlan(options),
    reportingIntervalMs: reportingIntervalMs(options),
    config,
  };
}

/** Words win over the file; the client's name stays what the user made it. */
export function perfProperties(
  options: ParsedOptions,
  context: ToolContext,
  clientId: string,
): Map<string, string> {
  const words = parseKeyValues(options.values('command-property'));
  const name = options.has('consumer.config') ? 'consumer.config' : 'command-config';
  const file = options.value(name);
  const config = file === undefined ? new Map<string, string>() : loadProperties(context.io, file);
  for (const [key, value] of words) config.set(key, value);
  if (!config.has('client.id')) config.set('client.id', clientId);
  return config;
}

/** Of both consumer tests. The share consumers' looks at its interval with the first record, so it isn't in here. */
export function commonPlan(
  options: ParsedOptions,
): Omit<ConsumePlan, 'topics' | 'config' | 'reportingIntervalMs'> {
  return {
    records: options.long(options.has('messages') ? 'messages' : 'num-records')!,
    timeoutMs: options.long('timeout')!,
    showsDetails: options.has('show-detailed-stats'),
    hidesHeader: options.has('hide-header'),
    printsMetrics: options.has('print-metrics'),
    formatDate: simpleDateFormat(options.value('date-format')!),
  };
}

export function reportingIntervalMs(options: ParsedOptions): number {
  const intervalMs = options.long('reporting-interval')!;
  if (intervalMs <= 0) throw new ToolError('Reporting interval must be greater than 0.');
  return intervalMs;
}

function topicFilter(expression: string): TopicFilter {
  const pattern = compileJavaRegex(expression);
  return { matches: (topic) => pattern.matches(topic) };
}
