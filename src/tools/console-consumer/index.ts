// kafka-console-consumer.sh: the records of topics on stdout (org.apache.kafka.tools.consumer.ConsoleConsumer).

import { Consumer } from '../../client/consumer/consumer.ts';
import { compileJavaRegex } from '../../common/java-regex.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { CONSOLE_CONSUMER_TABLE } from '../../flags/tables/console-consumer.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import {
  describeChain,
  describeError,
  messageOf,
  rootCause,
  ToolError,
} from '../support/java-error.ts';
import { clientLog, logLine } from '../support/log-line.ts';
import { splitServers } from '../support/properties.ts';
import { chooseFormatter } from './choose-formatter.ts';
import { CONSUMER_LOGGER, ConsumeLoop } from './consume-loop.ts';
import { BEGINNING, type ConsumerOptions, consumerOptions, END } from './options.ts';
import type { RecordFormatter } from './record-formatter.ts';
import { closeTimeoutMs, type EndReason } from './record-loop.ts';

export const CONSOLE_CONSUMER: Tool = {
  table: CONSOLE_CONSUMER_TABLE,
  run: runConsoleConsumer,
};

const KIP_848_LINE =
  'The consumer rebalance protocol (KIP-848) is production-ready! Set group.protocol=consumer to try it out. See https://kafka.apache.org/documentation/#consumer_rebalance_protocol';

async function runConsoleConsumer(options: ParsedOptions, context: ToolContext): Promise<number> {
  let wanted: ConsumerOptions;
  let formatter: RecordFormatter;
  try {
    wanted = consumerOptions(options, context);
    formatter = await chooseFormatter(options, context);
  } catch (error) {
    return refuse(error, context);
  }
  try {
    return await consume(wanted, formatter, options, context);
  } catch (error) {
    if (context.manner === 'modern') throw rootCause(error);
    const what = 'Unknown error when running consumer: ';
    logLine(context, 'ERROR', what, CONSUMER_LOGGER, describeChain(error));
    return 1;
  }
}

/** The usage, one line, or an exception that Kafka's main doesn't catch. */
function refuse(error: unknown, context: ToolContext): number {
  const isForTheRunner = error instanceof CommandLineError && error.showsUsage;
  if (isForTheRunner || context.manner === 'modern') throw error;
  const exception = error instanceof ToolError ? error.exception : undefined;
  if (exception === '') context.err(messageOf(error));
  else {
    const shown =
      error instanceof CommandLineError
        ? `${error.exception}: ${error.message}`
        : describeError(error);
    context.err(`Exception in thread "main" ${shown}`);
  }
  return 1;
}

async function consume(
  wanted: ConsumerOptions,
  formatter: RecordFormatter,
  options: ParsedOptions,
  context: ToolContext,
): Promise<number> {
  const servers = await context.bootstrap(options.value('bootstrap-server'));
  const config = new Map(wanted.config).set('bootstrap.servers', servers);
  const bootstrapServers = splitServers(servers, clientLog(context));
  if (context.isLenient && options.has('delete-consumer-offsets')) {
    const { forgetOffsets } = await import('./forget-offsets.ts');
    await forgetOffsets(bootstrapServers, config, context);
  }
  const consumer = new Consumer({
    bootstrapServers,
    config,
    io: context.io,
    log: clientLog(context),
    untilDelivered: () => context.out.flush(),
  });
  let end: EndReason = 'failed';
  let loop: ConsumeLoop | undefined;
  try {
    await consumer.prepare();
    if (context.manner === 'exact') tellAboutProtocol(wanted, context);
    begin(consumer, wanted);
    loop = new ConsumeLoop(context, consumer, formatter, {
      maxMessages: () => options.integer('max-messages') ?? -1,
      timeoutMs: wanted.timeoutMs,
      skipsErrors: options.has('skip-message-on-error'),
    });
    end = await loop.run();
  } finally {
    await consumer.close(closeTimeoutMs(context));
    if (loop !== undefined) {
      await context.out.flush();
      context.err(`Processed a total of ${loop.messageCount} messages`);
    }
    if (options.has('enable-systest-events')) context.out.line('shutdown_complete');
  }
  return end === 'failed' && context.manner === 'modern' ? 1 : 0;
}

/** ConsoleConsumer.maybePrintConsumerProtocolMessage. */
function tellAboutProtocol({ partition, config }: ConsumerOptions, context: ToolContext): void {
  const protocol = config.get('group.protocol') ?? 'classic';
  if (partition === undefined && protocol.toLowerCase() === 'classic') context.err(KIP_848_LINE);
}

function begin(consumer: Consumer, { topic, include, partition, offset }: ConsumerOptions): void {
  if (topic === undefined) {
    if (include === '') throw new ToolError('Topic pattern to subscribe to cannot be empty');
    consumer.subscribe(compileJavaRegex(include!));
    return;
  }
  if (partition === undefined) {
    if (topic.trim() === '') {
      throw new ToolError('Topic collection to subscribe to cannot contain null or empty topic');
    }
    consumer.subscribe([topic]);
    return;
  }
  const assigned = { topic, partition };
  consumer.assign([assigned]);
  if (offset === BEGINNING) consumer.seekToBeginning([assigned]);
  else if (offset === END) consumer.seekToEnd([assigned]);
  else consumer.seek(assigned, offset);
}
