// kafka-topics.sh: creates, lists, describes, changes and deletes topics (org.apache.kafka.tools.TopicCommand).

import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { TOPICS_TABLE } from '../../flags/tables/topics.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { openAdmin } from '../support/admin.ts';
import { describeChain, messageOf } from '../support/java-error.ts';
import { logFailure } from '../support/log-line.ts';
import { alterTopics } from './alter.ts';
import { checkTopicsOptions } from './checks.ts';
import { createTopic } from './create.ts';
import { deleteTopicsCommand } from './delete.ts';
import { describeTopicsCommand } from './describe.ts';
import { listTopicsCommand } from './list.ts';

export const TOPICS: Tool = {
  table: TOPICS_TABLE,
  bareMessage: 'Create, delete, describe, or change a topic.',
  run: runTopics,
  reject(error, context) {
    if (error.showsUsage) return printUsage(TOPICS_TABLE, error.message, context);
    context.err(`${error.message}\n${error.exception}: ${error.message}`);
    return 1;
  },
};

type Action = (client: KafkaClient, options: ParsedOptions, context: ToolContext) => Promise<void>;

async function runTopics(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkTopicsOptions(options, context);
  let client: KafkaClient;
  try {
    client = await openAdmin(options, context);
  } catch (error) {
    return failBeforeStart(error, context);
  }
  try {
    await actionOf(options)(client, options, context);
    return 0;
  } catch (error) {
    return await fail(error, context);
  } finally {
    await client.close();
  }
}

function actionOf(options: ParsedOptions): Action {
  if (options.has('create')) return createTopic;
  if (options.has('alter')) return alterTopics;
  if (options.has('list')) return listTopicsCommand;
  return options.has('describe') ? describeTopicsCommand : deleteTopicsCommand;
}

/** Kafka's main prints the message and a trace on stderr. */
function failBeforeStart(error: unknown, context: ToolContext): number {
  if (context.manner === 'modern') throw error;
  context.err(`${messageOf(error)}\n${describeChain(error)}`);
  return 1;
}

/** TopicCommand.printException: the message on stdout, the trace in a log line. */
async function fail(error: unknown, context: ToolContext): Promise<number> {
  if (context.manner === 'modern') throw error;
  context.notice(`Error while executing topic command : ${messageOf(error)}`);
  await context.out.flush();
  logFailure(context, error, 'org.apache.kafka.tools.TopicCommand');
  return 1;
}
