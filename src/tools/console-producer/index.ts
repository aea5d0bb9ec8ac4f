// kafka-console-producer.sh: each line of stdin is a record (org.apache.kafka.tools.ConsoleProducer).
// In the exact manner text passes through Java's decoder, as there; `kafta` keeps every byte.

import { Producer } from '../../client/producer/producer.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { CONSOLE_PRODUCER_TABLE } from '../../flags/tables/console-producer.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { describeChain, messageOf, rootCause, ToolError } from '../support/java-error.ts';
import { clientLog } from '../support/log-line.ts';
import { splitServers } from '../support/properties.ts';
import { LineSplitter } from './line-splitter.ts';
import { checkProducerOptions, producerProperties, readerProperties } from './options.ts';
import { type ReaderConfig, readerConfig } from './reader-config.ts';
import { SendLoop } from './send-loop.ts';
import { sendAllOrNothing } from './transaction.ts';

export const CONSOLE_PRODUCER: Tool = {
  table: CONSOLE_PRODUCER_TABLE,
  run: runConsoleProducer,
};

const LINE_READER = 'org.apache.kafka.tools.LineMessageReader';
const FORMER_LINE_READER = 'kafka.tools.ConsoleProducer$LineMessageReader';

async function runConsoleProducer(options: ParsedOptions, context: ToolContext): Promise<number> {
  try {
    checkProducerOptions(options, context);
    const reader = lineReader(options, context);
    const servers = await context.bootstrap(options.value('bootstrap-server'));
    const config = producerProperties(options, context.io, servers);
    return await produce(
      reader,
      config,
      splitServers(servers, clientLog(context)),
      options,
      context,
    );
  } catch (error) {
    return fail(error, context);
  }
}

async function produce(
  reader: ReaderConfig,
  config: ReadonlyMap<string, string>,
  bootstrapServers: readonly string[],
  options: ParsedOptions,
  context: ToolContext,
): Promise<number> {
  const lines = new LineSplitter(context.manner === 'exact');
  const loop = new SendLoop(context, reader, lines, { isSync: options.has('sync') });
  const { onDelivery } = loop;
  const producer = new Producer({
    bootstrapServers,
    config,
    io: context.io,
    onDelivery,
    log: clientLog(context),
  });
  const isTransaction = context.manner === 'modern' && config.has('transactional.id');
  let isCommitted = true;
  try {
    await producer.prepare();
    if (isTransaction) isCommitted = await sendAllOrNothing(producer, loop, context);
    else await loop.run(producer);
  } finally {
    await producer.close();
  }
  if (context.manner === 'exact') return 0;
  const { taken, lost, refused } = loop.counts;
  const failed = lost + refused;
  await context.out.present({
    kafka: () => [],
    data: () =>
      isCommitted
        ? { topic: reader.topic, records: taken - lost, failed }
        : { topic: reader.topic, records: 0, failed: taken + refused },
  });
  return failed > 0 || !isCommitted ? 1 : 0;
}

/** Only Kafka's own reader can be had: a class of the user's would need a JVM. */
function lineReader(options: ParsedOptions, context: ToolContext): ReaderConfig {
  const name = options.value('line-reader')!;
  if (name !== LINE_READER && !(context.isLenient && name === FORMER_LINE_READER)) {
    if (name.startsWith('java.') && context.manner === 'exact') {
      throw new ToolError(
        'The reader must implement org.apache.kafka.tools.api.RecordReader interface',
      );
    }
    const hint = context.manner === 'modern' ? `: only ${LINE_READER} is there` : '';
    throw new ToolError(`${name}${hint}`, 'java.lang.ClassNotFoundException');
  }
  return readerConfig(readerProperties(options, context.io));
}

/** ConsoleProducer.start: jopt's complaints as one line, anything else with its class. */
function fail(error: unknown, context: ToolContext): number {
  if (error instanceof CommandLineError && (error.showsUsage || context.manner === 'modern')) {
    throw error;
  }
  if (context.manner === 'modern') throw rootCause(error);
  context.err(error instanceof CommandLineError ? messageOf(error) : describeChain(error));
  return 1;
}
