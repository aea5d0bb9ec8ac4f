// kafka-transactions.sh of Kafka 4.3.1: its sub-commands and their options, and kafta's own.

import type { OptionSpec, OptionTable } from '../option-table.ts';

const TOPIC: OptionSpec = {
  name: 'topic',
  description: 'topic name',
  argument: { completes: 'topic' },
  required: true,
};

const PARTITION: OptionSpec = {
  name: 'partition',
  description: 'partition number',
  argument: { type: 'Integer' },
  required: true,
};

const LIST_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'duration-filter',
    description:
      'Duration (in millis) to filter by: if < 0, all transactions will be returned; ' +
      'otherwise, only transactions running longer than this duration will be returned',
    argument: { type: 'Long' },
  },
  {
    name: 'transactional-id-pattern',
    description: 'Transactional id regular expression pattern to filter by',
    argument: {},
  },
];

const TRANSACTIONAL_ID: OptionSpec = {
  name: 'transactional-id',
  description: 'transactional id',
  argument: {},
  required: true,
};

const DESCRIBE_PRODUCERS_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'broker-id',
    description: 'optional broker id to describe the producer state on a specific replica',
    argument: { type: 'Integer', completes: 'broker' },
  },
  TOPIC,
  PARTITION,
];

const ABORT_OPTIONS: readonly OptionSpec[] = [
  TOPIC,
  PARTITION,
  {
    name: 'start-offset',
    description: 'start offset of the transaction to abort',
    argument: { type: 'Long' },
    group: 'newer brokers',
  },
  {
    name: 'producer-id',
    description: 'producer id',
    argument: { type: 'Long' },
    group: 'older brokers',
  },
  {
    name: 'producer-epoch',
    description: 'producer epoch',
    argument: { type: 'Short' },
    group: 'older brokers',
  },
  {
    name: 'coordinator-epoch',
    description: 'coordinator epoch',
    argument: { type: 'Integer' },
    group: 'older brokers',
  },
];

const FIND_HANGING_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'broker-id',
    description: 'broker id to search for hanging transactions',
    argument: { type: 'Integer', completes: 'broker' },
  },
  {
    name: 'max-transaction-timeout',
    description:
      'maximum transaction timeout in minutes to limit the scope of the search (15 minutes by default)',
    argument: { type: 'Integer', defaults: ['15'] },
  },
  {
    name: 'topic',
    description: 'topic name to limit search to (required if --partition is specified)',
    argument: { completes: 'topic' },
  },
  { name: 'partition', description: 'partition number', argument: { type: 'Integer' } },
];

const FORCE_TERMINATE_HELP =
  'Force abort an ongoing transaction on transactionalId (requires administrative privileges)';

export const TRANSACTIONS_TABLE: OptionTable = {
  script: 'kafka-transactions',
  command: 'transactions',
  classNames: ['org.apache.kafka.tools.TransactionsCommand'],
  parser: 'argparse',
  program: 'kafka-transactions.sh',
  description:
    'This tool is used to analyze the transactional state of producers in the cluster. ' +
    'It can be used to detect and recover from hanging transactions.',
  summary: 'List and describe transactions, find and abort those that hang',
  examples: [
    'kafta transactions list',
    'kafta transactions describe --transactional-id payments-1',
    'kafta transactions find-hanging --topic orders',
    'kafta transactions abort --topic orders --partition 0 --start-offset 4711',
    'kafta transactions force-terminate --transactional-id payments-1',
  ],
  options: [
    {
      name: 'version',
      aliases: ['v'],
      shortFirst: true,
      description: 'show the version of this Kafka distribution and exit',
    },
    {
      name: 'command-config',
      description: 'property file containing configs to be passed to admin client',
      argument: { name: 'FILE', completes: 'file' },
    },
    {
      name: 'bootstrap-server',
      description:
        'hostname and port for the broker to connect to, in the form `host:port`  ' +
        '(multiple comma-separated entries can be given)',
      argument: { name: 'host:port' },
      required: true,
    },
  ],
  subcommandsTitle: { title: 'commands', metavar: 'COMMAND' },
  groups: [
    {
      name: 'newer brokers',
      title: 'Brokers on versions 3.0 and above',
      description:
        'For newer brokers, only the start offset of the transaction to be aborted is required',
    },
    {
      name: 'older brokers',
      title: 'Brokers on versions older than 3.0',
      description: 'For older brokers, you must provide all of these arguments',
    },
  ],
  subcommands: [
    { name: 'list', help: 'list transactions', options: LIST_OPTIONS },
    {
      name: 'describe',
      help: 'describe the state of an active transactional-id',
      description: 'Describe the state of an active transactional-id.',
      options: [TRANSACTIONAL_ID],
    },
    {
      name: 'describe-producers',
      help: 'describe the states of active producers for a topic partition',
      options: DESCRIBE_PRODUCERS_OPTIONS,
    },
    {
      name: 'abort',
      help: 'abort a hanging transaction (requires administrative privileges)',
      options: ABORT_OPTIONS,
    },
    {
      name: 'find-hanging',
      help: 'find hanging transactions',
      options: FIND_HANGING_OPTIONS,
    },
    {
      name: 'forceTerminateTransaction',
      help: FORCE_TERMINATE_HELP,
      description: 'Force abort an ongoing transaction on transactionalId',
      options: [{ ...TRANSACTIONAL_ID, name: 'transactionalId' }],
    },
  ],
  ownSubcommands: [
    { name: 'force-terminate', help: FORCE_TERMINATE_HELP, options: [TRANSACTIONAL_ID] },
  ],
};
