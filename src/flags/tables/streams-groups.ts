// kafka-streams-groups.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { ADMIN_CONFIG_FILE, HELP, REQUIRED_SERVERS, VERSION } from './common-options.ts';
import {
  BY_DURATION,
  EXECUTE,
  EXPORT,
  FROM_FILE,
  GROUP_TIMEOUT,
  MEMBERS,
  SHIFT_BY,
  TO_CURRENT,
  TO_DATETIME,
  TO_EARLIEST,
  TO_LATEST,
  TO_OFFSET,
} from './group-options.ts';

export const STREAMS_GROUPS_TABLE: OptionTable = {
  script: 'kafka-streams-groups',
  command: 'streams-groups',
  classNames: ['org.apache.kafka.tools.streams.StreamsGroupCommand'],
  parser: 'jopt',
  description: 'This tool helps to list, or describe streams groups.',
  summary: 'List and describe streams groups, reset their offsets, delete them',
  examples: ['kafta streams-groups --list --state', 'kafta streams-groups --describe --group app'],
  options: [
    {
      name: 'all-groups',
      description: 'Apply to all streams groups.',
    },
    {
      name: 'all-input-topics',
      description:
        'Consider all source topics used in the topology of the group. Supported ' +
        'operations: delete-offsets, reset-offsets.',
    },
    REQUIRED_SERVERS,
    BY_DURATION,
    ADMIN_CONFIG_FILE,
    {
      name: 'delete',
      description:
        'Pass in groups to delete topic partition offsets and ownership information over ' +
        'the entire streams group. For instance --group g1 --group g2',
    },
    {
      name: 'delete-all-internal-topics',
      description:
        'Delete all internal topics linked to the streams group. Supported operations: ' +
        'reset-offsets, delete.With reset-offsets, this option is applicable only when ' +
        '--execute is used.',
    },
    {
      name: 'delete-internal-topic',
      description:
        'Delete specified internal topic of the streams group. Supported operations: ' +
        'reset-offsets.This option is applicable only when --execute is used.',
      argument: { type: 'String' },
    },
    {
      name: 'delete-offsets',
      description:
        'Delete offsets of streams group. Supports one streams group at the time, and ' +
        'multiple topics.',
    },
    {
      name: 'describe',
      description: 'Describe streams group and list offset lag related to given group.',
    },
    {
      name: 'dry-run',
      description:
        'Only show results without executing changes on streams group. Supported ' +
        'operations: reset-offsets.',
    },
    EXECUTE,
    EXPORT,
    FROM_FILE,
    {
      name: 'group',
      description: 'The streams group we wish to act on.',
      argument: { type: 'String', name: 'streams group', completes: 'group' },
    },
    HELP,
    {
      name: 'input-topic',
      description:
        'The input topic whose committed offset should be deleted or reset. In ' +
        '`reset-offsets` case, partitions can be specified using this format: ' +
        '`topic1:0,1,2`, where 0,1,2 are the partition to be included in the process. ' +
        'Multiple input topics can be specified. Supported operations: delete-offsets, ' +
        'reset-offsets.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    {
      name: 'list',
      description: 'List all streams groups.',
    },
    MEMBERS,
    {
      name: 'offsets',
      description:
        'Describe the group and list all topic partitions in the group along with their ' +
        'offset information.This is the default sub-action and may be used with the ' +
        "'--describe' option only.",
      availableIf: ['describe'],
    },
    {
      name: 'reset-offsets',
      description:
        'Reset offsets of streams group. The instances should be inactive.\n' +
        'Has 2 execution options: --dry-run to plan which offsets to reset, and ' +
        '--execute to update the offsets.\n' +
        'If you use --execute, all internal topics linked to the group will also be ' +
        'deleted.\n' +
        'You must choose one of the following reset specifications: --to-datetime, ' +
        '--by-duration, --to-earliest, --to-latest, --shift-by, --from-file, ' +
        '--to-current, --to-offset.\n' +
        'To define the scope use --all-input-topics or --input-topic. One scope must be ' +
        "specified unless you use '--from-file'.\n" +
        "Fails if neither '--dry-run' nor '--execute' is specified.",
    },
    SHIFT_BY,
    {
      name: 'state',
      description:
        "When specified with '--list', it displays the state of all groups. It can also " +
        'be used to list groups with specific states. Valid values are Empty, NotReady, ' +
        'Stable, Assigning, Reconciling, and Dead.',
      argument: { type: 'String', optional: true },
      availableIf: ['list', 'describe'],
    },
    GROUP_TIMEOUT,
    TO_CURRENT,
    TO_DATETIME,
    TO_EARLIEST,
    TO_LATEST,
    TO_OFFSET,
    {
      name: 'verbose',
      description:
        'Use with --describe --state  to show group epoch and target assignment epoch.\n' +
        'Use with --describe --members to show for each member the member epoch, target ' +
        'assignment epoch, current assignment, target assignment, and whether member is ' +
        'still using the classic rebalance protocol.\n' +
        'Use with --describe --offsets  and --describe  to show leader epochs for each ' +
        'partition.',
      availableIf: ['describe'],
    },
    VERSION,
  ],
  own: [{ name: 'yes', description: 'Reset the offsets without asking.' }],
};
