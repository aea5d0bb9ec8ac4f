// What was recorded of Apache Kafka's cleaner: inputs by seed, the times at which they were cleaned, and the files after.

const NOW_MS = 1_700_000_000_000;

import type { InputOptions } from './input.ts';

const DAY_MS = 86_400_000;

export interface Case {
  readonly input: InputOptions;
  /** One cleaning of the whole log at each. */
  readonly timesMs: readonly number[];
}

export interface RecordedCase extends Case {
  /** Base64 by name. */
  readonly files: Readonly<Record<string, string>>;
}

export const INPUT_CONFIG = {
  'cleanup.policy': 'compact',
  'internal.segment.bytes': '6000',
  'index.interval.bytes': '200',
};

/** Segments, indexes and snapshots. */
export const NAMES = /^\d+\.(log|index|timeindex|txnindex)$/;

const later = (...days: number[]) => days.map((day) => NOW_MS + day * DAY_MS);

export const CASES: readonly Case[] = [
  { input: { seed: 1, batches: 150, compressed: false }, timesMs: later(1) },
  { input: { seed: 2, batches: 150, compressed: false }, timesMs: later(1, 1.5) },
  { input: { seed: 3, batches: 150, compressed: false }, timesMs: later(1, 2, 3) },
  { input: { seed: 4, batches: 120, compressed: false }, timesMs: later(1, 2, 3, 4) },
  { input: { seed: 5, batches: 150, compressed: true }, timesMs: later(1) },
  { input: { seed: 6, batches: 120, compressed: true }, timesMs: later(1, 2, 3) },
];
