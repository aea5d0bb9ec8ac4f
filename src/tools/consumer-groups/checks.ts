// Which options of kafka-consumer-groups.sh can't stand together (ConsumerGroupCommandOptions.checkArgs).

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, checkRequired, usage } from '../../flags/usage.ts';
import { isBootstrapMissing } from '../support/admin.ts';
import { RESET_SCENARIOS } from '../support/groups/offset-plan.ts';

const ACTIONS = [
  'list',
  'describe',
  'delete',
  'reset-offsets',
  'delete-offsets',
  'validate-regex',
] as const;

const NO_ACTION =
  'WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.';

/** Throws CommandLineError. */
export function checkConsumerGroupsOptions(options: ParsedOptions, context: ToolContext): void {
  if (!options.has('validate-regex') && isBootstrapMissing(options, context)) {
    checkRequired(options, 'bootstrap-server');
  }
  if (options.has('describe')) checkDescribe(options);
  if (options.has('delete')) {
    checkGroups(options, 'delete');
    if (options.has('topic')) {
      throw usage(
        'The consumer does not support topic-specific offset deletion from a consumer group.',
      );
    }
  }
  if (options.has('delete-offsets') && !(options.has('group') && options.has('topic'))) {
    throw usage('Option [delete-offsets] takes the following options: [group], [topic]');
  }
  if (options.has('reset-offsets')) checkReset(options, context);
  checkInvalid(options, 'group', ['all-groups']);
  checkInvalid(options, 'group', ['list']);
  checkInvalid(options, 'topic', ['list', 'describe']);
  if (ACTIONS.filter((action) => options.has(action)).length !== 1) {
    const actions = ACTIONS.map((action) => `--${action}`).join(', ');
    throw usage(`Command must include exactly one action: ${actions}`);
  }
}

function checkGroups(options: ParsedOptions, action: string): void {
  if (options.has('group') || options.has('all-groups')) return;
  throw usage(`Option [${action}] takes one of these options: [group], [all-groups]`);
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

function checkReset(options: ParsedOptions, context: ToolContext): void {
  if (options.has('dry-run') && options.has('execute')) {
    throw usage('Option [reset-offsets] only accepts one of [execute] and [dry-run]');
  }
  // At a terminal kafta asks instead.
  const isUndecided = !options.has('dry-run') && !options.has('execute');
  if (isUndecided && context.manner === 'exact') context.err(NO_ACTION);
  checkGroups(options, 'reset-offsets');
  for (const scenario of RESET_SCENARIOS) {
    checkInvalid(
      options,
      scenario,
      RESET_SCENARIOS.filter((other) => other !== scenario),
    );
  }
}
