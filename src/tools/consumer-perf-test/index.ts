// kafka-consumer-perf-test.sh: how fast a group reads a topic (org.apache.kafka.tools.ConsumerPerformance).

import { Consumer } from '../../client/consumer/consumer.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { CONSUMER_PERF_TABLE } from '../../flags/tables/consumer-perf-test.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { clientLog } from '../support/log-line.ts';
import { splitServers } from '../support/properties.ts';
import { PerfConsumeLoop } from './consume-loop.ts';
import { presentTotals } from './consume-report.ts';
import type { ConsumeTotals } from './consume-stats.ts';
import { type ConsumePlan, checkConsumerPerfOptions, consumePlan } from './options.ts';
import { failFromMain, perfReject, withDefault } from './perf-tool.ts';

export const CONSUMER_PERF: Tool = {
  table: CONSUMER_PERF_TABLE,
  prepare: ({ io }) =>
    withDefault(CONSUMER_PERF_TABLE, 'group', `perf-consumer-${io.random.int(100_000)}`),
  run: runConsumerPerf,
  reject: perfReject(CONSUMER_PERF_TABLE),
};

const HEADER =
  'data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec';

async function runConsumerPerf(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkConsumerPerfOptions(options, context);
  try {
    // Kafka prints the header before it looks at what else was asked for.
    const isPlain = context.out.format === 'kafka' && !options.has('hide-header');
    if (isPlain) {
      const first = options.has('show-detailed-stats') ? 'time, threadId' : 'start.time, end.time';
      context.out.line(`${first}, ${HEADER}`);
    }
    return await measure(await consumePlan(options, context), context);
  } catch (error) {
    return failFromMain(error, context);
  }
}

async function measure(plan: ConsumePlan, context: ToolContext): Promise<number> {
  const { clock } = context.io;
  const consumer = new Consumer({
    bootstrapServers: splitServers(plan.config.get('bootstrap.servers')!, clientLog(context)),
    config: plan.config,
    io: context.io,
    log: clientLog(context),
  });
  try {
    await consumer.prepare();
    const startMs = clock.nowMs();
    const loop = new PerfConsumeLoop(context, plan, consumer);
    await loop.run();
    const { records, bytes, rebalanceMs } = loop;
    const totals: ConsumeTotals = { startMs, endMs: clock.nowMs(), records, bytes, rebalanceMs };
    await presentTotals(totals, plan, 'consumer-fetch-manager-metrics', context);
    return records < plan.records && context.manner === 'modern' ? 1 : 0;
  } finally {
    await consumer.close();
  }
}
