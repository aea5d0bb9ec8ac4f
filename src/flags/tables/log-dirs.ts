// kafka-log-dirs.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';

export const LOG_DIRS_TABLE: OptionTable = {
  script: 'kafka-log-dirs',
  command: 'log-dirs',
  classNames: ['org.apache.kafka.tools.LogDirsCommand', 'kafka.admin.LogDirsCommand'],
  parser: 'jopt',
  description: 'This tool helps to query log directory usage on the specified brokers.',
  summary: 'Show the log directories of brokers and what is in them',
  examples: ['kafta log-dirs --describe', 'kafta log-dirs --describe --topic-list orders'],
  options: [
    {
      name: 'bootstrap-server',
      description: 'REQUIRED: the server(s) to use for bootstrapping',
      argument: { type: 'String', name: 'The server(s) to use for bootstrapping' },
    },
    {
      name: 'broker-list',
      description:
        'The list of brokers to be queried in the form "0,1,2". All brokers in the cluster will ' +
        'be queried if no broker list is specified',
      argument: { type: 'String', name: 'Broker list', defaults: [''] },
    },
    {
      name: 'command-config',
      description: 'Property file containing configs to be passed to Admin Client.',
      argument: { type: 'String', name: 'Admin client property file', completes: 'file' },
    },
    {
      name: 'describe',
      description: 'Describe the specified log directories on the specified brokers.',
    },
    HELP,
    {
      name: 'topic-list',
      description:
        'The list of topics to be queried in the form "topic1,topic2,topic3". All topics will be ' +
        'queried if no topic list is specified',
      argument: { type: 'String', name: 'Topic list', defaults: [''], completes: 'topic' },
    },
    VERSION,
  ],
};
