// kafka-delete-records.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, REQUIRED_SERVER, VERSION } from './common-options.ts';

export const DELETE_RECORDS_TABLE: OptionTable = {
  script: 'kafka-delete-records',
  command: 'delete-records',
  classNames: ['org.apache.kafka.tools.DeleteRecordsCommand', 'kafka.admin.DeleteRecordsCommand'],
  parser: 'jopt',
  description:
    'This tool helps to delete records of the given partitions down to the specified offset.',
  summary: 'Delete the records of partitions before an offset',
  examples: ['kafta delete-records --offset-json-file offsets.json'],
  options: [
    REQUIRED_SERVER,
    {
      name: 'command-config',
      description: 'A property file containing configs to be passed to Admin Client.',
      argument: { type: 'String', name: 'command config property file path', completes: 'file' },
    },
    HELP,
    {
      name: 'offset-json-file',
      description:
        'REQUIRED: The JSON file with offset per partition. The format to use is:\n' +
        '{"partitions":\n' +
        '  [{"topic": "foo", "partition": 1, "offset": 1}],\n' +
        ' "version":1\n' +
        '}',
      argument: { type: 'String', name: 'Offset json file path', completes: 'file' },
    },
    VERSION,
  ],
};
