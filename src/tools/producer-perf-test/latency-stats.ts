// Counts, bytes and latencies of a producer's test, as a whole and per reporting window (ProducerPerformance.Stats).
// Bounded: of many records it keeps every nth latency.

/** Latencies kept for percentiles. */
const MOST_SAMPLES = 500_000;
const BYTES_PER_MB = 1024 * 1024;

export interface Totals {
  readonly records: number;
  readonly recordsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly averageLatencyMs: number;
  readonly maxLatencyMs: number;
  /** ms at 50, 95, 99 and 99.9 percent. */
  readonly percentilesMs: readonly [number, number, number, number];
  readonly isSteadyState: boolean;
}

export class LatencyStats {
  readonly #startMs: number;
  readonly #isSteadyState: boolean;
  readonly #reportingIntervalMs: number;
  readonly #say: (line: string) => void;
  readonly #samples: Int32Array;
  readonly #sampling: number;
  #sampleCount = 0;
  #isQuiet = false;
  #count = 0;
  #bytes = 0;
  #totalLatencyMs = 0;
  #maxLatencyMs = 0;
  #windowStartMs: number;
  #windowCount = 0;
  #windowBytes = 0;
  #windowLatencyMs = 0;
  #windowMaxMs = 0;

  constructor(options: {
    readonly records: number;
    readonly reportingIntervalMs: number;
    readonly isSteadyState: boolean;
    readonly nowMs: number;
    /** Told a line per window. */
    readonly say: (line: string) => void;
  }) {
    this.#startMs = options.nowMs;
    this.#windowStartMs = options.nowMs;
    this.#isSteadyState = options.isSteadyState;
    this.#reportingIntervalMs = options.reportingIntervalMs;
    this.#say = options.say;
    this.#sampling = Math.max(1, Math.floor(options.records / MOST_SAMPLES));
    this.#samples = new Int32Array(Math.floor(options.records / this.#sampling) + 1);
  }

  /** No more lines per window. */
  suppressWindows(): void {
    this.#isQuiet = true;
  }

  record(latencyMs: number, bytes: number, nowMs: number): void {
    if (this.#count % this.#sampling === 0 && this.#sampleCount < this.#samples.length) {
      this.#samples[this.#sampleCount++] = latencyMs;
    }
    this.#count += 1;
    this.#bytes += bytes;
    this.#totalLatencyMs += latencyMs;
    if (latencyMs > this.#maxLatencyMs) this.#maxLatencyMs = latencyMs;
    this.#windowCount += 1;
    this.#windowBytes += bytes;
    this.#windowLatencyMs += latencyMs;
    if (latencyMs > this.#windowMaxMs) this.#windowMaxMs = latencyMs;
    if (nowMs - this.#windowStartMs >= this.#reportingIntervalMs) this.#endWindow(nowMs);
  }

  #endWindow(nowMs: number): void {
    if (this.#isSteadyState && this.#count === this.#windowCount) this.#say('In steady state.');
    if (!this.#isQuiet) this.#say(this.#windowLine(nowMs));
    this.#windowStartMs = nowMs;
    this.#windowCount = 0;
    this.#windowBytes = 0;
    this.#windowLatencyMs = 0;
    this.#windowMaxMs = 0;
  }

  #windowLine(nowMs: number): string {
    const seconds = (nowMs - this.#windowStartMs) / 1000;
    const rate = (this.#windowCount / seconds).toFixed(1);
    const megabytes = (this.#windowBytes / seconds / BYTES_PER_MB).toFixed(2);
    const average = (this.#windowLatencyMs / this.#windowCount).toFixed(1);
    return `${this.#windowCount} records sent, ${rate} records/sec (${megabytes} MB/sec), ${average} ms avg latency, ${this.#windowMaxMs.toFixed(1)} ms max latency.`;
  }

  totals(nowMs: number): Totals {
    const seconds = (nowMs - this.#startMs) / 1000;
    const sorted = this.#samples.subarray(0, this.#sampleCount).sort();
    const at = (part: number) => sorted[Math.floor(part * this.#sampleCount)] ?? 0;
    return {
      records: this.#count,
      recordsPerSecond: this.#count / seconds,
      megabytesPerSecond: this.#bytes / seconds / BYTES_PER_MB,
      averageLatencyMs: this.#totalLatencyMs / this.#count,
      maxLatencyMs: this.#maxLatencyMs,
      percentilesMs: [at(0.5), at(0.95), at(0.99), at(0.999)],
      isSteadyState: this.#isSteadyState,
    };
  }
}

export function totalsLine(totals: Totals): string {
  const { records, recordsPerSecond, megabytesPerSecond, averageLatencyMs, maxLatencyMs } = totals;
  const [half, most, nearly, rest] = totals.percentilesMs;
  const rate = `${javaFixed(recordsPerSecond, 6)} records/sec (${javaFixed(megabytesPerSecond, 2)} MB/sec)`;
  const latency = `${javaFixed(averageLatencyMs, 2)} ms avg latency, ${javaFixed(maxLatencyMs, 2)} ms max latency`;
  const percentiles = `${half} ms 50th, ${most} ms 95th, ${nearly} ms 99th, ${rest} ms 99.9th.`;
  const which = totals.isSteadyState ? ' steady state' : '';
  return `${records}${which} records sent, ${rate}, ${latency}, ${percentiles}`;
}

/** %.Nf of Java, which has words for what isn't finite. */
function javaFixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : String(value);
}
