// kafka-share-consumer-perf-test.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';

export const SHARE_CONSUMER_PERF_TABLE: OptionTable = {
  script: 'kafka-share-consumer-perf-test',
  command: 'share-consumer-perf-test',
  classNames: ['org.apache.kafka.tools.ShareConsumerPerformance'],
  parser: 'jopt',
  description: 'This tool is used to verify the share consumer performance.',
  summary: 'Measure how fast a share group reads a topic',
  examples: ['kafta share-consumer-perf-test --topic orders --num-records 1000000'],
  options: [
    {
      name: 'bootstrap-server',
      description: 'REQUIRED. The server(s) to connect to.',
      argument: { type: 'String', name: 'server to connect to' },
    },
    {
      name: 'command-config',
      description: 'Config properties file.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'command-property',
      description:
        'Kafka share consumer related configuration properties like client.id. These ' +
        'configs take precedence over those passed via --command-config or ' +
        '--consumer.config.',
      argument: { type: 'String', name: 'prop1=val1' },
    },
    {
      name: 'consumer.config',
      description:
        '(DEPRECATED) Share consumer config properties file. This option will be removed ' +
        'in a future version. Use --command-config instead.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'date-format',
      description:
        'The date format to use for formatting the time field. See ' +
        'java.text.SimpleDateFormat for options.',
      argument: { type: 'String', name: 'date format', defaults: ['yyyy-MM-dd HH:mm:ss:SSS'] },
    },
    {
      name: 'fetch-size',
      description: 'The amount of data to fetch in a single request.',
      argument: { type: 'Integer', name: 'size', defaults: ['1048576'] },
    },
    {
      name: 'group',
      description: 'The group id to consume on.',
      argument: {
        type: 'String',
        name: 'gid',
        defaults: ['perf-share-consumer'],
        completes: 'group',
      },
    },
    {
      name: 'help',
      description: 'Print usage information.',
    },
    {
      name: 'hide-header',
      description: 'If set, skips printing the header for the stats.',
    },
    {
      name: 'messages',
      description:
        '(DEPRECATED) The number of records to consume. This option will be removed in a ' +
        'future version. Use --num-records instead.',
      argument: { type: 'Long', name: 'count' },
    },
    {
      name: 'num-records',
      description: 'REQUIRED: The number of records to consume.',
      argument: { type: 'Long', name: 'count' },
    },
    {
      name: 'print-metrics',
      description: 'Print out the metrics.',
    },
    {
      name: 'reporting-interval',
      description: 'Interval in milliseconds at which to print progress info.',
      argument: { type: 'Long', name: 'interval_ms', defaults: ['5000'] },
    },
    {
      name: 'show-consumer-stats',
      description:
        'If set, stats are reported for each share consumer depending on the no. of ' + 'threads.',
    },
    {
      name: 'show-detailed-stats',
      description:
        'If set, stats are reported for each reporting interval as configured by ' +
        'reporting-interval.',
    },
    {
      name: 'socket-buffer-size',
      description: 'The size of the tcp RECV size.',
      argument: { type: 'Integer', name: 'size', defaults: ['2097152'] },
    },
    {
      name: 'threads',
      description: 'The number of share consumers to use for sharing the load.',
      argument: { type: 'Integer', name: 'count', defaults: ['1'] },
    },
    {
      name: 'timeout',
      description: 'The maximum allowed time in milliseconds between returned records.',
      argument: { type: 'Long', name: 'milliseconds', optional: true, defaults: ['10000'] },
    },
    {
      name: 'topic',
      description: 'REQUIRED: The topic to consume from.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    {
      name: 'version',
      description: 'Display Kafka version.',
    },
  ],
};
