// kafka-console-consumer.sh of Kafka 4.3.1: its options, and those it has removed.

import type { OptionTable } from '../option-table.ts';
import { HELP, REQUIRED_SERVERS, VERSION } from './common-options.ts';
import {
  CONSUMER_CONFIG_FILE,
  CONSUMER_PROPERTY,
  FORMATTER_CONFIG_FILE,
  formatterProperties,
  INCLUDED_TOPICS,
  KEY_DESERIALIZER,
  MAX_MESSAGES,
  TOPIC_TO_CONSUME,
  VALUE_DESERIALIZER,
} from './console-options.ts';

export const CONSOLE_CONSUMER_TABLE: OptionTable = {
  script: 'kafka-console-consumer',
  command: 'console-consumer',
  classNames: ['org.apache.kafka.tools.consumer.ConsoleConsumer', 'kafka.tools.ConsoleConsumer'],
  parser: 'jopt',
  description: 'This tool helps to read data from Kafka topics and outputs it to standard output.',
  summary: 'Print the records of a topic',
  examples: [
    'kafta console-consumer --topic orders --from-beginning',
    'kafta console-consumer --topic orders --group billing',
    'kafta console-consumer --topic orders --partition 0 --offset 42 --max-messages 10',
    'kafta console-consumer --topic orders --from-beginning --formatter-property print.key=true',
  ],
  options: [
    REQUIRED_SERVERS,
    CONSUMER_CONFIG_FILE,
    CONSUMER_PROPERTY,
    {
      name: 'consumer-property',
      description:
        '(DEPRECATED) Consumer config properties in the form key=value. This option will be ' +
        'removed in a future version. Use --command-property instead.',
      argument: { type: 'String', name: 'consumer_prop' },
    },
    {
      name: 'consumer.config',
      description:
        '(DEPRECATED) Consumer config properties file. Note that [command-property] takes ' +
        'precedence over this config. This option will be removed in a future version. Use ' +
        '--command-config instead.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'enable-systest-events',
      description:
        'Log lifecycle events of the consumer in addition to logging consumed messages. ' +
        '(This is specific for system tests.)',
      hidden: true,
    },
    {
      name: 'formatter',
      description: 'The name of a class to use for formatting kafka messages for display.',
      argument: {
        type: 'String',
        name: 'class',
        defaults: ['org.apache.kafka.tools.consumer.DefaultMessageFormatter'],
      },
    },
    FORMATTER_CONFIG_FILE,
    {
      name: 'formatter-property',
      description: formatterProperties(),
      argument: { type: 'String', name: 'prop' },
    },
    {
      name: 'from-beginning',
      description:
        'If the consumer does not already have an established offset to consume from, start ' +
        'with the earliest message present in the log rather than the latest message.',
    },
    {
      name: 'group',
      description: 'The consumer group id of the consumer.',
      argument: { type: 'String', name: 'consumer group id', completes: 'group' },
    },
    HELP,
    INCLUDED_TOPICS,
    {
      name: 'isolation-level',
      description:
        'Set to read_committed in order to filter out transactional messages which are not ' +
        'committed. Set to read_uncommitted to read all messages.',
      argument: {
        type: 'String',
        defaults: ['read_uncommitted'],
        choices: ['read_uncommitted', 'read_committed'],
      },
    },
    KEY_DESERIALIZER,
    MAX_MESSAGES,
    {
      name: 'offset',
      description:
        "The offset to consume from (a non-negative number), or 'earliest' which means from " +
        "beginning, or 'latest' which means from end",
      argument: { type: 'String', name: 'consume offset', defaults: ['latest'] },
    },
    {
      name: 'partition',
      description:
        'The partition to consume from. Consumption starts from the end of the partition ' +
        "unless '--offset' is specified.",
      argument: { type: 'Integer', name: 'partition' },
    },
    {
      name: 'property',
      description: `(DEPRECATED) ${formatterProperties()} \nThis option will be removed in a future version. Use --formatter-property instead.`,
      argument: { type: 'String', name: 'prop' },
    },
    {
      name: 'skip-message-on-error',
      description: 'If there is an error when processing a message, skip it instead of halt.',
    },
    {
      name: 'timeout-ms',
      description:
        'If specified, exit if no message is available for consumption for the specified ' +
        'interval.',
      argument: { type: 'Long', name: 'timeout_ms' },
    },
    TOPIC_TO_CONSUME,
    VALUE_DESERIALIZER,
    VERSION,
  ],
  removed: [
    { name: 'zookeeper', takesArgument: true, advice: 'the consumer talks to the broker' },
    { name: 'new-consumer', takesArgument: false },
    { name: 'old-consumer', takesArgument: false },
    { name: 'whitelist', takesArgument: true, becomes: 'include' },
    { name: 'broker-list', takesArgument: true, becomes: 'bootstrap-server' },
    {
      name: 'blacklist',
      takesArgument: true,
      advice: 'every topic but some can be said with --include and a regular expression',
    },
    { name: 'csv-reporter-enabled', takesArgument: false },
    { name: 'metrics-dir', takesArgument: true },
  ],
  legacy: [
    {
      name: 'delete-consumer-offsets',
      description: 'Forget what the group has read before reading begins.',
    },
  ],
};
