// kafka-consumer-groups.sh of Kafka 4.3.1: its options, those it has removed, and kafta's own.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';
import {
  BY_DURATION,
  EXECUTE,
  EXPORT,
  FROM_FILE,
  SHIFT_BY,
  TO_CURRENT,
  TO_DATETIME,
  TO_EARLIEST,
  TO_LATEST,
  TO_OFFSET,
} from './group-options.ts';

export const CONSUMER_GROUPS_TABLE: OptionTable = {
  script: 'kafka-consumer-groups',
  command: 'consumer-groups',
  classNames: [
    'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    'kafka.admin.ConsumerGroupCommand',
  ],
  parser: 'jopt',
  description:
    'This tool helps to list all consumer groups, describe a consumer group, delete consumer ' +
    'group info, or reset consumer group offsets.',
  summary: 'List and describe consumer groups, reset their offsets, delete them',
  examples: [
    'kafta consumer-groups --list --state',
    'kafta consumer-groups --describe --group billing',
    'kafta consumer-groups --describe --group billing --watch',
    'kafta consumer-groups --reset-offsets --group billing --topic orders --to-earliest',
    'kafta consumer-groups --reset-offsets --group billing --all-topics --by-duration PT1H --execute',
    'kafta consumer-groups --delete --group billing',
  ],
  options: [
    {
      name: 'all-groups',
      description: 'Apply to all consumer groups.',
    },
    {
      name: 'all-topics',
      description: 'Consider all topics assigned to a group in the `reset-offsets` process.',
    },
    {
      name: 'bootstrap-server',
      description:
        'The server(s) to connect to. REQUIRED for all options except for ' + '--validate-regex.',
      argument: { type: 'String', name: 'server to connect to' },
    },
    BY_DURATION,
    {
      name: 'command-config',
      description: 'Property file containing configs to be passed to Admin Client and Consumer.',
      argument: { type: 'String', name: 'command config property file', completes: 'file' },
    },
    {
      name: 'delete',
      description:
        'Pass in groups to delete topic partition offsets and ownership information over ' +
        'the entire consumer group. For instance --group g1 --group g2',
    },
    {
      name: 'delete-offsets',
      description:
        'Delete offsets of consumer group. Supports one consumer group at the time, and ' +
        'multiple topics.',
    },
    {
      name: 'describe',
      description:
        'Describe consumer group and list offset lag (number of messages not yet ' +
        'processed) related to given group.',
    },
    {
      name: 'dry-run',
      description:
        'Only show results without executing changes on Consumer Groups. Supported ' +
        'operations: reset-offsets.',
    },
    EXECUTE,
    EXPORT,
    FROM_FILE,
    {
      name: 'group',
      description: 'The consumer group we wish to act on.',
      argument: { type: 'String', name: 'consumer group', completes: 'group' },
    },
    HELP,
    {
      name: 'list',
      description: 'List all consumer groups.',
    },
    {
      name: 'members',
      availableIf: ['describe'],
      description:
        "Describe members of the group. This option may be used with '--describe' and " +
        "'--bootstrap-server' options only.\n" +
        'Example: --bootstrap-server localhost:9092 --describe --group group1 --members',
    },
    {
      name: 'offsets',
      availableIf: ['describe'],
      description:
        'Describe the group and list all topic partitions in the group along with their ' +
        "offset lag. This is the default sub-action of and may be used with '--describe' " +
        "and '--bootstrap-server' options only.\n" +
        'Example: --bootstrap-server localhost:9092 --describe --group group1 --offsets',
    },
    {
      name: 'reset-offsets',
      description:
        'Reset offsets of consumer group. Supports one consumer group at the time, and ' +
        'instances should be inactive\n' +
        'Has 2 execution options: --dry-run (the default) to plan which offsets to reset, ' +
        'and --execute to update the offsets. Additionally, the --export option is used ' +
        'to export the results to a CSV format.\n' +
        'You must choose one of the following reset specifications: --to-datetime, ' +
        '--by-duration, --to-earliest, --to-latest, --shift-by, --from-file, ' +
        '--to-current, --to-offset.\n' +
        'To define the scope use --all-topics or --topic. One scope must be specified ' +
        "unless you use '--from-file'.",
    },
    SHIFT_BY,
    {
      name: 'state',
      availableIf: ['describe', 'list'],
      description:
        "When specified with '--describe', includes the state of the group.\n" +
        'Example: --bootstrap-server localhost:9092 --describe --group group1 --state\n' +
        "When specified with '--list', it displays the state of all groups. It can also " +
        'be used to list groups with specific states.\n' +
        'Example: --bootstrap-server localhost:9092 --list --state stable,empty\n' +
        "This option may be used with '--describe', '--list' and '--bootstrap-server' " +
        'options only.',
      argument: { type: 'String', optional: true },
    },
    {
      name: 'timeout',
      description:
        'The timeout that can be set for some use cases. For example, it can be used when ' +
        'describing the group to specify the maximum amount of time in milliseconds to ' +
        'wait before the group stabilizes (when the group is just created, or is going ' +
        'through some changes).',
      argument: { type: 'Long', name: 'timeout (ms)', defaults: ['30000'] },
    },
    TO_CURRENT,
    TO_DATETIME,
    TO_EARLIEST,
    TO_LATEST,
    TO_OFFSET,
    {
      name: 'topic',
      description:
        'The topic whose consumer group information should be deleted or topic whose ' +
        'should be included in the reset offset process. In `reset-offsets` case, ' +
        'partitions can be specified using this format: `topic1:0,1,2`, where 0,1,2 are ' +
        'the partition to be included in the process. Reset-offsets also supports ' +
        'multiple topic inputs.',
      argument: { type: 'String', name: 'topic', completes: 'topic' },
    },
    {
      name: 'type',
      availableIf: ['list'],
      description:
        "When specified with '--list', it displays the types of all the groups. It can " +
        'also be used to list groups with specific types.\n' +
        'Example: --bootstrap-server localhost:9092 --list --type classic,consumer\n' +
        "This option may be used with the '--list' option only.",
      argument: { type: 'String', optional: true },
    },
    {
      name: 'validate-regex',
      description:
        'Validate that the syntax of the provided regular expression is valid according ' +
        'to the RE2 format.',
      argument: { type: 'String', name: 'regex' },
    },
    {
      name: 'verbose',
      availableIf: ['describe'],
      description:
        'Provide additional information, if any, when describing the group. This option ' +
        "may be used with '--offsets'/'--members'/'--state' and '--bootstrap-server' " +
        'options only.\n' +
        'Example: --bootstrap-server localhost:9092 --describe --group group1 --members ' +
        '--verbose',
    },
    VERSION,
  ],
  own: [
    { name: 'yes', description: 'Reset the offsets without asking.' },
    {
      name: 'watch',
      description:
        'With --describe: show the lag again and again, with the rate at which it is worked off ' +
        'and an estimate of when that is done. Every 2 seconds, or as many as given.',
      availableIf: ['describe'],
      argument: { type: 'Integer', name: 'seconds', optional: true },
    },
  ],
  removed: [
    { name: 'zookeeper', takesArgument: true, advice: 'groups live on the broker' },
    { name: 'new-consumer', takesArgument: false, advice: 'there is no other' },
  ],
};
