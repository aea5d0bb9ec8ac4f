// kafka-e2e-latency.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';

export const E2E_LATENCY_TABLE: OptionTable = {
  script: 'kafka-e2e-latency',
  command: 'e2e-latency',
  classNames: ['org.apache.kafka.tools.EndToEndLatency', 'kafka.tools.EndToEndLatency'],
  parser: 'jopt',
  description:
    'This tool measures end-to-end latency in Kafka by sending messages and timing their reception.',
  summary: 'Measure the time from a producer to a consumer',
  examples: [
    'kafta e2e-latency --topic latency --num-records 1000 --producer-acks all --record-size 100',
  ],
  options: [
    {
      name: 'bootstrap-server',
      description: 'REQUIRED: The Kafka broker list string in the form HOST1:PORT1,HOST2:PORT2.',
      argument: { type: 'String', name: 'bootstrap-server' },
    },
    {
      name: 'command-config',
      description:
        'Optional: A property file for Kafka producer/consumer/admin client ' + 'configuration.',
      argument: { type: 'String', name: 'config-file', optional: true, completes: 'file' },
    },
    HELP,
    {
      name: 'num-headers',
      description: 'Optional: The number of headers to include in each message.',
      argument: { type: 'Integer', name: 'count', optional: true, defaults: ['0'] },
    },
    {
      name: 'num-records',
      description: 'REQUIRED: The number of messages to send.',
      argument: { type: 'Integer', name: 'count' },
    },
    {
      name: 'producer-acks',
      description: "REQUIRED: Producer acknowledgements. Must be '1' or 'all'.",
      argument: { type: 'String', name: 'producer-acks' },
    },
    {
      name: 'record-header-key-size',
      description:
        'Optional: The size of the message header key in bytes. Used together with ' +
        'record-header-size.',
      argument: { type: 'Integer', name: 'bytes', optional: true, defaults: ['0'] },
    },
    {
      name: 'record-header-size',
      description:
        'Optional: The size of message header value in bytes. Use -1 for null header ' + 'value.',
      argument: { type: 'Integer', name: 'bytes', optional: true, defaults: ['0'] },
    },
    {
      name: 'record-key-size',
      description:
        'Optional: The size of the message key in bytes. If not set, messages are sent ' +
        'without a key.',
      argument: { type: 'Integer', name: 'bytes', optional: true, defaults: ['0'] },
    },
    {
      name: 'record-size',
      description: 'REQUIRED: The size of each message payload in bytes.',
      argument: { type: 'Integer', name: 'bytes' },
    },
    {
      name: 'topic',
      description: 'REQUIRED: The topic to use for the test.',
      argument: { type: 'String', name: 'topic-name', completes: 'topic' },
    },
    VERSION,
  ],
};
