// kafka-delete-records.sh: moves the start of partitions forward (org.apache.kafka.tools.DeleteRecordsCommand).

import { deleteRecords } from '../../client/admin/delete-records.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { partitionKey } from '../../client/types.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { DELETE_RECORDS_TABLE } from '../../flags/tables/delete-records.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired } from '../../flags/usage.ts';
import { openAdmin } from '../support/admin.ts';
import { describeChain, describeError, messageOf, ToolError } from '../support/java-error.ts';
import { FileError, readInput } from '../support/properties.ts';
import { parseOffsetFile } from './offset-file.ts';

export const DELETE_RECORDS: Tool = {
  table: DELETE_RECORDS_TABLE,
  run: runDeleteRecords,
  reject(error, context) {
    if (error.showsUsage) return printUsage(DELETE_RECORDS_TABLE, error.message, context);
    context.err(`${error.message}\n${error.exception}: ${error.message}`);
    return 1;
  },
};

type Results = Awaited<ReturnType<typeof deleteRecords>>;

async function runDeleteRecords(options: ParsedOptions, context: ToolContext): Promise<number> {
  const required = context.isLenient ? [] : ['bootstrap-server'];
  checkRequired(options, ...required, 'offset-json-file');
  let client: KafkaClient | undefined;
  try {
    client = await openAdmin(options, context);
    const records = parseOffsetFile(readOffsetFile(options.value('offset-json-file')!, context));
    if (context.out.format === 'kafka') context.out.line('Executing records delete operation');
    const results = await deleteRecords(client, records);
    await present(results, context);
    const hasFailed = results.some(({ outcome }) => outcome.error !== undefined);
    return hasFailed && context.manner === 'modern' ? tellFailures(results, context) : 0;
  } catch (error) {
    if (context.manner === 'modern') throw error;
    context.err(`${messageOf(error)}\n${describeChain(error)}`);
    return 1;
  } finally {
    await client?.close();
  }
}

function readOffsetFile(path: string, context: ToolContext): string {
  try {
    return readInput(context.io, path).toString('utf8');
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new ToolError(`Unable to read file ${path}`, 'java.io.IOException', error);
  }
}

async function present(results: Results, context: ToolContext): Promise<void> {
  await context.out.present({
    kafka: () => ['Records delete operation completed:', ...results.map(lineOf)],
    table: () => ({
      columns: [
        { name: 'TOPIC' },
        { name: 'PARTITION', align: 'right' },
        { name: 'LOW-WATERMARK', align: 'right' },
        { name: 'ERROR', tone: () => 'bad' },
      ],
      rows: results.map(({ topic, partition, outcome }) => [
        topic,
        partition,
        outcome.value?.lowWatermark,
        outcome.error?.message,
      ]),
    }),
    data: () =>
      results.map(({ topic, partition, outcome }) => ({
        topic,
        partition,
        lowWatermark: outcome.value?.lowWatermark ?? null,
        error: outcome.error?.message ?? null,
      })),
  });
}

function lineOf({ topic, partition, outcome }: Results[number]): string {
  const key = partitionKey(topic, partition);
  return outcome.error === undefined
    ? `partition: ${key}\tlow_watermark: ${outcome.value.lowWatermark}`
    : `partition: ${key}\terror: ${describeError(outcome.error)}`;
}

function tellFailures(results: Results, context: ToolContext): number {
  for (const { topic, partition, outcome } of results) {
    if (outcome.error !== undefined) {
      context.err(`${partitionKey(topic, partition)}: ${outcome.error.message}`);
    }
  }
  return 1;
}
