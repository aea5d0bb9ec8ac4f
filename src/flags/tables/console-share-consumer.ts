// kafka-console-share-consumer.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';

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
    {
      name: 'bootstrap-server',
      description: 'REQUIRED: The server(s) to connect to.',
      argument: { type: 'String', name: 'server to connect to' },
    },
    {
      name: 'command-config',
      description:
        'Consumer config properties file. Note that [command-property] takes ' +
        'precedence over this config.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'command-property',
      description: 'Consumer config properties in the form key=value.',
      argument: { type: 'String', name: 'consumer_prop' },
    },
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
    {
      name: 'formatter-config',
      description:
        'Config properties file to initialize the message formatter. Note that ' +
        '[formatter-property] takes precedence over this ' +
        'config.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'formatter-property',
      description:
        'The properties to initialize the message formatter. Default properties ' +
        'include: \n' +
        ' print.timestamp=true|false\n' +
        ' print.key=true|false\n' +
        ' print.offset=true|false\n' +
        ' print.delivery=true|false\n' +
        ' print.epoch=true|false\n' +
        ' print.partition=true|false\n' +
        ' print.headers=true|false\n' +
        ' print.value=true|false\n' +
        ' key.separator=<key.separator>\n' +
        ' line.separator=<line.separator>\n' +
        ' headers.separator=<headers.separator>\n' +
        ' null.literal=<null.literal>\n' +
        ' key.deserializer=<key.deserializer>\n' +
        ' value.deserializer=<value.deserializer>\n' +
        ' header.deserializer=<header.deserializer>\n' +
        '\n' +
        'Users can also pass in customized properties for their formatter; more ' +
        "specifically, users can pass in properties keyed with 'key.deserializer.', " +
        "'value.deserializer.' and 'headers.deserializer.' prefixes to configure their " +
        'deserializers.',
      argument: { type: 'String', name: 'prop' },
    },
    {
      name: 'group',
      description: 'The share group id of the consumer.',
      argument: { type: 'String', name: 'share group id', completes: 'group' },
    },
    {
      name: 'help',
      description: 'Print usage information.',
    },
    {
      name: 'key-deserializer',
      description: 'The name of the class to use for deserializing keys.',
      argument: { type: 'String', name: 'deserializer for keys' },
    },
    {
      name: 'max-messages',
      description:
        'The maximum number of messages to consume before exiting. If not set, ' +
        'consumption is continual.',
      argument: { type: 'Integer', name: 'num_messages' },
    },
    {
      name: 'property',
      description:
        '(DEPRECATED) The properties to initialize the message formatter. Default ' +
        'properties include: \n' +
        ' print.timestamp=true|false\n' +
        ' print.key=true|false\n' +
        ' print.offset=true|false\n' +
        ' print.delivery=true|false\n' +
        ' print.epoch=true|false\n' +
        ' print.partition=true|false\n' +
        ' print.headers=true|false\n' +
        ' print.value=true|false\n' +
        ' key.separator=<key.separator>\n' +
        ' line.separator=<line.separator>\n' +
        ' headers.separator=<headers.separator>\n' +
        ' null.literal=<null.literal>\n' +
        ' key.deserializer=<key.deserializer>\n' +
        ' value.deserializer=<value.deserializer>\n' +
        ' header.deserializer=<header.deserializer>\n' +
        '\n' +
        'Users can also pass in customized properties for their formatter; more ' +
        "specifically, users can pass in properties keyed with 'key.deserializer.', " +
        "'value.deserializer.' and 'headers.deserializer.' prefixes to configure their " +
        'deserializers. \n' +
        'This option will be removed in a future version. Use --formatter-property ' +
        'instead.',
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
    {
      name: 'topic',
      description: 'The topic to consume from.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    {
      name: 'value-deserializer',
      description: 'The name of the class to use for deserializing values.',
      argument: { type: 'String', name: 'deserializer for values' },
    },
    {
      name: 'version',
      description: 'Display Kafka version.',
    },
  ],
};
