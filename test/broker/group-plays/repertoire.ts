// Which plays of group requests are held against Apache Kafka's answers, where those are kept, and the settings that both
// brokers have: nothing is put off, so that answers depend on requests alone.

import { join } from 'node:path';
import type { PlayKind } from './play.ts';

export interface PlayChoice {
  readonly kind: PlayKind;
  readonly seed: number;
  readonly steps: number;
}

export interface RecordedPlay extends PlayChoice {
  readonly lines: readonly string[];
}

export const recordedFile = join(import.meta.dirname, 'answers-of-4.3.1.json.gz');

/** Of one length: names stand in the subscriptions of classic members with theirs. */
export const RUN_IDS = ['one-', 'two-'] as const;

/** Whoever gets the odd partition in these is found by the hash codes of Java's maps. */
const ODD_PARTITIONS = [2003, 2006, 2010, 2011, 5003];

/** Candidates: the recorder leaves out those that Apache Kafka itself answers now so, now otherwise. */
export const candidates = [
  ...plays('classic', 1000, 7),
  ...plays('consumer', 2000, 12),
  ...plays('share', 3000, 4),
  ...plays('streams', 4000, 6),
  ...plays('mixed', 5000, 7),
  ...plays('share-state', 6000, 2, 80),
].filter(({ seed }) => !ODD_PARTITIONS.includes(seed));

function plays(kind: PlayKind, firstSeed: number, count: number, steps = 50): PlayChoice[] {
  return Array.from({ length: count }, (_, n) => ({ kind, seed: firstSeed + n, steps }));
}

export const PLAY_PROPERTIES: Readonly<Record<string, string>> = {
  'offsets.topic.num.partitions': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '100',
  'group.consumer.assignment.interval.ms': '0',
  'group.share.assignment.interval.ms': '0',
  'group.streams.assignment.interval.ms': '0',
  'group.streams.initial.rebalance.delay.ms': '0',
};
