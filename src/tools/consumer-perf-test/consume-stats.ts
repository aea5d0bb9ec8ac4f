// Records, bytes and times of a consumer's test, and the lines that tell of them (ConsumerPerformance).

const BYTES_PER_MB = 1024 * 1024;

export interface ConsumeTotals {
  readonly startMs: number;
  readonly endMs: number;
  readonly records: number;
  readonly bytes: number;
  /** Time without partitions. */
  readonly rebalanceMs: number;
}

/** Start, end, MB, MB/s, records, records/s, then the same without the time of rebalances. */
export function totalsLine(totals: ConsumeTotals, formatDate: (ms: number) => string): string {
  const { startMs, endMs, records, bytes, rebalanceMs } = totals;
  const seconds = (endMs - startMs) / 1000;
  const fetchMs = endMs - startMs - rebalanceMs;
  const megabytes = bytes / BYTES_PER_MB;
  return [
    formatDate(startMs),
    formatDate(endMs),
    fixed(megabytes),
    fixed(megabytes / seconds),
    records,
    fixed(records / seconds),
    rebalanceMs,
    fetchMs,
    fixed(megabytes / (fetchMs / 1000)),
    fixed(records / (fetchMs / 1000)),
  ].join(', ');
}

/** What --show-detailed-stats prints of one reporting interval. */
export interface Interval {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly bytes: number;
  readonly lastBytes: number;
  readonly records: number;
  readonly lastRecords: number;
  readonly rebalanceMs: number;
}

export function intervalLine(interval: Interval, formatDate: (ms: number) => string): string {
  const { id, startMs, endMs, bytes, lastBytes, records, lastRecords, rebalanceMs } = interval;
  const elapsedMs = endMs - startMs;
  const fetchMs = elapsedMs - rebalanceMs;
  const megabytes = (bytes - lastBytes) / BYTES_PER_MB;
  const count = records - lastRecords;
  return [
    formatDate(endMs),
    id,
    fixed(bytes / BYTES_PER_MB),
    fixed((1000 * megabytes) / elapsedMs),
    records,
    fixed((1000 * count) / elapsedMs),
    rebalanceMs,
    fetchMs,
    fixed(fetchMs <= 0 ? 0 : (1000 * megabytes) / fetchMs),
    fixed(fetchMs <= 0 ? 0 : (1000 * count) / fetchMs),
  ].join(', ');
}

/** %.4f of Java. */
export function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : String(value);
}
