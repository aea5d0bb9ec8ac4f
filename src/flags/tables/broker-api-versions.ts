// kafka-broker-api-versions.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, REQUIRED_SERVER, VERSION } from './common-options.ts';

export const BROKER_API_VERSIONS_TABLE: OptionTable = {
  script: 'kafka-broker-api-versions',
  command: 'broker-api-versions',
  classNames: [
    'org.apache.kafka.tools.BrokerApiVersionsCommand',
    'kafka.admin.BrokerApiVersionsCommand',
  ],
  parser: 'jopt',
  description: 'This tool helps to retrieve broker version information.',
  summary: 'Show which APIs each broker serves, in which versions',
  examples: ['kafta broker-api-versions'],
  options: [
    REQUIRED_SERVER,
    {
      name: 'command-config',
      description: 'A property file containing configs to be passed to Admin Client.',
      argument: { type: 'String', name: 'command config property file', completes: 'file' },
    },
    HELP,
    VERSION,
  ],
};
