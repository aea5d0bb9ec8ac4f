// kafka-console-consumer.sh of Kafka 4.3.1: its options, and those it has removed.

import type { OptionTable } from '../option-table.ts';

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
    {
      name: 'bootstrap-server',
      description: 'REQUIRED: The server(s) to connect to.',
      argument: { type: 'String', name: 'server to connect to' },
    },
    {
      name: 'command-config',
      description:
        'Consumer config properties file. Note that [command-property] takes precedence over ' +
        'this config.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'command-property',
      description: 'Consumer config properties in the form key=value.',
      argument: { type: 'String', name: 'consumer_prop' },
    },
    {
      name: 'consumer-property',
      description:
        '(DEPRECATED) Consumer config properties in the form key=value. This option will be ' +
        'removed in a future version. Use --command-property instead.',
      argument: { type: 'String', name: 'consumer_prop' },
      hidden: true,
    },
    {
      name: 'consumer.config',
      description:
        '(DEPRECATED) Consumer config properties file. Note that [command-property] takes ' +
        'precedence over this config. This option will be removed in a future version. Use ' +
        '--command-config instead.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
      hidden: true,
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
    {
      name: 'formatter-config',
      description:
        'Config properties file to initialize the message formatter. Note that ' +
        '[formatter-property] takes precedence over this config.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'formatter-property',
      description:
        'The properties to initialize the message formatter. Default properties include: \n' +
        ' print.timestamp=true|false\n' +
        ' print.key=true|false\n' +
        ' print.offset=true|false\n' +
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
    {
      name: 'help',
      description: 'Print usage information.',
    },
    {
      name: 'include',
      description: 'Regular expression specifying list of topics to include for consumption.',
      argument: { type: 'String', name: 'Java regex (String)' },
    },
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
    {
      name: 'key-deserializer',
      description: 'The name of the class to use for deserializing keys.',
      argument: { type: 'String', name: 'deserializer for keys' },
    },
    {
      name: 'max-messages',
      description:
        'The maximum number of messages to consume before exiting. If not set, consumption ' +
        'is continual.',
      argument: { type: 'Integer', name: 'num_messages' },
    },
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
      description:
        '(DEPRECATED) The properties to initialize the message formatter. Default properties ' +
        'include: \n' +
        ' print.timestamp=true|false\n' +
        ' print.key=true|false\n' +
        ' print.offset=true|false\n' +
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
        'This option will be removed in a future version. Use --formatter-property instead.',
      argument: { type: 'String', name: 'prop' },
      hidden: true,
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
