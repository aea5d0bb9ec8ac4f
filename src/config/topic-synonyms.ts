// The broker configs that stand behind each topic config, the strongest first (ServerTopicConfigSynonyms).
// A synonym in minutes or hours says how it becomes milliseconds.
// It never holds values: describe-configs.ts and topic-config.ts apply it.

export interface ConfigSynonym {
  readonly name: string;
  /** 60000 for minutes, 3600000 for hours. */
  readonly multiplyToMs?: number;
}

export const topicConfigSynonyms: ReadonlyMap<string, readonly ConfigSynonym[]> = new Map<
  string,
  readonly ConfigSynonym[]
>([
  ['cleanup.policy', [{ name: 'log.cleanup.policy' }]],
  ['compression.gzip.level', [{ name: 'compression.gzip.level' }]],
  ['compression.lz4.level', [{ name: 'compression.lz4.level' }]],
  ['compression.type', [{ name: 'compression.type' }]],
  ['compression.zstd.level', [{ name: 'compression.zstd.level' }]],
  ['delete.retention.ms', [{ name: 'log.cleaner.delete.retention.ms' }]],
  ['file.delete.delay.ms', [{ name: 'log.segment.delete.delay.ms' }]],
  ['flush.messages', [{ name: 'log.flush.interval.messages' }]],
  ['flush.ms', [{ name: 'log.flush.interval.ms' }, { name: 'log.flush.scheduler.interval.ms' }]],
  ['index.interval.bytes', [{ name: 'log.index.interval.bytes' }]],
  ['local.retention.bytes', [{ name: 'log.local.retention.bytes' }]],
  ['local.retention.ms', [{ name: 'log.local.retention.ms' }]],
  ['max.compaction.lag.ms', [{ name: 'log.cleaner.max.compaction.lag.ms' }]],
  ['max.message.bytes', [{ name: 'message.max.bytes' }]],
  ['message.timestamp.after.max.ms', [{ name: 'log.message.timestamp.after.max.ms' }]],
  ['message.timestamp.before.max.ms', [{ name: 'log.message.timestamp.before.max.ms' }]],
  ['message.timestamp.type', [{ name: 'log.message.timestamp.type' }]],
  ['min.cleanable.dirty.ratio', [{ name: 'log.cleaner.min.cleanable.ratio' }]],
  ['min.compaction.lag.ms', [{ name: 'log.cleaner.min.compaction.lag.ms' }]],
  ['min.insync.replicas', [{ name: 'min.insync.replicas' }]],
  ['preallocate', [{ name: 'log.preallocate' }]],
  ['retention.bytes', [{ name: 'log.retention.bytes' }]],
  [
    'retention.ms',
    [
      { name: 'log.retention.ms' },
      { name: 'log.retention.minutes', multiplyToMs: 60_000 },
      { name: 'log.retention.hours', multiplyToMs: 3_600_000 },
    ],
  ],
  ['segment.bytes', [{ name: 'log.segment.bytes' }]],
  ['segment.index.bytes', [{ name: 'log.index.size.max.bytes' }]],
  [
    'segment.jitter.ms',
    [{ name: 'log.roll.jitter.ms' }, { name: 'log.roll.jitter.hours', multiplyToMs: 3_600_000 }],
  ],
  ['segment.ms', [{ name: 'log.roll.ms' }, { name: 'log.roll.hours', multiplyToMs: 3_600_000 }]],
  ['unclean.leader.election.enable', [{ name: 'unclean.leader.election.enable' }]],
]);
