// kafka-consumer-groups.sh: lists, describes, resets and deletes groups that consume
// (org.apache.kafka.tools.consumer.group.ConsumerGroupCommand).

import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { CONSUMER_GROUPS_TABLE } from '../../flags/tables/consumer-groups.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { openAdmin } from '../support/admin.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { describeError, messageOf } from '../support/java-error.ts';
import { rootCause, runtimeError } from '../support/java-future.ts';
import { checkConsumerGroupsOptions } from './checks.ts';
import { deleteConsumerGroups } from './delete-groups.ts';
import { deleteConsumerGroupOffsets } from './delete-offsets.ts';
import { describeGroups } from './describe.ts';
import { listConsumerGroups } from './list.ts';
import { resetOffsets } from './reset.ts';
import { validateRegex } from './validate-regex.ts';

export const CONSUMER_GROUPS: Tool = {
  table: CONSUMER_GROUPS_TABLE,
  run: runConsumerGroups,
  reject(error, context) {
    if (error.showsUsage) return printUsage(CONSUMER_GROUPS_TABLE, error.message, context);
    context.err(`Exception in thread "main" ${error.exception}: ${error.message}`);
    return 1;
  },
};

async function runConsumerGroups(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkConsumerGroupsOptions(options, context);
  try {
    if (options.has('validate-regex')) {
      return await validateRegex(options.value('validate-regex')!, context);
    }
    return await act(options, context);
  } catch (error) {
    return await fail(error, context);
  }
}

async function act(options: ParsedOptions, context: ToolContext): Promise<number> {
  const client = await open(options, context);
  try {
    checkArguments(options);
    const timeoutMs = Number(BigInt.asIntN(32, BigInt(options.long('timeout')!)));
    return await actionOf(options)({ client, options, context, timeoutMs });
  } finally {
    await client.close();
  }
}

/** A file of properties that can't be read reaches Kafka's main wrapped. */
async function open(options: ParsedOptions, context: ToolContext) {
  try {
    return await openAdmin(options, context);
  } catch (error) {
    const isFile = describeError(error).startsWith('java.');
    throw isFile && context.manner === 'exact' ? runtimeError(error) : error;
  }
}

/** OffsetsUtilsOptions: every argument of a reset is converted, whatever the action. */
function checkArguments(options: ParsedOptions): void {
  for (const text of options.values('to-offset')) {
    if (!/^[+-]?\d+$/.test(text)) {
      throw new CommandLineError(
        `Cannot parse argument '${text}' of option to-offset`,
        'joptsimple.OptionArgumentConversionException',
      );
    }
  }
  options.value('by-duration');
  options.long('shift-by');
}

function actionOf(options: ParsedOptions): (service: GroupService) => Promise<number> {
  if (options.has('list')) return listConsumerGroups;
  if (options.has('describe')) return describeGroups;
  if (options.has('delete')) return deleteConsumerGroups;
  return options.has('reset-offsets') ? resetOffsets : deleteConsumerGroupOffsets;
}

/** The message on stdout, the trace on stderr, and 0; an IllegalArgumentException shows the usage instead, and 1. */
async function fail(error: unknown, context: ToolContext): Promise<number> {
  if (error instanceof CommandLineError && (error.showsUsage || context.manner === 'modern')) {
    throw error;
  }
  if (context.manner === 'modern') throw rootCause(error);
  if (describeError(error).startsWith('java.lang.IllegalArgumentException: ')) {
    return printUsage(CONSUMER_GROUPS_TABLE, messageOf(error), context);
  }
  printError(context, `Executing consumer group command failed due to ${messageOf(error)}`);
  await context.out.flush();
  context.err(describeError(error));
  return 0;
}
