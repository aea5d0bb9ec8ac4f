// kafka-topics.sh of Kafka 4.3.1: its options, and those it has removed.

import type { OptionTable } from '../option-table.ts';
import { ADMIN_CONFIG_FILE, HELP, VERSION } from './common-options.ts';

export const TOPICS_TABLE: OptionTable = {
  script: 'kafka-topics',
  command: 'topics',
  classNames: ['org.apache.kafka.tools.TopicCommand', 'kafka.admin.TopicCommand'],
  parser: 'jopt',
  description: 'This tool helps to create, delete, describe, or change a topic.',
  summary: 'Create, list, describe, change and delete topics',
  examples: [
    'kafta topics --create --topic orders --partitions 3',
    'kafta topics --list',
    'kafta topics --describe --topic orders',
    'kafta topics --alter --topic orders --partitions 6',
    "kafta topics --delete --topic 'test-.*'",
  ],
  options: [
    {
      name: 'alter',
      description:
        'Alter the number of partitions and replica assignment. (To alter topic ' +
        'configurations, the kafka-configs tool can be used.)',
    },
    {
      name: 'at-min-isr-partitions',
      description:
        'If set when describing topics, only show partitions whose isr count is equal to the ' +
        'configured minimum.',
    },
    {
      name: 'bootstrap-server',
      description: 'REQUIRED: The Kafka server to connect to.',
      argument: { type: 'String', name: 'server to connect to' },
    },
    ADMIN_CONFIG_FILE,
    {
      name: 'config',
      description:
        'A topic configuration override for the topic being created. The following is a list ' +
        'of valid configurations: \n' +
        '\tcleanup.policy\n' +
        '\tcompression.gzip.level\n' +
        '\tcompression.lz4.level\n' +
        '\tcompression.type\n' +
        '\tcompression.zstd.level\n' +
        '\tdelete.retention.ms\n' +
        '\tfile.delete.delay.ms\n' +
        '\tflush.messages\n' +
        '\tflush.ms\n' +
        '\tfollower.replication.throttled.replicas\n' +
        '\tindex.interval.bytes\n' +
        '\tleader.replication.throttled.replicas\n' +
        '\tlocal.retention.bytes\n' +
        '\tlocal.retention.ms\n' +
        '\tmax.compaction.lag.ms\n' +
        '\tmax.message.bytes\n' +
        '\tmessage.timestamp.after.max.ms\n' +
        '\tmessage.timestamp.before.max.ms\n' +
        '\tmessage.timestamp.type\n' +
        '\tmin.cleanable.dirty.ratio\n' +
        '\tmin.compaction.lag.ms\n' +
        '\tmin.insync.replicas\n' +
        '\tpreallocate\n' +
        '\tremote.log.copy.disable\n' +
        '\tremote.log.delete.on.disable\n' +
        '\tremote.storage.enable\n' +
        '\tretention.bytes\n' +
        '\tretention.ms\n' +
        '\tsegment.bytes\n' +
        '\tsegment.index.bytes\n' +
        '\tsegment.jitter.ms\n' +
        '\tsegment.ms\n' +
        '\tunclean.leader.election.enable\n' +
        'See the Kafka documentation for full details on the topic configs. It is supported ' +
        'only in combination with --create. (To alter topic configurations, the ' +
        'kafka-configs tool can be used.)',
      argument: { type: 'String', name: 'name=value', completes: 'topic-config' },
    },
    {
      name: 'create',
      description: 'Create a new topic.',
    },
    {
      name: 'delete',
      description: 'Delete a topic.',
    },
    {
      name: 'delete-config',
      description: 'This option is no longer supported and has been deprecated since 4.0',
      argument: { type: 'String', name: 'name' },
      hidden: true,
    },
    {
      name: 'describe',
      description: 'List details for the given topics.',
    },
    {
      name: 'exclude-internal',
      description:
        'Exclude internal topics when listing or describing topics. By default, the internal ' +
        'topics are included.',
    },
    HELP,
    {
      name: 'if-exists',
      description:
        'If set when altering or deleting or describing topics, the action will only execute ' +
        'if the topic exists.',
    },
    {
      name: 'if-not-exists',
      description:
        'If set when creating topics, the create request will not fail if the topic already ' +
        'exists, but the request will still be sent.',
    },
    {
      name: 'list',
      description: 'List all available topics.',
    },
    {
      name: 'partition-size-limit-per-response',
      description:
        'The maximum partition size to be included in one DescribeTopicPartitions response.',
      argument: { type: 'Integer', name: 'maximum number of partitions per response' },
    },
    {
      name: 'partitions',
      description:
        'The number of partitions for the topic being created or altered. If not supplied ' +
        'with --create, the topic uses the cluster default. (WARNING: If partitions are ' +
        'increased for a topic that has a key, the partition logic or ordering of the ' +
        'messages will be affected).',
      argument: { type: 'Integer', name: '# of partitions' },
    },
    {
      name: 'replica-assignment',
      description:
        'A list of manual partition-to-broker assignments for the topic being created or ' +
        'altered.',
      argument: {
        type: 'String',
        name: 'broker_id_for_part1_replica1 : broker_id_for_part1_replica2 , broker_id_for_part2_replica1 : broker_id_for_part2_replica2 , ...',
      },
    },
    {
      name: 'replication-factor',
      description:
        'The replication factor for each partition in the topic being created. If not ' +
        'supplied, the topic uses the cluster default.',
      argument: { type: 'Integer', name: 'replication factor' },
    },
    {
      name: 'topic',
      description:
        'The topic to create, alter, describe or delete. It also accepts a regular ' +
        'expression, except for --create option.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    {
      name: 'topic-id',
      description: 'The topic-id to describe.',
      argument: { type: 'String', name: 'topic-id' },
    },
    {
      name: 'topics-with-overrides',
      description: 'If set when describing topics, only show topics that have overridden configs.',
    },
    {
      name: 'unavailable-partitions',
      description:
        'If set when describing topics, only show partitions whose leader is not available.',
    },
    {
      name: 'under-min-isr-partitions',
      description:
        'If set when describing topics, only show partitions whose isr count is less than ' +
        'the configured minimum.',
    },
    {
      name: 'under-replicated-partitions',
      description: 'If set when describing topics, only show under-replicated partitions.',
    },
    VERSION,
  ],
  removed: [
    { name: 'zookeeper', takesArgument: true, advice: 'topics live on the broker' },
    { name: 'deleteConfig', takesArgument: true, becomes: 'delete-config' },
    { name: 'disable-rack-aware', takesArgument: false },
    { name: 'force', takesArgument: false },
  ],
};
