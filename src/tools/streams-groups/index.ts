// kafka-streams-groups.sh: lists, describes, resets and deletes the groups of Kafka Streams applications
// (org.apache.kafka.tools.streams.StreamsGroupCommand).

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { STREAMS_GROUPS_TABLE } from '../../flags/tables/streams-groups.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { isArgumentError } from '../../flags/usage.ts';
import { deleteAndReport, partitionsToForget } from '../support/groups/delete-offsets.ts';
import { runGroupCommand } from '../support/groups/group-command.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { presentGroups } from '../support/groups/typed-groups.ts';
import { hashOrder } from '../support/hash-order.ts';
import { checkStreamsGroupsOptions } from './checks.ts';
import { deleteStreamsGroups } from './delete-groups.ts';
import { describeStreamsGroupsCommand } from './describe.ts';
import { sourceOffsets } from './groups.ts';
import { resetStreamsOffsets } from './reset.ts';

export const STREAMS_GROUPS: Tool = {
  table: STREAMS_GROUPS_TABLE,
  run: runStreamsGroups,
  reject(error, context) {
    if (error.showsUsage || isArgumentError(error)) {
      return printUsage(STREAMS_GROUPS_TABLE, error.message, context);
    }
    context.err(error.message);
    return 1;
  },
};

async function runStreamsGroups(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkStreamsGroupsOptions(options, context);
  return runGroupCommand(
    { table: STREAMS_GROUPS_TABLE, noun: 'streams', failureExitCode: 1 },
    options,
    context,
    actionOf(options),
  );
}

function actionOf(options: ParsedOptions): (service: GroupService) => Promise<number> {
  if (options.has('list')) return (service) => presentGroups(service, 'Streams');
  if (options.has('describe')) return describeStreamsGroupsCommand;
  if (options.has('reset-offsets')) return resetStreamsOffsets;
  return options.has('delete') ? deleteStreamsGroups : deleteOffsets;
}

async function deleteOffsets(service: GroupService): Promise<number> {
  const { options } = service;
  const group = options.value('group')!;
  if (!options.has('all-input-topics')) {
    const named = await partitionsToForget(service, options.values('input-topic'));
    return deleteAndReport(service, group, 'Streams', named);
  }
  const committed = await sourceOffsets(service, group, true);
  const partitions = hashOrder([...committed.values()]);
  return deleteAndReport(service, group, 'Streams', { partitions, unknown: [] });
}
