// kafka-storage.sh of Kafka 4.3.1: its sub-commands and their options.

import type { OptionSpec, OptionTable } from '../option-table.ts';

const CONFIG: OptionSpec = {
  name: 'config',
  aliases: ['c'],
  description: 'The Kafka configuration file to use.',
  argument: { completes: 'file' },
  required: true,
};

const FORMAT_OPTIONS: readonly OptionSpec[] = [
  CONFIG,
  {
    name: 'cluster-id',
    aliases: ['t'],
    description: 'The cluster ID to use.',
    argument: {},
    required: true,
  },
  {
    name: 'add-scram',
    aliases: ['S'],
    description:
      'A SCRAM_CREDENTIAL to add to the __cluster_metadata log e.g.\n' +
      "'SCRAM-SHA-256=[name=alice,password=alice-secret]'\n" +
      '\'SCRAM-SHA-512=[name=alice,iterations=8192,salt="N3E=",saltedpassword="YCE="]\'',
    argument: { gathers: true },
  },
  {
    name: 'ignore-formatted',
    aliases: ['g'],
    description:
      'When this option is passed, the format command will skip over already formatted ' +
      'directories rather than failing.',
  },
  {
    name: 'release-version',
    aliases: ['r'],
    description:
      'The release version to use for the initial feature settings. The minimum is 3.3-IV3; ' +
      'the default is 4.3-IV0',
    argument: {},
  },
  {
    name: 'feature',
    aliases: ['f'],
    description:
      'The setting to use for a specific feature, in feature=level format. For example: ' +
      '`kraft.version=1`.',
    argument: { gathers: true },
  },
  {
    name: 'standalone',
    aliases: ['s'],
    description:
      'Used to initialize a controller as a single-node dynamic quorum. When setting this ' +
      'flag, the controller.quorum.voters config must not be set, and ' +
      'controller.quorum.bootstrap.servers is set instead.',
    excludes: 'quorum',
  },
  {
    name: 'no-initial-controllers',
    aliases: ['N'],
    description:
      'Used to initialize a server without specifying a dynamic quorum. When setting this ' +
      'flag, the controller.quorum.voters config should not be set, and ' +
      'controller.quorum.bootstrap.servers is set instead.',
    excludes: 'quorum',
  },
  {
    name: 'initial-controllers',
    aliases: ['I'],
    description:
      'Used to initialize a server with the specified dynamic quorum. The argument is a ' +
      'comma-separated list of id@hostname:port:directory. The same values must be used to ' +
      'format all nodes. For example:\n' +
      '0@example.com:8082:JEXY6aqzQY-32P5TStzaFg,1@example.com:8083:MvDxzVmcRsaTz33bUuRU6A,' +
      '2@example.com:8084:07R5amHmR32VDA6jHkGbTA\n' +
      '. When setting this flag, the controller.quorum.voters config must not be set, and ' +
      'controller.quorum.bootstrap.servers is set instead.',
    argument: {},
    excludes: 'quorum',
  },
];

export const STORAGE_TABLE: OptionTable = {
  script: 'kafka-storage',
  command: 'storage',
  classNames: ['kafka.tools.StorageTool'],
  parser: 'argparse',
  description: 'The Kafka storage tool.',
  summary: 'Prepare and inspect the data directories of a broker',
  examples: [
    'kafta storage random-uuid',
    'kafta storage format --cluster-id ID --config server.properties',
    'kafta storage info --config server.properties',
  ],
  options: [],
  subcommands: [
    {
      name: 'info',
      help: 'Get information about the Kafka log directories on this node.',
      options: [CONFIG],
    },
    {
      name: 'format',
      help: 'Format the Kafka log directories on this node.',
      options: FORMAT_OPTIONS,
    },
    {
      name: 'version-mapping',
      help:
        'Look up the corresponding features for a given metadata version. Using the command ' +
        'with no --release-version  argument will return the mapping for the latest stable ' +
        'metadata version',
      options: [
        {
          name: 'release-version',
          aliases: ['r'],
          description:
            'The release version to use for the corresponding feature mapping. The minimum is ' +
            '3.3-IV3; the default is 4.3-IV0',
          argument: {},
        },
      ],
    },
    {
      name: 'feature-dependencies',
      help:
        'Look up dependencies for a given feature version. If the feature is not known or the ' +
        'version not yet defined, an error is thrown. Multiple features can be specified.',
      options: [
        {
          name: 'feature',
          aliases: ['f'],
          description:
            'The features and their versions to look up dependencies for, in feature=version ' +
            'format. For example: `metadata.version=5`.',
          argument: { gathers: true },
          required: true,
        },
      ],
    },
    { name: 'random-uuid', help: 'Print a random UUID.', options: [] },
  ],
};
