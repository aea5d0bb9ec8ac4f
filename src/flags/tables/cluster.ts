// kafka-cluster.sh of Kafka 4.3.1: its sub-commands and their options.

import type { OptionSpec, OptionTable } from '../option-table.ts';
import { CONNECTION_GROUP, connectionOptions } from './connection.ts';

const [SERVER, CONTROLLER] = connectionOptions({
  server: 'A list of host/port pairs to use for establishing the connection to the Kafka cluster.',
  controller:
    'A list of host/port pairs to use for establishing the connection to the KRaft controllers.',
  aliases: true,
}) as [OptionSpec, OptionSpec];

const COMMON: readonly OptionSpec[] = [
  SERVER,
  CONTROLLER,
  {
    name: 'config',
    description:
      '(DEPRECATED) A property file containing configurations for the Admin client. This option ' +
      'will be removed in a future version. Use --command-config instead.',
    argument: { completes: 'file' },
  },
  {
    name: 'command-config',
    aliases: ['c'],
    description: 'Config properties file for the Admin client.',
    argument: { completes: 'file' },
  },
];

export const CLUSTER_TABLE: OptionTable = {
  script: 'kafka-cluster',
  command: 'cluster',
  classNames: ['org.apache.kafka.tools.ClusterTool', 'kafka.tools.ClusterTool'],
  parser: 'argparse',
  description: 'The Kafka cluster tool.',
  summary: 'Show the id and the nodes of a cluster, unregister brokers',
  examples: ['kafta cluster cluster-id', 'kafta cluster list-endpoints'],
  options: [],
  exclusive: [CONNECTION_GROUP],
  subcommands: [
    {
      name: 'cluster-id',
      help: 'Get information about the ID of a cluster.',
      options: COMMON,
    },
    {
      name: 'unregister',
      help: 'Unregister a broker.',
      options: [
        ...COMMON,
        {
          name: 'id',
          aliases: ['i'],
          description: 'The ID of the broker to unregister.',
          argument: { type: 'Integer' },
          required: true,
        },
      ],
    },
    {
      name: 'list-endpoints',
      help: 'List endpoints',
      options: [
        ...COMMON,
        {
          name: 'include-fenced-brokers',
          description: 'Whether to include fenced brokers when listing broker endpoints',
        },
      ],
    },
  ],
};
