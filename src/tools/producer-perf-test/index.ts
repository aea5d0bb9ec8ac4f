// kafka-producer-perf-test.sh: how many records a second a producer gets acknowledged, and how soon
// (org.apache.kafka.tools.ProducerPerformance).

import { Producer } from '../../client/producer/producer.ts';
import { ArgparseRefusal } from '../../flags/argparse.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { PRODUCER_PERF_TABLE } from '../../flags/tables/producer-perf-test.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { describeChain } from '../support/java-error.ts';
import { clientLog } from '../support/log-line.ts';
import { type Metric, metricLines } from '../support/metrics-report.ts';
import { splitServers } from '../support/properties.ts';
import { type Totals, totalsLine } from './latency-stats.ts';
import { type PerfPlan, perfPlan } from './options.ts';
import { PerfSendLoop } from './send-loop.ts';

export const PRODUCER_PERF: Tool = {
  table: PRODUCER_PERF_TABLE,
  bareHelp: true,
  helpExitCode: 1,
  run: runProducerPerf,
};

async function runProducerPerf(options: ParsedOptions, context: ToolContext): Promise<number> {
  try {
    return await measure(await perfPlan(options, context), context);
  } catch (error) {
    if (error instanceof ArgparseRefusal || context.manner === 'modern') throw error;
    await context.out.flush();
    context.err(`Exception in thread "main" ${describeChain(error)}`);
    return 1;
  }
}

async function measure(plan: PerfPlan, context: ToolContext): Promise<number> {
  const isKafka = context.out.format === 'kafka';
  const say = (line: string) => (isKafka ? context.out.line(line) : context.err(line));
  const loop = new PerfSendLoop(context, plan, say);
  const producer = new Producer({
    bootstrapServers: splitServers(plan.config.get('bootstrap.servers')!, clientLog(context)),
    config: plan.config,
    io: context.io,
    onDelivery: loop.onDelivery,
    log: clientLog(context),
  });
  if (plan.warmupRecords > 0) {
    say(
      `Warmup first ${plan.warmupRecords} records. Steady state results will print after the complete test summary.`,
    );
  }
  try {
    await producer.prepare();
    if (plan.transactionDurationMs !== undefined) await producer.initTransactions();
    await loop.run(producer);
    await producer.flush();
  } finally {
    await producer.close();
  }
  await report(loop, plan, producer, context);
  return loop.failed > 0 && context.manner === 'modern' ? 1 : 0;
}

async function report(
  loop: PerfSendLoop,
  plan: PerfPlan,
  producer: Producer,
  context: ToolContext,
): Promise<void> {
  const nowMs = context.io.clock.nowMs();
  const totals = [loop.stats.totals(nowMs)];
  if (loop.steadyStats !== undefined) totals.push(loop.steadyStats.totals(nowMs));
  await context.out.present({
    kafka: () => [
      ...totals.map(totalsLine),
      ...(plan.printsMetrics ? metricLines(metricsOf(loop, plan, producer, totals[0]!)) : []),
    ],
    table: () => ({
      columns: [
        { name: 'RECORDS', align: 'right' },
        { name: 'RECORDS/S', align: 'right' },
        { name: 'MB/S', align: 'right' },
        { name: 'AVG MS', align: 'right' },
        { name: '50% MS', align: 'right' },
        { name: '95% MS', align: 'right' },
        { name: '99% MS', align: 'right' },
        { name: '99.9% MS', align: 'right' },
        { name: 'MAX MS', align: 'right' },
      ],
      rows: totals.map((each) => [
        each.records,
        Math.round(each.recordsPerSecond),
        each.megabytesPerSecond.toFixed(2),
        each.averageLatencyMs.toFixed(2),
        ...each.percentilesMs,
        each.maxLatencyMs,
      ]),
    }),
    data: () => ({
      topic: plan.topic,
      failed: loop.failed,
      ...dataOf(totals[0]!),
      ...(totals[1] === undefined ? {} : { steadyState: dataOf(totals[1]) }),
    }),
  });
}

function dataOf(totals: Totals): object {
  const [p50, p95, p99, p999] = totals.percentilesMs;
  return {
    records: totals.records,
    recordsPerSecond: totals.recordsPerSecond,
    megabytesPerSecond: totals.megabytesPerSecond,
    latencyMs: { avg: totals.averageLatencyMs, p50, p95, p99, p999, max: totals.maxLatencyMs },
  };
}

/** Of the many metrics of Kafka's producer, those that ours knows. */
function metricsOf(
  loop: PerfSendLoop,
  plan: PerfPlan,
  { config }: Producer,
  totals: Totals,
): Metric[] {
  const clientId = plan.config.get('client.id')!;
  const tags = { 'client-id': clientId };
  const ofTopic = { 'client-id': clientId, topic: plan.topic };
  const producer = (name: string, value: number): Metric => {
    return { group: 'producer-metrics', name, tags, value };
  };
  const topic = (name: string, value: number): Metric => {
    return { group: 'producer-topic-metrics', name, tags: ofTopic, value };
  };
  return [
    producer('buffer-available-bytes', config.bufferMemoryBytes),
    producer('buffer-total-bytes', config.bufferMemoryBytes),
    producer('record-error-total', loop.failed),
    producer('record-send-rate', totals.recordsPerSecond),
    producer('record-send-total', totals.records),
    topic('record-error-total', loop.failed),
    topic('record-send-total', totals.records),
  ];
}
