// The configs of a topic as its log uses them: parsed, with units in the names.
// Validation and texts belong to src/config; values here are taken as valid.

import { type CompressionType, compressionByName } from '../records/compression/compression.ts';

export interface LogConfig {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  /** After so long a segment is full: segment.ms, or sooner where max.compaction.lag.ms asks for it. */
  readonly maxSegmentMs: number;
  readonly segmentJitterMs: number;
  readonly segmentIndexBytes: number;
  readonly flushMessages: number;
  readonly flushMs: number;
  /** -1: no limit. */
  readonly retentionBytes: number;
  /** -1: no limit. */
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  readonly indexIntervalBytes: number;
  readonly fileDeleteDelayMs: number;
  readonly compact: boolean;
  /** min.cleanable.dirty.ratio */
  readonly minCleanableRatio: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  /** delete.retention.ms: how long a tombstone is kept once it was cleaned. */
  readonly deleteRetentionMs: number;
  /** The segment file has its whole size from the start. */
  readonly preallocate: boolean;
  readonly delete: boolean;
  /** 'producer' keeps what the producer chose. */
  readonly compressionType: CompressionType | 'producer';
  readonly compressionLevels: Readonly<Record<'gzip' | 'lz4' | 'zstd', number>>;
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime';
  readonly messageTimestampBeforeMaxMs: number;
  readonly messageTimestampAfterMaxMs: number;
  /** Everything as text, for what the log itself doesn't use. */
  readonly values: ReadonlyMap<string, string>;
}

const LONG_MAX = '9223372036854775807';

/** Kafka's defaults of the topic configs that the log uses. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.gzip.level': '-1',
  'compression.lz4.level': '9',
  'compression.type': 'producer',
  'compression.zstd.level': '3',
  'delete.retention.ms': '86400000',
  'file.delete.delay.ms': '60000',
  'flush.messages': LONG_MAX,
  'flush.ms': LONG_MAX,
  'index.interval.bytes': '4096',
  'max.compaction.lag.ms': LONG_MAX,
  'max.message.bytes': '1048588',
  'message.timestamp.after.max.ms': '3600000',
  'message.timestamp.before.max.ms': LONG_MAX,
  'message.timestamp.type': 'CreateTime',
  'min.cleanable.dirty.ratio': '0.5',
  'min.compaction.lag.ms': '0',
  preallocate: 'false',
  'retention.bytes': '-1',
  'retention.ms': '604800000',
  'segment.bytes': '1073741824',
  'segment.index.bytes': '10485760',
  'segment.jitter.ms': '0',
  'segment.ms': '604800000',
};

/** A config from topic config values by Kafka's names; what is missing has Kafka's default. */
export function logConfig(values: ReadonlyMap<string, string> = new Map()): LogConfig {
  const text = (name: string) => values.get(name) ?? DEFAULTS[name] ?? '';
  const number = (name: string) => Number(text(name));
  const policies = text('cleanup.policy')
    .split(',')
    .map((policy) => policy.trim());
  const compression = text('compression.type');
  const compact = policies.includes('compact');
  const segmentMs = number('segment.ms');
  const maxCompactionLagMs = number('max.compaction.lag.ms');
  return {
    segmentBytes: Number(values.get('internal.segment.bytes') ?? text('segment.bytes')),
    segmentMs,
    maxSegmentMs:
      compact && maxCompactionLagMs > 0 ? Math.min(maxCompactionLagMs, segmentMs) : segmentMs,
    segmentJitterMs: number('segment.jitter.ms'),
    segmentIndexBytes: number('segment.index.bytes'),
    flushMessages: number('flush.messages'),
    flushMs: number('flush.ms'),
    retentionBytes: number('retention.bytes'),
    retentionMs: number('retention.ms'),
    maxMessageBytes: number('max.message.bytes'),
    indexIntervalBytes: number('index.interval.bytes'),
    fileDeleteDelayMs: number('file.delete.delay.ms'),
    compact,
    minCleanableRatio: number('min.cleanable.dirty.ratio'),
    minCompactionLagMs: number('min.compaction.lag.ms'),
    maxCompactionLagMs,
    deleteRetentionMs: number('delete.retention.ms'),
    preallocate: text('preallocate') === 'true',
    delete: policies.includes('delete'),
    compressionType:
      compression === 'producer' ? 'producer' : (compressionByName(compression) ?? 0),
    compressionLevels: {
      gzip: number('compression.gzip.level'),
      lz4: number('compression.lz4.level'),
      zstd: number('compression.zstd.level'),
    },
    messageTimestampType:
      text('message.timestamp.type') === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    messageTimestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    values,
  };
}

/** The level to compress with, or undefined where the codec has none. */
export function compressionLevel(config: LogConfig, type: CompressionType): number | undefined {
  const { gzip, lz4, zstd } = config.compressionLevels;
  return [undefined, gzip, undefined, lz4, zstd][type];
}
