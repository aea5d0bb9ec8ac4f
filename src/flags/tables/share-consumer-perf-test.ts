// kafka-share-consumer-perf-test.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';
import {
  CONFIG_FILE,
  DATE_FORMAT,
  HIDE_HEADER,
  MESSAGES,
  NUM_RECORDS,
  PRINT_METRICS,
  REPORTING_INTERVAL,
  SHOW_DETAILED_STATS,
  SOCKET_BUFFER_SIZE,
  TIMEOUT,
} from './consumer-perf-options.ts';

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
    CONFIG_FILE,
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
    DATE_FORMAT,
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
    HELP,
    HIDE_HEADER,
    MESSAGES,
    NUM_RECORDS,
    PRINT_METRICS,
    REPORTING_INTERVAL,
    {
      name: 'show-consumer-stats',
      description:
        'If set, stats are reported for each share consumer depending on the no. of ' + 'threads.',
    },
    SHOW_DETAILED_STATS,
    SOCKET_BUFFER_SIZE,
    {
      name: 'threads',
      description: 'The number of share consumers to use for sharing the load.',
      argument: { type: 'Integer', name: 'count', defaults: ['1'] },
    },
    TIMEOUT,
    {
      name: 'topic',
      description: 'REQUIRED: The topic to consume from.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    VERSION,
  ],
};
