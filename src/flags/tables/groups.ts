// kafka-groups.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';

export const GROUPS_TABLE: OptionTable = {
  script: 'kafka-groups',
  command: 'groups',
  classNames: ['org.apache.kafka.tools.GroupsCommand'],
  parser: 'jopt',
  description: 'This tool helps to list groups of all types.',
  summary: 'List groups of every type',
  examples: ['kafta groups --list', 'kafta groups --list --group-type share'],
  options: [
    {
      name: 'bootstrap-server',
      description: 'REQUIRED: The Kafka server to connect to.',
      required: true,
      argument: { type: 'String', name: 'server to connect to' },
    },
    {
      name: 'command-config',
      description: 'Property file containing configs to be passed to Admin Client.',
      argument: { type: 'String', name: 'command config property file' },
    },
    {
      name: 'consumer',
      description:
        'Filter the groups to show all kinds of consumer groups, including classic and ' +
        "simple consumer groups. This matches group type 'consumer', and group type " +
        "'classic' where the protocol type is 'consumer' or empty.",
    },
    {
      name: 'group-type',
      description:
        "Filter the groups based on group type. Valid types are: 'classic', 'consumer', " +
        "'share' and 'streams'.",
      argument: { type: 'String', name: 'type' },
    },
    HELP,
    {
      name: 'list',
      description: 'List the groups.',
    },
    {
      name: 'protocol',
      description: 'Filter the groups based on protocol type.',
      argument: { type: 'String', name: 'protocol' },
    },
    {
      name: 'share',
      description: 'Filter the groups to show share groups.',
    },
    {
      name: 'streams',
      description: 'Filter the groups to show streams groups.',
    },
    VERSION,
  ],
};
