// What the verifiable producer and consumers have in common.

import type { OptionSpec } from '../option-table.ts';

export const CONFIG_FILE: OptionSpec = {
  name: 'command-config',
  description:
    'Config properties file (config options shared with command line parameters will ' +
    'be overridden).',
  argument: { type: 'String', name: 'CONFIG-FILE', completes: 'file' },
};

export const SERVERS: OptionSpec = {
  name: 'bootstrap-server',
  description:
    'The server(s) to connect to. Comma-separated list of Kafka brokers in the form ' +
    'HOST1:PORT1,HOST2:PORT2,...',
  required: true,
  argument: { type: 'String', name: 'HOST1:PORT1[,HOST2:PORT2[...]]' },
  excludes: 'connection',
};

export const TOPIC: OptionSpec = {
  name: 'topic',
  description: 'Consumes messages from this topic.',
  required: true,
  argument: { type: 'String', name: 'TOPIC', completes: 'topic' },
};

export const VERBOSE: OptionSpec = {
  name: 'verbose',
  description: 'Enable to log individual consumed records',
};
