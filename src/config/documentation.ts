// What each config is for, in a sentence (KIP-569): DescribeConfigs tells it to who asks for documentation.
// A broker config that stands behind a topic's or a group's is told with the same sentence. Configs that aren't here
// have none; nothing here is needed to run.

import { groupConfigSynonyms } from './group-configs.ts';
import { topicConfigSynonyms } from './topic-synonyms.ts';

type Sentences = Readonly<Record<string, string>>;

const TOPIC: Sentences = {
  'cleanup.policy':
    'What happens to old segments: delete drops them by age and size, compact keeps the last value of each key; both may be given, or neither to keep everything.',
  'compression.gzip.level': 'The level that is used where compression.type is gzip.',
  'compression.lz4.level': 'The level that is used where compression.type is lz4.',
  'compression.type':
    'The codec in which batches are stored; producer keeps the one that they arrive in, uncompressed has none.',
  'compression.zstd.level': 'The level that is used where compression.type is zstd.',
  'delete.retention.ms':
    'How long a tombstone stays in a compacted log after its key was cleaned, so that a reader that began earlier still sees it.',
  'file.delete.delay.ms': 'How long a file stays on the disk after its segment was deleted.',
  'flush.messages': 'A log is flushed to the disk each time that so many records were appended.',
  'flush.ms': 'A record is flushed to the disk after this time at the latest.',
  'follower.replication.throttled.replicas':
    'Replicas, as partition:broker, whose fetching is held to the throttle of followers; * means all.',
  'index.interval.bytes':
    'The offset index gets an entry each time that so many bytes were appended.',
  'leader.replication.throttled.replicas':
    'Replicas, as partition:broker, whose serving is held to the throttle of leaders; * means all.',
  'local.retention.bytes':
    'With remote storage, the bytes of a partition that stay on the local disk; -2 takes retention.bytes.',
  'local.retention.ms':
    'With remote storage, how long segments stay on the local disk; -2 takes retention.ms.',
  'max.compaction.lag.ms':
    'A record is looked at by the log cleaner after this time at the latest.',
  'max.message.bytes':
    'The largest record batch that is taken, as it arrives, with its compression.',
  'message.timestamp.after.max.ms':
    "How far a record's timestamp may be ahead of the broker's clock.",
  'message.timestamp.before.max.ms':
    "How far a record's timestamp may be behind the broker's clock.",
  'message.timestamp.type':
    "Whose time a record carries: the producer's (CreateTime) or the broker's (LogAppendTime).",
  'min.cleanable.dirty.ratio':
    'The share of a log that must be uncleaned before the log cleaner takes it up.',
  'min.compaction.lag.ms': 'A record is left alone by the log cleaner for this time at least.',
  'min.insync.replicas':
    'So many replicas must be in sync for a produce request with acks=all to be taken.',
  preallocate: 'Whether the file of a new segment is given its whole size at once.',
  'remote.log.copy.disable':
    'Whether segments are no longer copied to remote storage, while those that are there stay readable.',
  'remote.log.delete.on.disable':
    'Whether what is in remote storage is deleted when remote storage is turned off.',
  'remote.storage.enable': 'Whether old segments are moved to remote storage.',
  'retention.bytes':
    'The bytes to which a partition is cut by dropping its oldest segments; -1 is without bound.',
  'retention.ms': 'How long records are kept before their segment is dropped; -1 is forever.',
  'segment.bytes': 'The size at which a segment is closed and the next one begun.',
  'segment.index.bytes': 'The largest size of an offset or time index.',
  'segment.jitter.ms':
    'A segment is closed earlier by a random time of at most this, so that not all are closed together.',
  'segment.ms': 'A segment is closed after this time even when it is not full.',
  'unclean.leader.election.enable':
    'Whether a replica that is out of sync may lead when no other one can, at the price of what it lacks.',
};

const GROUP: Sentences = {
  'consumer.assignment.interval.ms':
    'The shortest time between two assignments of a consumer group.',
  'consumer.heartbeat.interval.ms':
    'How often a member of a consumer group tells that it is alive.',
  'consumer.session.timeout.ms':
    'A member of a consumer group that is not heard of for so long is removed.',
  'share.assignment.interval.ms': 'The shortest time between two assignments of a share group.',
  'share.auto.offset.reset':
    'Where a share group begins in a partition: earliest, latest or by_duration:<ISO 8601 duration>.',
  'share.delivery.count.limit':
    'How often a record is given to a share group before it is given up.',
  'share.heartbeat.interval.ms': 'How often a member of a share group tells that it is alive.',
  'share.isolation.level':
    'Whether a share group reads all records, or of transactions only those that were committed.',
  'share.partition.max.record.locks':
    'How many records of a partition a share group may have on the way at once.',
  'share.record.lock.duration.ms': 'How long a record belongs to the share consumer that got it.',
  'share.renew.acknowledge.enable': 'Whether a share consumer may prolong its hold of a record.',
  'share.session.timeout.ms':
    'A member of a share group that is not heard of for so long is removed.',
  'streams.assignment.interval.ms': 'The shortest time between two assignments of a streams group.',
  'streams.heartbeat.interval.ms': 'How often a member of a streams group tells that it is alive.',
  'streams.initial.rebalance.delay.ms':
    'How long an empty streams group waits for more members before its first assignment.',
  'streams.num.standby.replicas': 'How many standby replicas a task with state has.',
  'streams.session.timeout.ms':
    'A member of a streams group that is not heard of for so long is removed.',
};

