// Which options of kafka-share-groups.sh can't stand together (ShareGroupCommandOptions.checkArgs), in Kafka's order.

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, checkRequired, usage } from '../../flags/usage.ts';
import { isBootstrapMissing } from '../support/admin.ts';

const ACTIONS = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets'];
const SCENARIOS = ['to-datetime', 'to-earliest', 'to-latest'];

/** Throws CommandLineError. */
export function checkShareGroupsOptions(options: ParsedOptions, context: ToolContext): void {
  if (isBootstrapMissing(options, context)) checkRequired(options, 'bootstrap-server');
  if (options.has('describe')) checkDescribe(options);
  if (options.has('delete')) checkDelete(options);
  if (options.has('delete-offsets') && !(options.has('group') && options.has('topic'))) {
    throw usage('Option [delete-offsets] takes the following options: [group], [topic]');
  }
  if (options.has('reset-offsets')) checkReset(options, context);
  checkInvalid(options, 'group', ['all-groups']);
  checkInvalid(options, 'group', ['list']);
  checkInvalid(options, 'topic', ['list', 'describe']);
  if (ACTIONS.filter((action) => options.has(action)).length !== 1) {
    throw usage(
      'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets.',
    );
  }
}

function checkDescribe(options: ParsedOptions): void {
  if (!options.has('group') && !options.has('all-groups')) {
    throw usage('Option [describe] takes one of these options: [all-groups], [group]');
  }
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

function checkDelete(options: ParsedOptions): void {
  const [hasGroup, hasAll] = [options.has('group'), options.has('all-groups')];
  if (!hasGroup && !hasAll) {
    throw usage('Option [delete] takes the options [group] or [all-groups]');
  }
  if (hasGroup && hasAll) {
    throw usage('Option [delete] takes either [group] or [all-groups], not both.');
  }
  if (options.has('topic')) throw usage('Option [delete] does not take the option: [topic]');
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
  if (!options.has('group')) throw usage('Option [reset-offsets] takes the option: [group]');
  if (!options.has('topic') && !options.has('all-topics')) {
    throw usage('Option [reset-offsets] takes one of these options: [all-topics], [topic]');
  }
  if (!SCENARIOS.some((scenario) => options.has(scenario))) {
    const list = SCENARIOS.map((scenario) => `[${scenario}]`).join(', ');
    throw usage(`Option [reset-offsets] takes one of these options: ${list}`);
  }
  for (const scenario of SCENARIOS) {
    checkInvalid(
      options,
      scenario,
      SCENARIOS.filter((other) => other !== scenario),
    );
  }
}
