// kafka-consumer-perf-test.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, REQUIRED_SERVERS, VERSION } from './common-options.ts';
import { INCLUDED_TOPICS, TOPIC_TO_CONSUME } from './console-options.ts';
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

export const CONSUMER_PERF_TABLE: OptionTable = {
  script: 'kafka-consumer-perf-test',
  command: 'consumer-perf-test',
  classNames: ['org.apache.kafka.tools.ConsumerPerformance', 'kafka.tools.ConsumerPerformance'],
  parser: 'jopt',
  description: 'This tool is used to verify the consumer performance.',
  summary: 'Measure how fast a topic can be read',
  examples: ['kafta consumer-perf-test --topic orders --num-records 1000000'],
  options: [
    REQUIRED_SERVERS,
    CONFIG_FILE,
    {
      name: 'command-property',
      description:
        'Kafka consumer related configuration properties like client.id. These configs ' +
        'take precedence over those passed via --command-config or --consumer.config.',
      argument: { type: 'String', name: 'prop1=val1' },
    },
    {
      name: 'consumer.config',
      description:
        '(DEPRECATED) Consumer config properties file. This option will be removed in a ' +
        'future version. Use --command-config instead.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    DATE_FORMAT,
    {
      name: 'fetch-size',
      description: 'The maximum amount of data to fetch from a single partition per request.',
      argument: { type: 'Integer', name: 'size', defaults: ['1048576'] },
    },
    {
      name: 'from-latest',
      description:
        'If the consumer does not already have an established offset to consume from, ' +
        'start with the latest record present in the log rather than the earliest record.',
    },
    {
      name: 'group',
      description: 'The group id to consume on.',
      argument: { type: 'String', name: 'gid', completes: 'group' },
    },
    HELP,
    HIDE_HEADER,
    INCLUDED_TOPICS,
    MESSAGES,
    NUM_RECORDS,
    PRINT_METRICS,
    REPORTING_INTERVAL,
    SHOW_DETAILED_STATS,
    SOCKET_BUFFER_SIZE,
    TIMEOUT,
    TOPIC_TO_CONSUME,
    VERSION,
  ],
};
