// kafka-share-groups.sh: lists, describes, resets and deletes share groups
// (org.apache.kafka.tools.consumer.group.ShareGroupCommand).

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { SHARE_GROUPS_TABLE } from '../../flags/tables/share-groups.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { isArgumentError } from '../../flags/usage.ts';
import { runGroupCommand } from '../support/groups/group-command.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { presentGroups } from '../support/groups/typed-groups.ts';
import { deleteShareGroups, deleteShareOffsets, resetShareOffsets } from './changes.ts';
import { checkShareGroupsOptions } from './checks.ts';
import { describeShareGroupsCommand } from './describe.ts';

export const SHARE_GROUPS: Tool = {
  table: SHARE_GROUPS_TABLE,
  run: runShareGroups,
  reject(error, context) {
    if (error.showsUsage) return printUsage(SHARE_GROUPS_TABLE, error.message, context);
    if (isArgumentError(error)) {
      printError(context, `Executing share group command failed due to ${error.message}`);
      context.err(`${error.exception}: ${error.message}`);
      return 0;
    }
    context.err(`Exception in thread "main" ${error.exception}: ${error.message}`);
    return 1;
  },
};

async function runShareGroups(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkShareGroupsOptions(options, context);
  return runGroupCommand(
    { table: SHARE_GROUPS_TABLE, noun: 'share', failureExitCode: 0 },
    options,
    context,
    actionOf(options),
  );
}

function actionOf(options: ParsedOptions): (service: GroupService) => Promise<number> {
  if (options.has('list')) return (service) => presentGroups(service, 'Share');
  if (options.has('describe')) return describeShareGroupsCommand;
  if (options.has('reset-offsets')) return resetShareOffsets;
  return options.has('delete') ? deleteShareGroups : deleteShareOffsets;
}
