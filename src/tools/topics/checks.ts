// Which options of kafka-topics.sh go together (TopicCommand.TopicCommandOptions.checkArgs), in Kafka's order and words.
// Lenient callers may change configs with --alter, as Kafka's script did before 3.0.

import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, checkInvalidSet, checkRequired, usage } from '../../flags/usage.ts';
import { isBootstrapMissing } from '../support/admin.ts';

const ACTIONS = ['alter', 'create', 'describe', 'list', 'delete'] as const;
const REPORTS = [
  'under-replicated-partitions',
  'under-min-isr-partitions',
  'at-min-isr-partitions',
  'unavailable-partitions',
] as const;

/** Throws CommandLineError. */
export function checkTopicsOptions(options: ParsedOptions, context: ToolContext): void {
  if (ACTIONS.filter((action) => options.has(action)).length !== 1) {
    throw usage(
      'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
    );
  }
  if (options.has('delete-config') && !context.isLenient) {
    context.err(
      'delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.',
    );
  }
  checkRequiredOptions(options, context);
  checkConflicts(options, changesConfigs(options, context));
}

/** `--alter --config` and `--alter --delete-config`, which Kafka moved to kafka-configs.sh. */
export function changesConfigs(options: ParsedOptions, context: ToolContext): boolean {
  const wanted = options.has('config') || options.has('delete-config');
  return context.isLenient && options.has('alter') && wanted;
}

function checkRequiredOptions(options: ParsedOptions, context: ToolContext): void {
  if (isBootstrapMissing(options, context)) {
    throw new CommandLineError(
      '--bootstrap-server must be specified',
      'java.lang.IllegalArgumentException',
    );
  }
  if (options.has('describe') && options.has('if-exists')) {
    if (!options.has('topic') && !options.has('topic-id')) {
      throw usage('--topic or --topic-id is required to describe a topic');
    }
    if (options.has('topic') && options.has('topic-id')) {
      context.notice(
        'Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID',
      );
    }
  }
  if (!options.has('list') && !options.has('describe')) checkRequired(options, 'topic');
  if (options.has('alter') && !changesConfigs(options, context)) {
    checkInvalidSet(
      options,
      ['bootstrap-server', 'config'],
      ['alter'],
      ' (To alter topic configurations, the kafka-configs tool can be used.)',
    );
    checkRequired(options, 'partitions');
  }
}

function checkConflicts(options: ParsedOptions, mayAlterConfigs: boolean): void {
  const allowOnly = (option: string, actions: readonly string[], also: readonly string[] = []) => {
    const others = ACTIONS.filter((action) => !actions.includes(action));
    checkInvalid(options, option, [...others, ...also]);
  };
  if (!mayAlterConfigs) allowOnly('config', ['alter', 'create']);
  allowOnly('partitions', ['alter', 'create']);
  allowOnly('replication-factor', ['create']);
  allowOnly('replica-assignment', ['alter', 'create']);
  if (options.has('create')) {
    checkInvalid(options, 'replica-assignment', ['partitions', 'replication-factor']);
  }
  for (const report of REPORTS) allowOnly(report, ['describe'], ['topics-with-overrides']);
  allowOnly('topics-with-overrides', ['describe'], REPORTS);
  allowOnly('if-exists', ['alter', 'delete', 'describe']);
  allowOnly('if-not-exists', ['create']);
  allowOnly('exclude-internal', ['list', 'describe']);
}
