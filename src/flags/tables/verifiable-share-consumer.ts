// kafka-verifiable-share-consumer.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { CONFIG_FILE, SERVERS, TOPIC, VERBOSE } from './verifiable-options.ts';

export const VERIFIABLE_SHARE_CONSUMER_TABLE: OptionTable = {
  script: 'kafka-verifiable-share-consumer',
  program: 'verifiable-share-consumer',
  command: 'verifiable-share-consumer',
  classNames: ['org.apache.kafka.tools.VerifiableShareConsumer'],
  parser: 'argparse',
  showsDefaults: true,
  description:
    'This tool creates a share group and consumes messages from a specific topic and emits share consumer events (e.g. share consumer startup, received messages, and offsets acknowledged) as JSON objects to STDOUT.',
  summary: 'Consume in a share group and print a line of JSON for each event',
  examples: ['kafta verifiable-share-consumer --topic orders --group-id checks'],
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
      name: 'group-id',
      description: 'The group id of the share group',
      required: true,
      argument: { type: 'String', name: 'GROUP-ID', completes: 'group' },
    },
    {
      name: 'max-messages',
      description:
        'Consume this many messages. If -1 (the default), the share consumers will ' +
        'consume until the process is killed externally',
      argument: { type: 'Integer', name: 'MAX-MESSAGES', defaults: ['-1'] },
    },
    VERBOSE,
    {
      name: 'acknowledgement-mode',
      description:
        "Acknowledgement mode for the share consumers (must be either 'auto', 'sync' or " +
        "'async')",
      argument: { type: 'String', name: 'ACKNOWLEDGEMENT-MODE', defaults: ['auto'] },
    },
    {
      name: 'offset-reset-strategy',
      description: "Share group offset reset strategy (must be either 'earliest' or 'latest')",
      argument: { type: 'String', name: 'OFFSET-RESET-STRATEGY', defaults: [''] },
    },
    CONFIG_FILE,
  ],
};
