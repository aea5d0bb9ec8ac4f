// kafka-log-dirs.sh: the log directories of brokers and the replicas in them, as JSON (org.apache.kafka.tools.LogDirsCommand).

import { describeCluster } from '../../client/admin/describe-cluster.ts';
import { describeLogDirs } from '../../client/admin/describe-log-dirs.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { LogDirDescription } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { LOG_DIRS_TABLE } from '../../flags/tables/log-dirs.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired } from '../../flags/usage.ts';
import { openAdmin } from '../support/admin.ts';
import { hashOrder } from '../support/hash-order.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, get } from '../support/java-future.ts';
import { TerseError, tellFailure } from '../support/terse.ts';

export const LOG_DIRS: Tool = {
  table: LOG_DIRS_TABLE,
  run: runLogDirs,
  reject(error, context) {
    if (error.showsUsage) return printUsage(LOG_DIRS_TABLE, error.message, context);
    context.err(`${error.message}\n${error.exception}: ${error.message}`);
    return 1;
  },
};

async function runLogDirs(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkRequired(options, ...(context.isLenient ? [] : ['bootstrap-server']), 'describe');
  let client: KafkaClient | undefined;
  try {
    client = await openAdmin(options, context, new Map([['client.id', 'log-dirs-tool']]));
    const topics = words(options.value('topic-list'));
    const brokers = await chosenBrokers(client, options);
    const isPlain = context.out.format === 'kafka';
    if (isPlain) context.out.line('Querying brokers for log directories information');
    const described = await describe(client, brokers);
    const shown = [...described].map(([broker, logDirs]) => {
      return { broker, logDirs: logDirs.map((each) => logDirData(each, topics)) };
    });
    await present(context, shown);
    return 0;
  } catch (error) {
    return tellFailure(error, context);
  } finally {
    await client?.close();
  }
}

function words(text = ''): string[] {
  return [...new Set(text.split(',').filter((word) => word !== ''))];
}

async function chosenBrokers(client: KafkaClient, options: ParsedOptions): Promise<number[]> {
  const wanted = words(options.value('broker-list')).map(parseId);
  const { nodes } = await get(describeCluster(client));
  const existing = nodes.map(({ id }) => id).sort((a, b) => a - b);
  const unknown = wanted.filter((id) => !existing.includes(id)).sort((a, b) => a - b);
  if (unknown.length > 0) {
    throw new TerseError(
      `ERROR: The given brokers do not exist from --broker-list: ${unknown.join(',')}. ` +
        `Current existent brokers: ${existing.join(',')}`,
    );
  }
  return wanted.length === 0 ? existing : existing.filter((id) => wanted.includes(id));
}

function parseId(text: string): number {
  if (/^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31) return Number(text);
  throw new ToolError(`For input string: "${text}"`, 'java.lang.NumberFormatException');
}

async function describe(
  client: KafkaClient,
  brokers: readonly number[],
): Promise<Map<number, LogDirDescription[]>> {
  const all = new Map<number, LogDirDescription[]>();
  for (const [broker, outcome] of await describeLogDirs(client, brokers)) {
    if (outcome.error !== undefined) throw executionError(outcome.error);
    all.set(broker, outcome.value);
  }
  return all;
}

interface LogDirData {
  readonly error: string | null;
  readonly logDir: string;
  readonly partitions: readonly {
    readonly partition: string;
    readonly size: number;
    readonly offsetLag: number;
    readonly isFuture: boolean;
  }[];
}

function logDirData(logDir: LogDirDescription, topics: readonly string[]): LogDirData {
  const { path, error, replicas } = logDir;
  const partitions = hashOrder(replicas)
    .filter(({ topic }) => topics.length === 0 || topics.includes(topic))
    .map(({ topic, partition, sizeBytes, offsetLag, isFuture }) => ({
      partition: `${topic}-${partition}`,
      size: sizeBytes,
      offsetLag,
      isFuture,
    }));
  return { partitions, error: error === undefined ? null : error.exception, logDir: path };
}

async function present(
  context: ToolContext,
  brokers: readonly { readonly broker: number; readonly logDirs: readonly LogDirData[] }[],
): Promise<void> {
  const ids = brokers.map(({ broker }) => broker).join(',');
  const inOrder = brokers.map(({ broker, logDirs }) => {
    const order = javaHashMapOrder(logDirs.map(({ logDir }) => logDir));
    return { broker, logDirs: order.map((path) => logDirs.find((d) => d.logDir === path)) };
  });
  await context.out.present({
    kafka: () => [
      `Received log directory information from brokers ${ids}`,
      JSON.stringify({ brokers: inOrder, version: 1 }),
    ],
    table: () => ({
      columns: [
        { name: 'BROKER', align: 'right' },
        { name: 'LOG-DIR' },
        { name: 'PARTITION' },
        { name: 'SIZE', align: 'right' },
        { name: 'LAG', align: 'right' },
      ],
      rows: brokers.flatMap(({ broker, logDirs }) =>
        logDirs.flatMap(({ logDir, error, partitions }) =>
          error !== null
            ? [[broker, logDir, error, undefined, undefined]]
            : partitions.map((p) => [broker, logDir, p.partition, p.size, p.offsetLag]),
        ),
      ),
    }),
    data: () => ({ version: 1, brokers }),
  });
}
