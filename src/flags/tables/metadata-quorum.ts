// kafka-metadata-quorum.sh of Kafka 4.3.1: its sub-commands and their options.

import type { OptionSpec, OptionTable } from '../option-table.ts';
import { CONNECTION_GROUP, connectionOptions } from './connection.ts';

const DRY_RUN: OptionSpec = {
  name: 'dry-run',
  description: 'True if we should print what would be done, but not do it.',
};

export const METADATA_QUORUM_TABLE: OptionTable = {
  script: 'kafka-metadata-quorum',
  command: 'metadata-quorum',
  classNames: ['org.apache.kafka.tools.MetadataQuorumCommand', 'kafka.admin.MetadataQuorumCommand'],
  parser: 'argparse',
  description: 'This tool describes kraft metadata quorum status.',
  summary: 'Show the state of the metadata quorum, add and remove controllers',
  examples: [
    'kafta metadata-quorum describe --status',
    'kafta metadata-quorum describe --replication --human-readable',
  ],
  options: [
    ...connectionOptions({
      server:
        'A comma-separated list of host:port pairs to use for establishing the connection to the ' +
        'Kafka cluster.',
      controller:
        'A comma-separated list of host:port pairs to use for establishing the connection to the ' +
        'Kafka controllers.',
    }),
    {
      name: 'command-config',
      description:
        'Property file containing configs to be passed to Admin Client. For add-controller, the ' +
        'file is used to specify the controller properties as well.',
      argument: { completes: 'file' },
    },
  ],
  exclusive: [CONNECTION_GROUP],
  groups: [
    { name: 'status', title: 'Status', description: '' },
    { name: 'replication', title: 'Replication', description: '' },
  ],
  subcommands: [
    {
      name: 'describe',
      help: 'Describe the metadata quorum info',
      options: [
        {
          name: 'status',
          description:
            'A short summary of the quorum status and the other provides detailed information ' +
            'about the status of replication.',
          group: 'status',
        },
        {
          name: 'replication',
          description: 'Detailed information about the status of replication',
          group: 'replication',
        },
        { name: 'human-readable', description: 'Human-readable output', group: 'replication' },
      ],
    },
    {
      name: 'add-controller',
      help: 'Add a controller to the KRaft controller cluster',
      options: [DRY_RUN],
    },
    {
      name: 'remove-controller',
      help: 'Remove a controller from the KRaft controller cluster',
      options: [
        {
          name: 'controller-id',
          aliases: ['i'],
          description: 'The id of the controller to remove.',
          argument: { type: 'Integer' },
          required: true,
        },
        {
          name: 'controller-directory-id',
          aliases: ['d'],
          description: 'The directory ID of the controller to remove.',
          argument: {},
          required: true,
        },
        DRY_RUN,
      ],
    },
  ],
};
