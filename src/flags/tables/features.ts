// kafka-features.sh of Kafka 4.3.1: its sub-commands and their options.

import type { OptionSpec, OptionTable } from '../option-table.ts';
import { CONNECTION_GROUP, connectionOptions } from './connection.ts';

function changeOptions(verb: string, noun: string, metadata: string): readonly OptionSpec[] {
  return [
    {
      name: 'metadata',
      description: `DEPRECATED -- The level to which we should ${verb} the metadata. For example, ${metadata}.`,
      argument: {},
    },
    {
      name: 'release-version',
      description:
        `The release version to ${verb === 'upgrade' ? 'update' : verb} all features to. For example, 3.9-IV0 will set ` +
        'metadata.version=21 and kraft.version=1. Use the version-mapping command to learn which ' +
        'features will be set for any given version.',
      argument: {},
    },
    {
      name: 'feature',
      description: `A feature ${noun} we should perform, in feature=level format. For example: \`metadata.version=5\`.`,
      argument: { gathers: true },
    },
  ];
}

export const FEATURES_TABLE: OptionTable = {
  script: 'kafka-features',
  command: 'features',
  classNames: ['org.apache.kafka.tools.FeatureCommand', 'kafka.admin.FeatureCommand'],
  parser: 'argparse',
  description: 'This tool manages feature flags in Kafka.',
  summary: 'Show, upgrade and downgrade the features of a cluster',
  examples: [
    'kafta features describe',
    'kafta features upgrade --feature transaction.version=2 --dry-run',
  ],
  options: [
    ...connectionOptions({
      server:
        'A comma-separated list of host:port pairs to use for establishing the connection to the ' +
        'Kafka cluster.',
      controller:
        'A comma-separated list of host:port pairs to use for establishing the connection to the ' +
        'KRaft quorum.',
    }),
    {
      name: 'command-config',
      description: 'Property file containing configs to be passed to Admin Client.',
      argument: { completes: 'file' },
    },
  ],
  exclusive: [{ ...CONNECTION_GROUP, required: false }],
  subcommands: [
    {
      name: 'describe',
      help: 'Describes the current active feature flags.',
      options: [
        {
          name: 'node-id',
          description:
            'The node id to which the requests should be sent. If not specified, the requests ' +
            'will be sent to an arbitrary controller/broker.',
          argument: { type: 'Integer' },
        },
      ],
    },
    {
      name: 'upgrade',
      help: 'Upgrade one or more feature flags.',
      options: [
        ...changeOptions('upgrade', 'upgrade', '3.3-IV3'),
        { name: 'dry-run', description: 'Validate this upgrade, but do not perform it.' },
      ],
    },
    {
      name: 'downgrade',
      help: 'Downgrade one or more feature flags.',
      options: [
        ...changeOptions('downgrade', 'downgrade', '3.3-IV0'),
        {
          name: 'unsafe',
          description: 'Perform this downgrade even if it may irreversibly destroy metadata.',
        },
        { name: 'dry-run', description: 'Validate this downgrade, but do not perform it.' },
      ],
    },
    {
      name: 'disable',
      help: 'Disable one or more feature flags. This is the same as downgrading the version to zero.',
      options: [
        {
          name: 'feature',
          description: 'A feature flag to disable.',
          argument: { gathers: true },
        },
        {
          name: 'unsafe',
          description: 'Disable this feature flag even if it may irreversibly destroy metadata.',
        },
        { name: 'dry-run', description: 'Perform a dry-run of this disable operation.' },
      ],
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
          description:
            'The feature and version to look up dependencies for, in feature=version format. ' +
            'For example: `metadata.version=5`.',
          argument: { gathers: true },
          required: true,
        },
      ],
    },
  ],
};
