// kafka-dump-log.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';

export const DUMP_LOG_TABLE: OptionTable = {
  script: 'kafka-dump-log',
  command: 'dump-log-segments',
  aliases: ['dump-log'],
  classNames: ['org.apache.kafka.tools.DumpLogSegments', 'kafka.tools.DumpLogSegments'],
  parser: 'jopt',
  description:
    'This tool helps to parse a log file and dump its contents to the console, useful for ' +
    'debugging a seemingly corrupt log segment.',
  summary: 'Show what is in the files of a partition: batches, records, indexes, snapshots',
  examples: [
    'kafta dump-log-segments --files orders-0/00000000000000000000.log --print-data-log',
    'kafta dump-log --files orders-0/00000000000000000000.index --index-sanity-check',
    'kafta dump-log --cluster-metadata-decoder --files __cluster_metadata-0/00000000000000000000.log',
  ],
  options: [
    {
      name: 'cluster-metadata-decoder',
      description: 'If set, log data will be parsed as cluster metadata records.',
    },
    {
      name: 'deep-iteration',
      description:
        'If set, uses deep instead of shallow iteration. Automatically set if print-data-log ' +
        'is enabled.',
    },
    {
      name: 'files',
      description: 'REQUIRED: The comma separated list of data and index log files to be dumped.',
      argument: { type: 'String', name: 'file1, file2, ...', completes: 'file' },
    },
    HELP,
    {
      name: 'index-sanity-check',
      description:
        'If set, just checks the index sanity without printing its content. This is the same ' +
        'check that is executed on broker startup to determine if an index needs rebuilding ' +
        'or not.',
    },
    {
      name: 'key-decoder-class',
      description:
        'If set, used to deserialize the keys. This class should implement ' +
        'org.apache.kafka.tools.api.Decoder trait. Custom jar should be available in ' +
        'kafka/libs directory.',
      argument: {
        type: 'String',
        optional: true,
        defaults: ['org.apache.kafka.tools.api.StringDecoder'],
      },
    },
    {
      name: 'max-bytes',
      description:
        'Limit the amount of total batches read in bytes avoiding reading the whole .log ' +
        'file(s).',
      argument: { type: 'Integer', name: 'size', defaults: ['2147483647'] },
    },
    {
      name: 'max-message-size',
      description: 'Size of largest message.',
      argument: { type: 'Integer', name: 'size', defaults: ['5242880'] },
    },
    {
      name: 'offsets-decoder',
      description:
        'If set, log data will be parsed as offset data from the __consumer_offsets topic.',
    },
    {
      name: 'print-data-log',
      description:
        'If set, printing the messages content when dumping data logs. Automatically set if ' +
        'any decoder option is specified.',
    },
    {
      name: 'remote-log-metadata-decoder',
      description:
        'If set, log data will be parsed as TopicBasedRemoteLogMetadataManager (RLMM) ' +
        'metadata records. Instead, the value-decoder-class option can be used if a custom ' +
        'RLMM implementation is configured.',
    },
    {
      name: 'share-group-state-decoder',
      description:
        'If set, log data will be parsed as share group state data from the ' +
        '__share_group_state topic.',
    },
    {
      name: 'skip-record-metadata',
      description: 'Skip metadata when printing records. This flag also skips control records.',
    },
    {
      name: 'transaction-log-decoder',
      description:
        'If set, log data will be parsed as transaction metadata from the ' +
        '__transaction_state topic.',
    },
    {
      name: 'value-decoder-class',
      description:
        'If set, used to deserialize the messages. This class should implement ' +
        'org.apache.kafka.tools.api.Decoder trait. Custom jar should be available in ' +
        'kafka/libs directory.',
      argument: {
        type: 'String',
        optional: true,
        defaults: ['org.apache.kafka.tools.api.StringDecoder'],
      },
    },
    {
      name: 'verify-index-only',
      description: 'If set, just verify the index log without printing its content.',
    },
    VERSION,
  ],
};
