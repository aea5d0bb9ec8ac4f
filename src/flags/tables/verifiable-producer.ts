// kafka-verifiable-producer.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { CONFIG_FILE } from './verifiable-options.ts';

export const VERIFIABLE_PRODUCER_TABLE: OptionTable = {
  script: 'kafka-verifiable-producer',
  program: 'verifiable-producer',
  command: 'verifiable-producer',
  classNames: ['org.apache.kafka.tools.VerifiableProducer'],
  parser: 'argparse',
  showsDefaults: true,
  description:
    'This tool produces increasing integers to the specified topic and prints JSON metadata to stdout on each "send" request, making externally visible which messages have been acked and which have not.',
  summary: 'Produce numbers and print a line of JSON for each acknowledgement',
  examples: ['kafta verifiable-producer --topic orders --max-messages 1000'],
  exclusive: [
    {
      name: 'connection',
      title: 'Connection Group',
      description: 'Group of arguments for connection to brokers',
      required: true,
    },
  ],
  options: [
    {
      name: 'topic',
      description: 'Produce messages to this topic.',
      required: true,
      argument: { type: 'String', name: 'TOPIC', completes: 'topic' },
    },
    {
      name: 'bootstrap-server',
      description:
        'REQUIRED: The server(s) to connect to. Comma-separated list of Kafka brokers in ' +
        'the form HOST1:PORT1,HOST2:PORT2,...',
      argument: { type: 'String', name: 'HOST1:PORT1[,HOST2:PORT2[...]]' },
      excludes: 'connection',
    },
    {
      name: 'max-messages',
      description:
        'Produce this many messages. If -1, produce messages until the process is killed ' +
        'externally.',
      argument: { type: 'Integer', name: 'MAX-MESSAGES', defaults: ['-1'] },
    },
    {
      name: 'throughput',
      description:
        'If set >= 0, throttle maximum message throughput to *approximately* THROUGHPUT ' +
        'messages/sec.',
      argument: { type: 'Integer', name: 'THROUGHPUT', defaults: ['-1'] },
    },
    {
      name: 'acks',
      description: 'Acks required on each produced message. See Kafka docs on acks for details.',
      argument: { type: 'Integer', name: 'ACKS', defaults: ['-1'], choices: ['0', '1', '-1'] },
    },
    {
      name: 'producer.config',
      description:
        '(DEPRECATED) Producer config properties file. This option will be removed in a ' +
        'future version. Use --command-config instead.',
      argument: { type: 'String', name: 'CONFIG-FILE', completes: 'file' },
    },
    {
      name: 'message-create-time',
      description:
        'Send messages with creation time starting at the arguments value, in ' +
        'milliseconds since epoch',
      argument: { type: 'Long', name: 'CREATE-TIME', defaults: ['-1'] },
    },
    {
      name: 'value-prefix',
      description: 'If specified, each produced value will have this prefix with a dot separator',
      argument: { type: 'Integer', name: 'VALUE-PREFIX' },
    },
    {
      name: 'repeating-keys',
      description:
        'If specified, each produced record will have a key starting at 0 increment by 1 ' +
        'up to the number specified (exclusive), then the key is set to 0 again',
      argument: { type: 'Integer', name: 'REPEATING-KEYS' },
    },
    CONFIG_FILE,
  ],
};
