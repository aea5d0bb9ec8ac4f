// kafka-console-producer.sh of Kafka 4.3.1: its options, and those it has removed.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';

const READER_PROPERTIES =
  'A mechanism to pass user-defined properties in the form key=value to the message ' +
  'reader. This allows custom configuration for a user-defined message reader.\n' +
  'Default properties include:\n' +
  ' parse.key=false\n' +
  ' parse.headers=false\n' +
  ' ignore.error=false\n' +
  ' key.separator=\\t\n' +
  ' headers.delimiter=\\t\n' +
  ' headers.separator=,\n' +
  ' headers.key.separator=:\n' +
  ' null.marker=   When set, any fields (key, value and headers) equal to this will be ' +
  'replaced by null\n' +
  'Default parsing pattern when:\n' +
  ' parse.headers=true and parse.key=true:\n' +
  '  "h1:v1,h2:v2...\\tkey\\tvalue"\n' +
  ' parse.key=true:\n' +
  '  "key\\tvalue"\n' +
  ' parse.headers=true:\n' +
  '  "h1:v1,h2:v2...\\tvalue"';

export const CONSOLE_PRODUCER_TABLE: OptionTable = {
  script: 'kafka-console-producer',
  command: 'console-producer',
  classNames: ['org.apache.kafka.tools.ConsoleProducer', 'kafka.tools.ConsoleProducer'],
  parser: 'jopt',
  description: 'This tool helps to read data from standard input and publish it to Kafka.',
  summary: 'Send each line of the standard input to a topic',
  examples: [
    'kafta console-producer --topic orders',
    'seq 1 1000 | kafta console-producer --topic numbers',
    'kafta console-producer --topic orders --reader-property parse.key=true --reader-property key.separator=:',
  ],
  options: [
    {
      name: 'batch-size',
      description:
        'The buffer size in bytes allocated for a partition. When records are received which ' +
        'are smaller than this size the producer will attempt to optimistically group them ' +
        'together until this size is reached. This is the option to control batch.size in ' +
        'producer configs. Please note that this option will be replaced if ' +
        'max-partition-memory-bytes is also set.',
      argument: { type: 'Integer', name: 'size', defaults: ['16384'] },
    },
    {
      name: 'bootstrap-server',
      description:
        'REQUIRED: The server(s) to connect to. The broker list string in the form ' +
        'HOST1:PORT1,HOST2:PORT2.',
      argument: { type: 'String', name: 'server to connect to' },
    },
    {
      name: 'command-config',
      description:
        'Producer config properties file. Note that [command-property] takes precedence over ' +
        'this config.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'command-property',
      description: 'Producer config properties in the form key=value.',
      argument: { type: 'String', name: 'producer_prop' },
    },
    {
      name: 'compression-codec',
      description:
        "The compression codec: either 'none', 'gzip', 'snappy', 'lz4', or 'zstd'.If " +
        "specified without value, then it defaults to 'gzip'",
      argument: {
        type: 'String',
        name: 'compression-codec',
        optional: true,
        choices: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
      },
    },
    HELP,
    {
      name: 'line-reader',
      description:
        'The class name of the class to use for reading lines from standard in. By default ' +
        'each line is read as a separate message.',
      argument: {
        type: 'String',
        name: 'reader_class',
        defaults: ['org.apache.kafka.tools.LineMessageReader'],
      },
    },
    {
      name: 'max-block-ms',
      description: 'The max time that the producer will block for during a send request.',
      argument: { type: 'Long', name: 'max block on send', defaults: ['60000'] },
    },
    {
      name: 'max-memory-bytes',
      description:
        'The total memory used by the producer to buffer records waiting to be sent to the ' +
        'server. This is the option to control `buffer.memory` in producer configs.',
      argument: { type: 'Long', name: 'total memory in bytes', defaults: ['33554432'] },
    },
    {
      name: 'max-partition-memory-bytes',
      description:
        '(Deprecated) The buffer size in bytes allocated for a partition. When records are ' +
        'received which are smaller than this size the producer will attempt to ' +
        'optimistically group them together until this size is reached. This is the option ' +
        'to control batch.size in producer configs. This option will be removed in Apache ' +
        'Kafka 5.0. Use --batch-size instead.',
      argument: { type: 'Integer', name: 'memory in bytes per partition', defaults: ['16384'] },
      hidden: true,
    },
    {
      name: 'message-send-max-retries',
      description:
        'Brokers can fail receiving the message for multiple reasons, and being unavailable ' +
        'transiently is just one of them. This property specifies the number of retries ' +
        'before the producer give up and drop this message. This is the option to control ' +
        '`retries` in producer configs.',
      argument: { type: 'Integer', defaults: ['3'] },
    },
    {
      name: 'metadata-expiry-ms',
      description:
        'The period of time in milliseconds after which we force a refresh of metadata even ' +
        "if we haven't seen any leadership changes. This is the option to control " +
        '`metadata.max.age.ms` in producer configs.',
      argument: { type: 'Long', name: 'metadata expiration interval', defaults: ['300000'] },
    },
    {
      name: 'producer-property',
      description:
        '(DEPRECATED) Producer config properties in the form key=value. This option will be ' +
        'removed in a future version. Use --command-property instead.',
      argument: { type: 'String', name: 'producer_prop' },
    },
    {
      name: 'producer.config',
      description:
        '(DEPRECATED) Producer config properties file. Note that [command-property] takes ' +
        'precedence over this config. This option will be removed in a future version. Use ' +
        '--command-config instead.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'property',
      description: `(DEPRECATED) ${READER_PROPERTIES}\n This option will be removed in a future version. Use --reader-property instead.`,
      argument: { type: 'String', name: 'prop' },
    },
    {
      name: 'reader-config',
      description:
        'Config properties file for the message reader. Note that [reader-property] takes ' +
        'precedence over this config.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'reader-property',
      description: READER_PROPERTIES,
      argument: { type: 'String', name: 'prop' },
    },
    {
      name: 'request-required-acks',
      description: 'The required `acks` of the producer requests',
      argument: { type: 'String', name: 'request required acks', defaults: ['-1'] },
    },
    {
      name: 'request-timeout-ms',
      description:
        'The ack timeout of the producer requests. Value must be non-negative and non-zero.',
      argument: { type: 'Integer', name: 'request timeout ms', defaults: ['1500'] },
    },
    {
      name: 'retry-backoff-ms',
      description:
        'Before each retry, the producer refreshes the metadata of relevant topics. Since ' +
        'leader election takes a bit of time, this property specifies the amount of time ' +
        'that the producer waits before refreshing the metadata. This is the option to ' +
        'control `retry.backoff.ms` in producer configs.',
      argument: { type: 'Long', defaults: ['100'] },
    },
    {
      name: 'socket-buffer-size',
      description:
        'The size of the tcp RECV size. This is the option to control `send.buffer.bytes` in ' +
        'producer configs.',
      argument: { type: 'Integer', name: 'size', defaults: ['102400'] },
    },
    {
      name: 'sync',
      description:
        'If set message send requests to the brokers are synchronously, one at a time as ' +
        'they arrive.',
    },
    {
      name: 'timeout',
      description:
        'If set and the producer is running in asynchronous mode, this gives the maximum ' +
        'amount of time a message will queue awaiting sufficient batch size. The value is ' +
        'given in ms. This is the option to control `linger.ms` in producer configs.',
      argument: { type: 'Long', name: 'timeout_ms', defaults: ['1000'] },
    },
    {
      name: 'topic',
      description: 'REQUIRED: The topic name to produce messages to.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    VERSION,
  ],
  removed: [
    { name: 'broker-list', takesArgument: true, becomes: 'bootstrap-server' },
    { name: 'queue-size', takesArgument: true },
    { name: 'queue-enqueuetimeout-ms', takesArgument: true },
    { name: 'key-serializer', takesArgument: true },
    { name: 'value-serializer', takesArgument: true },
    { name: 'new-producer', takesArgument: false },
    { name: 'old-producer', takesArgument: false },
  ],
};
