// kafka-share-groups.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { ADMIN_CONFIG_FILE, HELP, REQUIRED_SERVERS, VERSION } from './common-options.ts';
import {
  EXECUTE,
  GROUP_TIMEOUT,
  MEMBERS,
  TO_DATETIME,
  TO_EARLIEST,
  TO_LATEST,
} from './group-options.ts';

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
    REQUIRED_SERVERS,
    ADMIN_CONFIG_FILE,
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
    EXECUTE,
    {
      name: 'group',
      description: 'The share group we wish to act on.',
      argument: { type: 'String', name: 'share group', completes: 'group' },
    },
    HELP,
    {
      name: 'list',
      description: 'List all share groups.',
    },
    MEMBERS,
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
    GROUP_TIMEOUT,
    TO_DATETIME,
    TO_EARLIEST,
    TO_LATEST,
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
    VERSION,
  ],
  own: [{ name: 'yes', description: 'Reset the offsets without asking.' }],
};
