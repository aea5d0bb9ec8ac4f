// Which options of kafka-streams-groups.sh can't stand together (StreamsGroupCommandOptions.checkArgs), in Kafka's order.

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, checkRequired, usage } from '../../flags/usage.ts';
import { isBootstrapMissing } from '../support/admin.ts';
import { RESET_SCENARIOS } from '../support/groups/offset-plan.ts';

const ACTIONS = ['list', 'describe', 'reset-offsets', 'delete', 'delete-offsets'];

/** Throws CommandLineError. */
export function checkStreamsGroupsOptions(options: ParsedOptions, context: ToolContext): void {
  if (isBootstrapMissing(options, context)) checkRequired(options, 'bootstrap-server');
  if (options.has('describe')) checkDescribe(options);
  if (options.has('delete')) {
    checkGroups(options, 'delete');
    if (options.has('input-topic') || options.has('all-input-topics')) {
      throw usage(
        'Kafka Streams does not support topic-specific offset deletion from a streams group.',
      );
    }
  }
  if (options.has('delete-offsets')) checkDeleteOffsets(options);
  if (options.has('reset-offsets')) checkReset(options, context);
  checkInternalTopics(options);
  const isForReset = options.has('dry-run') || options.has('execute');
  if (isForReset && !options.has('reset-offsets')) {
    throw usage('Only Option [reset-offsets] accepts [execute] or [dry-run]');
  }
  checkInvalid(options, 'list', ['members', 'offsets']);
  checkInvalid(options, 'group', ['all-groups']);
  checkInvalid(options, 'group', ['list']);
  checkInvalid(options, 'input-topic', ['list', 'describe', 'delete']);
  if (ACTIONS.filter((action) => options.has(action)).length !== 1) {
    throw usage(
      'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, or --delete-offsets.',
    );
  }
}

function checkGroups(options: ParsedOptions, action: string): void {
  if (options.has('group') || options.has('all-groups')) return;
  throw usage(`Option [${action}] takes one of these options: [all-groups], [group]`);
}

function checkDescribe(options: ParsedOptions): void {
  checkGroups(options, 'describe');
  const views = ['members', 'offsets', 'state'];
  if (views.filter((view) => options.has(view)).length > 1) {
    throw usage(
      'Option [describe] takes at most one of these options: [members], [offsets], [state]',
    );
  }
  if (options.has('state') && options.value('state') !== undefined) {
    throw usage('Option [describe] does not take a value for [state]');
  }
}

function checkDeleteOffsets(options: ParsedOptions): void {
  const hasTopics = options.has('input-topic') || options.has('all-input-topics');
  if (!hasTopics || !options.has('group')) {
    throw usage(
      'Option [delete-offsets] takes the [group] and one of these options: [all-input-topics], [input-topic]',
    );
  }
  const groups = options.values('group');
  if (groups.length > 1) {
    throw usage(
      `Option [delete-offsets] supports only one [group] at a time, but found: [${groups.join(', ')}]`,
    );
  }
}

function checkReset(options: ParsedOptions, context: ToolContext): void {
  const [isDry, isExecuted] = [options.has('dry-run'), options.has('execute')];
  if (isDry && isExecuted) {
    throw usage('Option [reset-offsets] only accepts one of [execute] and [dry-run]');
  }
  // kafta asks instead.
  if (!isDry && !isExecuted && context.manner === 'exact') {
    throw usage('Option [reset-offsets] takes the option: [execute] or [dry-run]');
  }
  checkGroups(options, 'reset-offsets');
  for (const scenario of RESET_SCENARIOS) {
    checkInvalid(
      options,
      scenario,
      RESET_SCENARIOS.filter((other) => other !== scenario),
    );
  }
}

function checkInternalTopics(options: ParsedOptions): void {
  const isReset = options.has('reset-offsets');
  if (options.has('delete-all-internal-topics')) {
    if (!isReset && !options.has('delete')) {
      throw usage(
        'Option [delete-all-internal-topics] takes one of these options: [delete], [reset-offsets]',
      );
    }
    if (isReset && !options.has('execute')) {
      throw usage(
        'Option [delete-all-internal-topics] takes [execute] when [reset-offsets] is used.',
      );
    }
  } else if (options.has('delete-internal-topic') && !(isReset && options.has('execute'))) {
    throw usage('Option [delete-internal-topic] takes [reset-offsets] when [execute] is used.');
  }
}
