// kafka-verifiable-consumer.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { CONFIG_FILE, SERVERS, TOPIC, VERBOSE } from './verifiable-options.ts';

export const VERIFIABLE_CONSUMER_TABLE: OptionTable = {
  script: 'kafka-verifiable-consumer',
  program: 'verifiable-consumer',
  command: 'verifiable-consumer',
  classNames: ['org.apache.kafka.tools.VerifiableConsumer'],
  parser: 'argparse',
  showsDefaults: true,
  description:
    'This tool consumes messages from a specific topic and emits consumer events (e.g. group rebalances, received messages, and offsets committed) as JSON objects to STDOUT.',
  summary: 'Consume and print a line of JSON for each event of the group',
  examples: ['kafta verifiable-consumer --topic orders --group-id checks'],
  exclusive: [
    {
      name: 'connection',
      title: 'Connection Group',
      description: 'Group of arguments for connection to brokers',
      required: true,
    },
  ],
  options: [
    SERVERS,
    TOPIC,
    {
      name: 'group-protocol',
      description: 'Group protocol (must be one of CLASSIC, CONSUMER)',
      argument: {
        type: 'String',
        name: 'GROUP-PROTOCOL',
        defaults: ['classic'],
      },
    },
    {
      name: 'group-remote-assignor',
      description: 'Group remote assignor; only used if the group protocol is CONSUMER',
      argument: {
        type: 'String',
        name: 'GROUP-REMOTE-ASSIGNOR',
      },
    },
    {
      name: 'group-id',
      description: 'The group id of the consumer group',
      required: true,
      argument: { type: 'String', name: 'GROUP-ID', completes: 'group' },
    },
    {
      name: 'group-instance-id',
      description: 'A unique identifier of the consumer instance',
      argument: { type: 'String', name: 'GROUP-INSTANCE-ID' },
    },
    {
      name: 'max-messages',
      description:
        'Consume this many messages. If -1 (the default), the consumer will consume ' +
        'until the process is killed externally',
      argument: { type: 'Integer', name: 'MAX-MESSAGES', defaults: ['-1'] },
    },
    {
      name: 'session-timeout',
      description:
        "Set the consumer's session timeout, note that this configuration is not " +
        'supported when group protocol is consumer',
      argument: { type: 'Integer', name: 'TIMEOUT-MS' },
    },
    VERBOSE,
    {
      name: 'enable-autocommit',
      description: 'Enable offset auto-commit on consumer',
    },
    {
      name: 'reset-policy',
      description: "Set reset policy (must be either 'earliest', 'latest', or 'none')",
      argument: { type: 'String', name: 'RESET-POLICY', defaults: ['earliest'] },
    },
    {
      name: 'assignment-strategy',
      description:
        'Set assignment strategy (e.g. org.apache.kafka.clients.consumer.RoundRobinAssignor); only used if the group protocol is CLASSIC',
      argument: {
        type: 'String',
        name: 'ASSIGNMENT-STRATEGY',
        defaults: ['org.apache.kafka.clients.consumer.RangeAssignor'],
      },
    },
    {
      name: 'consumer.config',
      description:
        '(DEPRECATED) Consumer config properties file. This option will be removed in a ' +
        'future version. Use --command-config instead',
      argument: { type: 'String', name: 'CONFIG-FILE', completes: 'file' },
    },
    CONFIG_FILE,
  ],
};
