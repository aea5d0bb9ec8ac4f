// kafka-console-share-consumer.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, REQUIRED_SERVERS, VERSION } from './common-options.ts';
import {
  CONSUMER_CONFIG_FILE,
  CONSUMER_PROPERTY,
  FORMATTER_CONFIG_FILE,
  formatterProperties,
  KEY_DESERIALIZER,
  MAX_MESSAGES,
  TOPIC_TO_CONSUME,
  VALUE_DESERIALIZER,
} from './console-options.ts';

export const CONSOLE_SHARE_CONSUMER_TABLE: OptionTable = {
  script: 'kafka-console-share-consumer',
  command: 'console-share-consumer',
  classNames: ['org.apache.kafka.tools.consumer.ConsoleShareConsumer'],
  parser: 'jopt',
  description:
    'This tool helps to read data from Kafka topics using share groups and outputs it to standard output.',
  summary: 'Read records in a share group',
  examples: ['kafta console-share-consumer --topic jobs --group workers'],
  options: [
    REQUIRED_SERVERS,
    CONSUMER_CONFIG_FILE,
    CONSUMER_PROPERTY,
    {
      name: 'consumer-config',
      description:
        '(DEPRECATED) Consumer config properties file. Note that ' +
        '[command-property] takes precedence over this config. This option will be ' +
        'removed in a future version. Use --command-config instead.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'consumer-property',
      description:
        '(DEPRECATED) Consumer config properties in the form key=value. This option will ' +
        'be removed in a future version. Use --command-property instead.',
      argument: { type: 'String', name: 'consumer_prop' },
    },
    {
      name: 'enable-systest-events',
      description:
        'Log lifecycle events of the share consumer in addition to logging consumed ' +
        'messages. (This is specific for system tests.)',
      hidden: true,
    },
    {
      name: 'formatter',
      description: 'The name of a class to use for formatting Kafka messages for display.',
      argument: {
        type: 'String',
        name: 'class',
        defaults: ['org.apache.kafka.tools.consumer.DefaultMessageFormatter'],
      },
    },
    FORMATTER_CONFIG_FILE,
    {
      name: 'formatter-property',
      description: formatterProperties('delivery'),
      argument: { type: 'String', name: 'prop' },
    },
    {
      name: 'group',
      description: 'The share group id of the consumer.',
      argument: { type: 'String', name: 'share group id', completes: 'group' },
    },
    HELP,
    KEY_DESERIALIZER,
    MAX_MESSAGES,
    {
      name: 'property',
      description: `(DEPRECATED) ${formatterProperties('delivery')} \nThis option will be removed in a future version. Use --formatter-property instead.`,
      argument: { type: 'String', name: 'prop' },
    },
    {
      name: 'reject',
      description: 'If specified, messages are rejected as they are consumed.',
    },
    {
      name: 'reject-message-on-error',
      description: 'If there is an error when processing a message, reject it instead of halting.',
    },
    {
      name: 'release',
      description: 'If specified, messages are released as they are consumed.',
    },
    {
      name: 'timeout-ms',
      description:
        'If specified, exit if no message is available for consumption for the specified ' +
        'interval.',
      argument: { type: 'Integer', name: 'timeout_ms' },
    },
    TOPIC_TO_CONSUME,
    VALUE_DESERIALIZER,
    VERSION,
  ],
};