const CLIENT_METRICS: Sentences = {
  'interval.ms': 'How often the clients that match push their metrics.',
  match: 'The clients that are meant, as selector=regular expression.',
  metrics: 'The prefixes of the metrics that are asked for; * means all.',
};

const BROKER: Sentences = {
  'advertised.listeners': 'The addresses that clients are told, where they differ from listeners.',
  'auto.create.topics.enable':
    'Whether a topic is created when somebody asks for one that is not there.',
  'broker.heartbeat.interval.ms': 'How often a broker tells the controller that it is alive.',
  'broker.id': 'The id of this node; the same as node.id.',
  'broker.rack':
    'The rack of this broker, by which replicas are spread and readers find the nearest.',
  'broker.session.timeout.ms':
    'A broker that the controller does not hear of for so long is fenced.',
  'compression.type': TOPIC['compression.type'] as string,
  'connections.max.idle.ms': 'A connection on which nothing happens for so long is closed.',
  'controller.listener.names': 'The listeners that belong to the controller.',
  'controller.quorum.voters': 'The controllers that vote, as id@host:port.',
  'default.replication.factor': 'How many replicas a topic has that does not say.',
  'delete.topic.enable': 'Whether topics may be deleted.',
  'fetch.max.bytes': 'The most that a fetch is answered with, whatever it asks for.',
  'group.initial.rebalance.delay.ms':
    'How long an empty classic group waits for more members before its first rebalance.',
  'group.max.session.timeout.ms':
    'The longest session timeout that a member of a classic group may have.',
  'group.max.size': 'How many members a classic group may have.',
  'group.min.session.timeout.ms':
    'The shortest session timeout that a member of a classic group may have.',
  'leader.replication.throttled.rate':
    'Bytes in a second that this broker sends for replicas under leader.replication.throttled.replicas.',
  'follower.replication.throttled.rate':
    'Bytes in a second that this broker fetches for replicas under follower.replication.throttled.replicas.',
  listeners: 'The addresses at which this node listens, as name://host:port.',
  'listener.security.protocol.map': 'The security protocol of each listener.',
  'log.cleaner.enable':
    'Whether the log cleaner runs; compacted topics grow without bound when it does not.',
  'log.cleaner.threads': 'How many threads compact logs.',
  'log.dir': 'The directory for logs where log.dirs says none.',
  'log.dirs': 'The directories in which partitions are kept.',
  'log.retention.check.interval.ms': 'How often it is looked which segments are to be deleted.',
  'message.max.bytes': TOPIC['max.message.bytes'] as string,
  'metadata.log.dir':
    'The directory of the metadata log; the first of log.dirs when there is none.',
  'node.id': 'The id of this node in the cluster.',
  'num.partitions': 'How many partitions a topic has that does not say.',
  'offsets.retention.minutes': 'How long the offsets of a group without members are kept.',
  'offsets.topic.num.partitions': 'How many partitions the topic of committed offsets has.',
  'offsets.topic.replication.factor': 'How many replicas the topic of committed offsets has.',
  'process.roles': 'What this node is: broker, controller or both.',
  'replica.alter.log.dirs.io.max.bytes.per.second':
    'Bytes in a second at which partitions are moved from one directory to another.',
  'socket.request.max.bytes': 'The largest request that is taken.',
  'transaction.max.timeout.ms': 'The longest timeout that a transaction may ask for.',
  'transaction.state.log.min.isr': 'min.insync.replicas of the topic of transactions.',
  'transaction.state.log.num.partitions': 'How many partitions the topic of transactions has.',
  'transaction.state.log.replication.factor': 'How many replicas the topic of transactions has.',
  'transactional.id.expiration.ms': 'How long a transactional id is kept that nobody uses.',
};

/** null: there is no sentence. */
const sentence = (sentences: Sentences, name: string): string | null =>
  Object.hasOwn(sentences, name) ? (sentences[name] as string) : null;

export const topicDocumentation = (name: string): string | null => sentence(TOPIC, name);

export const groupDocumentation = (name: string): string | null => sentence(GROUP, name);

export const clientMetricsDocumentation = (name: string): string | null =>
  sentence(CLIENT_METRICS, name);

export const brokerDocumentation = (name: string): string | null =>
  sentence(BROKER, name) ?? behind.get(name) ?? null;

/** Broker config → the sentence of what it stands behind. */
const behind: ReadonlyMap<string, string> = new Map([
  ...[...topicConfigSynonyms].flatMap(([topicConfig, synonyms]) =>
    // In another unit it would be told wrongly.
    synonyms
      .filter(({ multiplyToMs }) => multiplyToMs === undefined)
      .map(({ name }) => [name, TOPIC[topicConfig] as string] as const),
  ),
  ...Object.entries(groupConfigSynonyms).flatMap(([groupConfig, name]) =>
    name === null ? [] : [[name, GROUP[groupConfig] as string] as const],
  ),
]);

export const documentedBrokerConfigs = (): string[] => [...Object.keys(BROKER), ...behind.keys()];
