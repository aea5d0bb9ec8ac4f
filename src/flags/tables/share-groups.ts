// kafka-share-groups.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';

export const SHARE_GROUPS_TABLE: OptionTable = {
  script: 'kafka-share-groups',
  command: 'share-groups',
  classNames: ['org.apache.kafka.tools.consumer.group.ShareGroupCommand'],
  parser: 'jopt',
  description: 'This tool helps to list, describe, reset and delete share groups.',
  summary: 'List and describe share groups, reset their offsets, delete them',
  examples: ['kafta share-groups --list --state', 'kafta share-groups --describe --group jobs'],
  options: [
    {
      name: 'all-groups',
      description: 'Apply to all share groups.',
    },
    {
      name: 'all-topics',
      description: "Consider all topics assigned to a share group in the 'reset-offsets' process.",
    },
    {
      name: 'bootstrap-server',
      description: 'REQUIRED: The server(s) to connect to.',
      argument: { type: 'String', name: 'server to connect to' },
    },
    {
      name: 'command-config',
      description: 'Property file containing configs to be passed to Admin Client.',
      argument: { type: 'String', name: 'command config property file', completes: 'file' },
    },
    {
      name: 'delete',
      description: 'Delete share group.',
    },
    {
      name: 'delete-offsets',
      description:
        'Delete offsets of share group. Supports one share group at the time, and ' +
        'multiple topics.',
    },
    {
      name: 'describe',
      description: 'Describe share group, members and offset information.',
    },
    {
      name: 'dry-run',
      description:
        'Only show results without executing changes on share groups. Supported ' +
        'operations: reset-offsets.',
    },
    {
      name: 'execute',
      description: 'Execute operation. Supported operations: reset-offsets.',
    },
    {
      name: 'group',
      description: 'The share group we wish to act on.',
      argument: { type: 'String', name: 'share group', completes: 'group' },
    },
    {
      name: 'help',
      description: 'Print usage information.',
    },
    {
      name: 'list',
      description: 'List all share groups.',
    },
    {
      name: 'members',
      description:
        "Describe members of the group. This option may be used with the '--describe' " +
        'option only.',
      availableIf: ['describe'],
    },
    {
      name: 'offsets',
      description:
        'Describe the group and list all topic partitions in the group along with their ' +
        'offset information. This is the default sub-action and may be used with the ' +
        "'--describe' option only.",
      availableIf: ['describe'],
    },
    {
      name: 'reset-offsets',
      description:
        'Reset offsets of share group. Supports one share group at the time, and ' +
        'instances must be inactive.\n' +
        'Has 2 execution options: --dry-run to plan which offsets to reset, and ' +
        '--execute to reset the offsets. \n' +
        'You must choose one of the following reset specifications: --to-datetime, ' +
        '--to-earliest, --to-latest.\n' +
        'To define the scope use --all-topics or --topic.\n' +
        "Fails if neither '--dry-run' nor '--execute' is specified.",
    },
    {
      name: 'state',
      description:
        "When specified with '--describe', includes the state of the group.\n" +
        "When specified with '--list', it displays the state of all groups. It can also " +
        'be used to list groups with specific states. Valid values are Empty, Stable and ' +
        'Dead.',
      argument: { type: 'String', optional: true },
      availableIf: ['describe', 'list'],
    },
    {
      name: 'timeout',
      description:
        'The timeout that can be set for some use cases. For example, it can be used ' +
        'when describing the group to specify the maximum amount of time in milliseconds ' +
        'to wait before the group stabilizes.',
      argument: { type: 'Long', name: 'timeout (ms)', defaults: ['30000'] },
    },
    {
      name: 'to-datetime',
      description: "Reset offsets to offset from datetime. Format: 'YYYY-MM-DDThh:mm:ss.sss'",
      argument: { type: 'String', name: 'datetime' },
    },
    {
      name: 'to-earliest',
      description: 'Reset offsets to earliest offset.',
    },
    {
      name: 'to-latest',
      description: 'Reset offsets to latest offset.',
    },
    {
      name: 'topic',
      description:
        'The topic whose offset information should be deleted or included in the reset ' +
        'offset process. When resetting offsets, partitions can be specified using this ' +
        "format: 'topic1:0,1,2', where 0,1,2 are the partitions to be included.",
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    {
      name: 'verbose',
      description:
        'Provide additional information, if any, when describing the group. This option ' +
        "may be used with the '--describe' option only.",
      availableIf: ['describe'],
    },
    {
      name: 'version',
      description: 'Display Kafka version.',
    },
  ],
  own: [{ name: 'yes', description: 'Reset the offsets without asking.' }],
};
