// How fast a group works off its lag: rates over the last samples, and when it will be done if that goes on. Pure.

import { partitionKey } from '../../client/types.ts';
import type { OffsetRow } from './offsets-report.ts';

/** Rates are those of the last half minute. */
const WINDOW_MS = 30_000;

interface Sample {
  readonly atMs: number;
  readonly offset: number;
  readonly end: number;
}

export interface Progress {
  /** Records a second that the group reads; undefined until two samples are there. */
  readonly consumedPerSecond: number | undefined;
  /** Seconds until there is no lag; 0 when there is none, undefined when it doesn't shrink. */
  readonly remainingSeconds: number | undefined;
}

export class LagTracker {
  readonly #samples = new Map<string, Sample[]>();

  /** Takes note of what was committed at `atMs`; partitions without a commit are nobody's progress. */
  add(group: string, rows: readonly OffsetRow[], atMs: number): void {
    for (const { topic, partition, offset, end } of rows) {
      if (offset === undefined || end === undefined) continue;
      const key = `${group} ${partitionKey(topic, partition)}`;
      const samples = this.#samples.get(key) ?? [];
      // A reset starts anew.
      if (samples.length > 0 && offset < samples[samples.length - 1]!.offset) samples.length = 0;
      samples.push({ atMs, offset, end });
      while (samples.length > 2 && samples[0]!.atMs < atMs - WINDOW_MS) samples.shift();
      this.#samples.set(key, samples);
    }
  }

  /** Of one partition, or of all rows together. */
  progress(group: string, rows: readonly OffsetRow[]): Progress {
    let consumed: number | undefined;
    let produced = 0;
    let lag = 0;
    for (const row of rows) {
      lag += row.lag ?? 0;
      const samples = this.#samples.get(`${group} ${partitionKey(row.topic, row.partition)}`);
      const first = samples?.[0];
      const last = samples?.[samples.length - 1];
      if (first === undefined || last === undefined || last.atMs <= first.atMs) continue;
      const seconds = (last.atMs - first.atMs) / 1000;
      consumed = (consumed ?? 0) + (last.offset - first.offset) / seconds;
      produced += (last.end - first.end) / seconds;
    }
    const shrinking = (consumed ?? 0) - produced;
    const remaining = shrinking > 0 ? lag / shrinking : undefined;
    return { consumedPerSecond: consumed, remainingSeconds: lag === 0 ? 0 : remaining };
  }
}

/** 5s, 2m 05s, 3h 20m, 4d 2h; 'done' for none. */
export function durationText(seconds: number | undefined): string | undefined {
  if (seconds === undefined) return undefined;
  if (seconds === 0) return 'done';
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}h`;
}
