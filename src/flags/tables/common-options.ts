// Options that many of Kafka's scripts have word for word.

import type { OptionSpec } from '../option-table.ts';

export const HELP: OptionSpec = {
  name: 'help',
  description: 'Print usage information.',
};

export const VERSION: OptionSpec = {
  name: 'version',
  description: 'Display Kafka version.',
};

export const REQUIRED_SERVERS: OptionSpec = {
  name: 'bootstrap-server',
  description: 'REQUIRED: The server(s) to connect to.',
  argument: { type: 'String', name: 'server to connect to' },
};

export const ADMIN_CONFIG_FILE: OptionSpec = {
  name: 'command-config',
  description: 'Property file containing configs to be passed to Admin Client.',
  argument: { type: 'String', name: 'command config property file', completes: 'file' },
};

export const REQUIRED_SERVER: OptionSpec = {
  name: 'bootstrap-server',
  description: 'REQUIRED: The server to connect to.',
  argument: { type: 'String', name: 'server(s) to use for bootstrapping' },
};
