// kafka-get-offsets.sh of Kafka 4.3.1: its options, and those it has removed.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';

export const GET_OFFSETS_TABLE: OptionTable = {
  script: 'kafka-get-offsets',
  command: 'get-offsets',
  classNames: ['org.apache.kafka.tools.GetOffsetShell', 'kafka.tools.GetOffsetShell'],
  parser: 'jopt',
  description: 'An interactive shell for getting topic-partition offsets.',
  summary: 'Print the offsets of partitions: the end, the beginning or at a time',
  examples: [
    'kafta get-offsets --topic orders',
    'kafta get-offsets --topic orders --time earliest',
    "kafta get-offsets --topic-partitions 'orders:0-2,payments'",
  ],
  options: [
    {
      name: 'bootstrap-server',
      description: 'REQUIRED. The server(s) to connect to in the form HOST1:PORT1,HOST2:PORT2.',
      argument: { type: 'String', name: 'HOST1:PORT1,...,HOST3:PORT3' },
    },
    {
      name: 'command-config',
      description: 'Property file containing configs to be passed to Admin Client.',
      argument: { type: 'String', name: 'config file', completes: 'file' },
    },
    {
      name: 'exclude-internal-topics',
      description:
        'By default, internal topics are included. If specified, internal topics are ' +
        'excluded.',
    },
    HELP,
    {
      name: 'partitions',
      description:
        'Comma separated list of partition ids to get the offsets for. If not present, all ' +
        'partitions of the authorized topics are queried. Cannot be used if ' +
        '--topic-partitions is present.',
      argument: { type: 'String', name: 'partition ids' },
    },
    {
      name: 'time',
      description:
        'timestamp of the offsets before that. [Note: No offset is returned, if the ' +
        'timestamp greater than recently committed record timestamp is given.]',
      argument: {
        type: 'String',
        name: '<timestamp> / -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload',
        defaults: ['latest'],
      },
    },
    {
      name: 'topic',
      description:
        'The topic to get the offsets for. It also accepts a regular expression. If not ' +
        'present, all authorized topics are queried. Cannot be used if --topic-partitions is ' +
        'present.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    {
      name: 'topic-partitions',
      description:
        'Comma separated list of topic-partition patterns to get the offsets for, with the ' +
        "format of '([^:,]*)(?::(?:([0-9]*)|(?:([0-9]*)-([0-9]*))))?'. The first group is an " +
        'optional regex for the topic name, if omitted, it matches any topic name. The ' +
        "section after ':' describes a 'partition' pattern, which can be: a number, a range " +
        "in the format of 'NUMBER-NUMBER' (lower inclusive, upper exclusive), an inclusive " +
        "lower bound in the format of 'NUMBER-', an exclusive upper bound in the format of " +
        "'-NUMBER' or may be omitted to accept all partitions.",
      argument: { type: 'String', name: 'topic1:1,topic2:0-3,topic3,topic4:5-,topic5:-3' },
    },
    VERSION,
  ],
  removed: [
    { name: 'broker-list', takesArgument: true, becomes: 'bootstrap-server' },
    { name: 'offsets', takesArgument: true, advice: 'one offset is given for each partition' },
    {
      name: 'max-wait-ms',
      takesArgument: true,
      advice: 'request.timeout.ms in a --command-config file does it',
    },
  ],
};
