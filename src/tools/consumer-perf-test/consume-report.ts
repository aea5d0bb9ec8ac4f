// The result of a consumer's test as Kafka's line, as a table and as data.

import type { ToolContext } from '../../flags/tool-context.ts';
import { metricLines } from '../support/metrics-report.ts';
import { type ConsumeTotals, totalsLine } from './consume-stats.ts';
import type { ConsumePlan } from './options.ts';

const BYTES_PER_MB = 1024 * 1024;

/** `group` is that of Kafka's metrics. */
export async function presentTotals(
  totals: ConsumeTotals,
  plan: Pick<ConsumePlan, 'showsDetails' | 'printsMetrics' | 'formatDate' | 'config'>,
  group: string,
  context: ToolContext,
): Promise<void> {
  const seconds = (totals.endMs - totals.startMs) / 1000;
  const fetchSeconds = seconds - totals.rebalanceMs / 1000;
  const megabytes = totals.bytes / BYTES_PER_MB;
  await context.out.present({
    kafka: () => [
      ...(plan.showsDetails ? [] : [totalsLine(totals, plan.formatDate)]),
      ...(plan.printsMetrics ? metricLines(metricsOf(totals, plan, group, seconds)) : []),
    ],
    table: () => ({
      columns: [
        { name: 'RECORDS', align: 'right' },
        { name: 'MB', align: 'right' },
        { name: 'RECORDS/S', align: 'right' },
        { name: 'MB/S', align: 'right' },
        { name: 'REBALANCE MS', align: 'right' },
        { name: 'FETCH RECORDS/S', align: 'right' },
        { name: 'FETCH MB/S', align: 'right' },
      ],
      rows: [
        [
          totals.records,
          megabytes.toFixed(2),
          Math.round(totals.records / seconds),
          (megabytes / seconds).toFixed(2),
          totals.rebalanceMs,
          Math.round(totals.records / fetchSeconds),
          (megabytes / fetchSeconds).toFixed(2),
        ],
      ],
    }),
    data: () => ({
      startTime: new Date(totals.startMs).toISOString(),
      endTime: new Date(totals.endMs).toISOString(),
      records: totals.records,
      bytes: totals.bytes,
      recordsPerSecond: totals.records / seconds,
      megabytesPerSecond: megabytes / seconds,
      rebalanceMs: totals.rebalanceMs,
      fetchRecordsPerSecond: totals.records / fetchSeconds,
      fetchMegabytesPerSecond: megabytes / fetchSeconds,
    }),
  });
}

/** Of the many metrics of Kafka's consumers, those that ours knows. */
function metricsOf(
  totals: ConsumeTotals,
  plan: Pick<ConsumePlan, 'config'>,
  group: string,
  seconds: number,
) {
  const tags = { 'client-id': plan.config.get('client.id')! };
  const values = {
    'bytes-consumed-total': totals.bytes,
    'bytes-consumed-rate': totals.bytes / seconds,
    'records-consumed-total': totals.records,
    'records-consumed-rate': totals.records / seconds,
  };
  return Object.entries(values).map(([name, value]) => ({ group, name, tags, value }));
}
