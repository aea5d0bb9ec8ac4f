// kafka-streams-application-reset.sh of Kafka 4.3.1: its options.

import type { OptionTable } from '../option-table.ts';
import { HELP, VERSION } from './common-options.ts';
import { TO_EARLIEST, TO_LATEST } from './group-options.ts';

export const STREAMS_RESET_TABLE: OptionTable = {
  script: 'kafka-streams-application-reset',
  command: 'streams-application-reset',
  classNames: ['org.apache.kafka.tools.StreamsResetter', 'kafka.tools.StreamsResetter'],
  parser: 'jopt',
  description:
    'This tool helps to quickly reset an application in order to reprocess its data from ' +
    'scratch.\n' +
    '* This tool resets offsets of input topics to the earliest available offset (by ' +
    'default), or to a specific defined position* This tool deletes the internal topics ' +
    'that were created by Kafka Streams (topics starting with "<application.id>-").\n' +
    'The tool finds these internal topics automatically. If the topics flagged ' +
    'automatically for deletion by the dry-run are unsuitable, you can specify a subset ' +
    'with the "--internal-topics" option.\n' +
    '* This tool will not delete output topics (if you want to delete them, you need to ' +
    'do it yourself with the bin/kafka-topics.sh command).\n' +
    '* This tool will not clean up the local state on the stream application instances ' +
    '(the persisted stores used to cache aggregation results).\n' +
    'You need to call KafkaStreams#cleanUp() in your application or manually delete them ' +
    'from the directory specified by "state.dir" configuration ' +
    '($' +
    '{java.io.tmpdir}/kafka-streams/<application.id> by default).\n' +
    '* When long session timeout has been configured, active members could take longer ' +
    'to get expired on the broker thus blocking the reset job to complete. Use the ' +
    '"--force" option could remove those left-over members immediately. Make sure to ' +
    'stop all stream applications when this option is specified to avoid unexpected ' +
    'disruptions.\n' +
    '\n' +
    "*** Important! You will get wrong output if you don't clean up the local stores " +
    'after running the reset tool!\n' +
    '\n' +
    '*** Warning! This tool makes irreversible changes to your application. It is ' +
    'strongly recommended that you run this once with "--dry-run" to preview your ' +
    'changes before making them.\n' +
    '\n',
  summary: 'Reset a Kafka Streams application: offsets, internal topics',
  examples: [
    'kafta streams-application-reset --application-id app --input-topics orders --dry-run',
  ],
  options: [
    {
      name: 'application-id',
      description: 'REQUIRED: The Kafka Streams application ID (application.id).',
      required: true,
      argument: { type: 'String', name: 'id' },
    },
    {
      name: 'bootstrap-server',
      description:
        'The server(s) to connect to. The broker list string in the form ' +
        'HOST1:PORT1,HOST2:PORT2. (default: localhost:9092)',
      argument: { type: 'String', name: 'server to connect to' },
    },
    {
      name: 'by-duration',
      description:
        "Reset offsets to offset by duration from current timestamp. Format: 'PnDTnHnMnS'",
      argument: { type: 'String' },
    },
    {
      name: 'command-config',
      description: 'Config properties file to be passed to admin clients and embedded consumer.',
      argument: { type: 'String', name: 'file name', completes: 'file' },
    },
    {
      name: 'config-file',
      description:
        '(DEPRECATED) Property file containing configs to be passed to admin clients and ' +
        'embedded consumer. This option will be removed in a future version. Use ' +
        '--command-config instead.',
      argument: { type: 'String', name: 'file name', completes: 'file' },
    },
    {
      name: 'dry-run',
      description:
        'Display the actions that would be performed without executing the reset ' + 'commands.',
    },
    {
      name: 'force',
      description:
        'Force the removal of members of the consumer group (intended to remove stopped ' +
        'members if a long session timeout was used). Make sure to shut down all stream ' +
        'applications when this option is specified to avoid unexpected rebalances.',
    },
    {
      name: 'from-file',
      description: 'Reset offsets to values defined in CSV file.',
      argument: { type: 'String', completes: 'file' },
    },
    HELP,
    {
      name: 'input-topics',
      description:
        'Comma-separated list of user input topics. For these topics, the tool by ' +
        'default will reset the offset to the earliest available offset. Reset to other ' +
        'offset position by appending other reset offset option, ex: --input-topics foo ' +
        '--shift-by 5',
      argument: { type: 'String', name: 'list', separator: ',', completes: 'topic' },
    },
    {
      name: 'intermediate-topics',
      description:
        '[deprecated] Comma-separated list of intermediate user topics (topics that are ' +
        'input and output topics). For these topics, the tool will skip to the end.',
      argument: { type: 'String', name: 'list', separator: ',' },
    },
    {
      name: 'internal-topics',
      description:
        'Comma-separated list of internal topics to delete. Must be a subset of the ' +
        'internal topics marked for deletion by the default behaviour (do a dry-run ' +
        'without this option to view these topics).',
      argument: { type: 'String', name: 'list', separator: ',' },
    },
    {
      name: 'shift-by',
      description:
        "Reset offsets shifting current offset by 'n', where 'n' can be positive or " + 'negative',
      argument: { type: 'Long', name: 'number-of-offsets' },
    },
    {
      name: 'to-datetime',
      description: "Reset offsets to offset from datetime. Format: 'YYYY-MM-DDThh:mm:ss.sss'",
      argument: { type: 'String' },
    },
    TO_EARLIEST,
    TO_LATEST,
    {
      name: 'to-offset',
      description: 'Reset offsets to a specific offset.',
      argument: { type: 'Long' },
    },
    VERSION,
  ],
  own: [{ name: 'yes', description: 'Reset without asking.' }],
};
