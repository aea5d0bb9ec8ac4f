// kafka-producer-perf-test.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';

export const PRODUCER_PERF_TABLE: OptionTable = {
  script: 'kafka-producer-perf-test',

  command: 'producer-perf-test',
  classNames: ['org.apache.kafka.tools.ProducerPerformance'],
  parser: 'argparse',
  showsDefaults: true,
  description:
    'This tool is used to verify the producer performance. To enable transactions, you can specify a transactional id or set a transaction duration using --transaction-duration-ms. There are three ways to specify the transactional id: set transactional.id=<id> via --command-property, set transactional.id=<id> in the config file via --command-config, or use --transactional-id <id>.',
  summary: 'Measure how fast records can be produced',
  examples: [
    'kafta producer-perf-test --topic perf --num-records 1000000 --record-size 100 --throughput -1',
  ],
  exclusive: [
    {
      name: 'payload',
      description:
        'Note that you must provide exactly one of --record-size, --payload-file or --payload-monotonic.',
      required: true,
    },
  ],
  options: [
    {
      name: 'bootstrap-server',
      description:
        'The server(s) to connect to. This config takes precedence over ' +
        'bootstrap.servers specified via --command-property or --command-config.',
      argument: { type: 'String', name: 'BOOTSTRAP-SERVER' },
    },
    {
      name: 'topic',
      description: 'Produce records to this topic.',
      required: true,
      argument: { type: 'String', name: 'TOPIC', completes: 'topic' },
    },
    {
      name: 'num-records',
      description: 'Number of records to produce.',
      required: true,
      argument: { type: 'Long', name: 'NUM-RECORDS' },
    },
    {
      name: 'record-size',
      description:
        'Record size in bytes. Note that you must provide exactly one of --record-size, ' +
        '--payload-file or --payload-monotonic.',
      argument: { type: 'Integer', name: 'RECORD-SIZE' },
      excludes: 'payload',
    },
    {
      name: 'payload-file',
      description:
        'File to read the record payloads from. This works only for UTF-8 encoded text ' +
        'files. Payloads will be read from this file and a payload will be randomly ' +
        'selected when sending records. Note that you must provide exactly one of ' +
        '--record-size, --payload-file or --payload-monotonic.',
      argument: { type: 'String', name: 'PAYLOAD-FILE', completes: 'file' },
      excludes: 'payload',
    },
    {
      name: 'payload-monotonic',
      description:
        'Payload is a monotonically increasing integer. Note that you must provide ' +
        'exactly one of --record-size, --payload-file or --payload-monotonic.',
      excludes: 'payload',
    },
    {
      name: 'payload-delimiter',
      description:
        'Provides the delimiter to be used when --payload-file is provided. Defaults to ' +
        'new line. Note that this parameter will be ignored if --payload-file is not ' +
        'provided.',
      argument: { type: 'String', name: 'PAYLOAD-DELIMITER', defaults: ['\\n'] },
    },
    {
      name: 'throughput',
      description:
        'Throttle maximum record throughput to *approximately* THROUGHPUT records/sec. ' +
        'Set this to -1 to disable throttling.',
      required: true,
      argument: { type: 'Double', name: 'THROUGHPUT' },
    },
    {
      name: 'producer-props',
      description:
        '(DEPRECATED) Kafka producer related configuration properties like client.id. ' +
        'These configs take precedence over those passed via --command-config or ' +
        '--producer.config. This option will be removed in a future version. Use ' +
        '--command-property instead. Example: --command-property linger.ms=10 ' +
        'batch.size=32768',
      argument: { type: 'String', name: 'PROP-NAME=PROP-VALUE', many: true },
    },
    {
      name: 'command-property',
      description:
        'Kafka producer related configuration properties like client.id. These configs ' +
        'take precedence over those passed via --command-config or --producer.config. ' +
        'Example: --command-property linger.ms=10 batch.size=32768',
      argument: { type: 'String', name: 'PROP-NAME=PROP-VALUE', many: true },
    },
    {
      name: 'producer.config',
      description:
        '(DEPRECATED) Producer config properties file. This option will be removed in a ' +
        'future version. Use --command-config instead.',
      argument: { type: 'String', name: 'CONFIG-FILE', completes: 'file' },
    },
    {
      name: 'command-config',
      description: 'Producer config properties file.',
      argument: { type: 'String', name: 'CONFIG-FILE', completes: 'file' },
    },
    {
      name: 'print-metrics',
      description: 'Print out metrics at the end of the test.',
    },
    {
      name: 'transactional-id',
      description:
        'The transactional id to use. This config takes precedence over the ' +
        'transactional.id specified via --command-property or --command-config. Note ' +
        'that if the transactional id is not specified while --transaction-duration-ms ' +
        'is provided, the default value for the transactional id will be ' +
        'performance-producer- followed by a random uuid.',
      argument: { type: 'String', name: 'TRANSACTIONAL-ID' },
    },
    {
      name: 'transaction-duration-ms',
      description:
        'The maximum duration of each transaction. The commitTransaction will be called ' +
        'after this time has elapsed. The value should be greater than 0. If the ' +
        'transactional id is specified via --command-property, --command-config or ' +
        '--transactional-id but --transaction-duration-ms is not specified, the default ' +
        'value will be 3000.',
      argument: { type: 'Long', name: 'TRANSACTION-DURATION' },
    },
    {
      name: 'warmup-records',
      description:
        'The number of records to treat as warmup. These initial records will not be ' +
        'included in steady-state statistics. An additional summary line will be printed ' +
        'describing the steady-state statistics.',
      argument: { type: 'Long', name: 'WARMUP-RECORDS', defaults: ['0'] },
    },
    {
      name: 'reporting-interval',
      description: 'Interval in milliseconds at which to print progress info.',
      argument: { type: 'Long', name: 'INTERVAL-MS', defaults: ['5000'] },
    },
  ],
};
