// kafka-share-consumer-perf-test.sh: how fast one or several consumers of a share group read a topic
// (org.apache.kafka.tools.ShareConsumerPerformance).

import { ShareConsumer } from '../../client/share/share-consumer.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { SHARE_CONSUMER_PERF_TABLE } from '../../flags/tables/share-consumer-perf-test.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, checkOneOf, checkRequired } from '../../flags/usage.ts';
import { fixed } from '../consumer-perf-test/consume-stats.ts';
import {
  commonPlan,
  perfProperties,
  reportingIntervalMs,
  tellDeprecated,
} from '../consumer-perf-test/options.ts';
import { failFromMain, perfReject } from '../consumer-perf-test/perf-tool.ts';
import { isBootstrapMissing } from '../support/admin.ts';
import { describeError, ToolError } from '../support/java-error.ts';
import { clientLog } from '../support/log-line.ts';
import { metricLines } from '../support/metrics-report.ts';
import { splitServers } from '../support/properties.ts';
import { simpleDateFormat } from '../support/simple-date-format.ts';
import { Reading, type Total } from './reading.ts';

export const SHARE_CONSUMER_PERF: Tool = {
  table: SHARE_CONSUMER_PERF_TABLE,
  run: runShareConsumerPerf,
  reject: perfReject(SHARE_CONSUMER_PERF_TABLE),
};

const HEADER =
  'start.time, end.time, data.consumed.in.MB, MB.sec, nMsg.sec, data.consumed.in.nMsg, fetch.time.ms';
const BYTES_PER_MB = 1024 * 1024;

async function runShareConsumerPerf(options: ParsedOptions, context: ToolContext): Promise<number> {
  const required = isBootstrapMissing(options, context) ? ['bootstrap-server'] : [];
  checkRequired(options, 'topic', ...required);
  checkOneOf(options, 'messages', 'num-records');
  checkInvalid(options, 'consumer.config', ['command-config']);
  tellDeprecated(options, context);
  try {
    if (context.out.format === 'kafka' && !options.has('hide-header')) context.out.line(HEADER);
    return await measure(options, context);
  } catch (error) {
    return failFromMain(error, context);
  }
}

async function measure(options: ParsedOptions, context: ToolContext): Promise<number> {
  const { clock } = context.io;
  checkDateFormat(options, context);
  const plan = {
    ...commonPlan(options),
    reportingIntervalMs: () => reportingIntervalMs(options),
  };
  const config = perfProperties(options, context, 'perf-share-consumer-client');
  const servers = await context.bootstrap(options.value('bootstrap-server'));
  config.set('bootstrap.servers', servers);
  config.set('group.id', options.value('group')!);
  config.set('receive.buffer.bytes', String(options.integer('socket-buffer-size')));
  config.set('fetch.max.bytes', String(options.integer('fetch-size')));
  config.set('check.crcs', 'false');
  const topic = options.value('topic')!;
  const threads = options.integer('threads')!;
  // Java's pool of none, which is refused without a word.
  if (threads <= 0) throw new ToolError('');
  const total: Total = { records: 0, bytes: 0 };
  const readings = Array.from({ length: threads }, (_, index) => {
    const clientId = config.get('client.id')!;
    const name = threads === 1 ? clientId : `${clientId}-${index + 1}`;
    const consumer = new ShareConsumer({
      bootstrapServers: splitServers(servers, clientLog(context)),
      config: new Map(config).set('client.id', name),
      io: context.io,
      log: clientLog(context),
    });
    return new Reading(consumer, name, index + 1, total, plan, context);
  });
  const startMs = clock.nowMs();
  try {
    await Promise.all(readings.map((each) => each.run(topic))).catch((error) =>
      failInThread(error, context),
    );
  } finally {
    if (total.records < plan.records) {
      context.notice(
        `WARNING: Exiting before consuming the expected number of records: timeout (${plan.timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.`,
      );
    }
    await Promise.all(readings.map((each) => each.close()));
  }
  await report(readings, total, startMs, options, context);
  return total.records < plan.records && context.manner === 'modern' ? 1 : 0;
}

/** Kafka's threads make their own formats. */
function checkDateFormat(options: ParsedOptions, context: ToolContext): void {
  try {
    simpleDateFormat(options.value('date-format')!);
  } catch (error) {
    failInThread(error, context);
  }
}

/** What fails in one of the tool's threads reaches its main in the wrapping of a Future. */
function failInThread(error: unknown, context: ToolContext): never {
  if (context.manner === 'modern') throw error;
  throw new ToolError(describeError(error), 'java.util.concurrent.ExecutionException', error);
}

async function report(
  readings: readonly Reading[],
  total: Total,
  startMs: number,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const { formatDate, printsMetrics } = commonPlan(options);
  const endMs = context.io.clock.nowMs();
  const seconds = (endMs - startMs) / 1000;
  const line = ({ records, bytes }: Total) => {
    const megabytes = bytes / BYTES_PER_MB;
    const rates = [fixed(megabytes), fixed(megabytes / seconds), fixed(records / seconds)];
    return [formatDate(startMs), formatDate(endMs), ...rates, records, endMs - startMs].join(', ');
  };
  const data = ({ records, bytes }: Total) => ({
    records,
    bytes,
    recordsPerSecond: records / seconds,
    megabytesPerSecond: bytes / BYTES_PER_MB / seconds,
  });
  await context.out.present({
    kafka: () => [
      ...(options.has('show-consumer-stats')
        ? readings.map(
            (each) =>
              `Share consumer ${each.number} having client id ${each.clientId} consumption metrics- ${line(each.own)}`,
          )
        : []),
      line(total),
      ...(printsMetrics ? readings.flatMap((each) => metricLines(each.metrics(seconds))) : []),
    ],
    table: () => ({
      columns: [
        { name: 'CONSUMER' },
        { name: 'RECORDS', align: 'right' },
        { name: 'MB', align: 'right' },
        { name: 'RECORDS/S', align: 'right' },
        { name: 'MB/S', align: 'right' },
      ],
      rows: [
        ...(readings.length > 1 ? readings.map((each) => [each.clientId, each.own] as const) : []),
        ['all', total] as const,
      ].map(([name, { records, bytes }]) => [
        name,
        records,
        (bytes / BYTES_PER_MB).toFixed(2),
        Math.round(records / seconds),
        (bytes / BYTES_PER_MB / seconds).toFixed(2),
      ]),
    }),
    data: () => ({
      ...data(total),
      consumers: readings.map((each) => ({ clientId: each.clientId, ...data(each.own) })),
    }),
  });
}
