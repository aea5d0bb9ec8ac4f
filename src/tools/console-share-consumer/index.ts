// kafka-console-share-consumer.sh: the records that a share group hands out on stdout
// (org.apache.kafka.tools.consumer.ConsoleShareConsumer).

import { ShareConsumer } from '../../client/share/share-consumer.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { CONSOLE_SHARE_CONSUMER_TABLE } from '../../flags/tables/console-share-consumer.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { isArgumentError } from '../../flags/usage.ts';
import { chooseFormatter } from '../console-consumer/choose-formatter.ts';
import type { RecordFormatter } from '../console-consumer/record-formatter.ts';
import { closeTimeoutMs, type EndReason } from '../console-consumer/record-loop.ts';
import { describeChain, describeError, rootCause, ToolError } from '../support/java-error.ts';
import { clientLog, logLine } from '../support/log-line.ts';
import { splitServers } from '../support/properties.ts';
import { type ShareOptions, shareOptions } from './options.ts';
import { SHARE_CONSUMER_LOGGER, ShareLoop } from './share-loop.ts';

export const CONSOLE_SHARE_CONSUMER: Tool = {
  table: CONSOLE_SHARE_CONSUMER_TABLE,
  run: runConsoleShareConsumer,
  reject(error, context) {
    if (!isArgumentError(error)) {
      return printUsage(CONSOLE_SHARE_CONSUMER_TABLE, error.message, context);
    }
    const failure = new ToolError(error.message, error.exception);
    return isOfItsProperties(error)
      ? tellUncaught(failure, context)
      : tellUnknown(failure, context);
  },
};

async function runConsoleShareConsumer(
  options: ParsedOptions,
  context: ToolContext,
): Promise<number> {
  let wanted: ShareOptions;
  try {
    wanted = shareOptions(options, context);
  } catch (error) {
    if (error instanceof CommandLineError || context.manner === 'modern') throw error;
    return tellUncaught(error, context);
  }
  try {
    return await consume(wanted, await chooseFormatter(options, context), options, context);
  } catch (error) {
    if (error instanceof CommandLineError) throw error;
    if (context.manner === 'modern') throw rootCause(error);
    return tellUnknown(error, context);
  }
}

/** Kafka reads the files of properties before its main catches anything. */
function tellUncaught(error: unknown, context: ToolContext): number {
  context.err(`Exception in thread "main" ${describeError(error)}`);
  return 1;
}

function isOfItsProperties({ message }: CommandLineError): boolean {
  return /\b(?:command|consumer)-(?:config|property)\b/.test(message);
}

function tellUnknown(error: unknown, context: ToolContext): number {
  const what = 'Unknown error when running consumer: ';
  logLine(context, 'ERROR', what, SHARE_CONSUMER_LOGGER, describeChain(error));
  return 1;
}

async function consume(
  wanted: ShareOptions,
  formatter: RecordFormatter,
  options: ParsedOptions,
  context: ToolContext,
): Promise<number> {
  const timeoutMs = options.has('timeout-ms') ? options.integer('timeout-ms')! : -1;
  const maxMessages = options.has('max-messages') ? options.integer('max-messages')! : -1;
  const servers = await context.bootstrap(options.value('bootstrap-server'));
  const consumer = new ShareConsumer({
    bootstrapServers: splitServers(servers, clientLog(context)),
    config: new Map(wanted.config).set('bootstrap.servers', servers),
    io: context.io,
    log: clientLog(context),
  });
  let end: EndReason = 'failed';
  let loop: ShareLoop | undefined;
  try {
    await consumer.prepare();
    if (wanted.topic.trim() === '') {
      throw new ToolError('Topic collection to subscribe to cannot contain null or empty topic');
    }
    consumer.subscribe([wanted.topic]);
    loop = new ShareLoop(context, consumer, formatter, {
      maxMessages: maxMessages === -1 ? Number.POSITIVE_INFINITY : maxMessages,
      timeoutMs: timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs,
      acknowledgement: wanted.acknowledgement,
      rejectsErrors: wanted.rejectsErrors,
    });
    end = await loop.run();
  } finally {
    // Closing sends what was said of the records: they must have reached their reader.
    await context.out.flush();
    await consumer.close(closeTimeoutMs(context));
    if (loop !== undefined) {
      await context.out.flush();
      context.err(`Processed a total of ${loop.messageCount} messages`);
    }
    if (options.has('enable-systest-events')) context.out.line('shutdown_complete');
  }
  return end === 'failed' && context.manner === 'modern' ? 1 : 0;
}
