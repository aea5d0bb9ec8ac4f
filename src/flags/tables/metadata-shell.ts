// kafka-metadata-shell.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';

export const METADATA_SHELL_TABLE: OptionTable = {
  script: 'kafka-metadata-shell',
  command: 'metadata-shell',
  classNames: ['org.apache.kafka.shell.MetadataShell'],
  parser: 'argparse',
  description: 'The Apache Kafka metadata shell',
  summary: 'Look into a snapshot of the cluster metadata as into a file system',
  examples: [
    'kafta metadata-shell --snapshot FILE.checkpoint tree image/topics/byName/orders',
    'kafta metadata-shell --snapshot FILE.checkpoint',
  ],
  positional: { name: 'command', description: 'The command to run.' },
  options: [
    {
      name: 'snapshot',
      aliases: ['s'],
      description: 'The metadata snapshot file to read.',
      argument: { completes: 'file' },
      required: true,
    },
  ],
};
