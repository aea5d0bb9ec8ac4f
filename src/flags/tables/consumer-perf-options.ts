// What kafka-consumer-perf-test.sh and kafka-share-consumer-perf-test.sh have in common.

import type { OptionSpec } from '../option-table.ts';

export const CONFIG_FILE: OptionSpec = {
  name: 'command-config',
  description: 'Config properties file.',
  argument: { type: 'String', name: 'config file', completes: 'file' },
};

export const DATE_FORMAT: OptionSpec = {
  name: 'date-format',
  description:
    'The date format to use for formatting the time field. See ' +
    'java.text.SimpleDateFormat for options.',
  argument: { type: 'String', name: 'date format', defaults: ['yyyy-MM-dd HH:mm:ss:SSS'] },
};

export const HIDE_HEADER: OptionSpec = {
  name: 'hide-header',
  description: 'If set, skips printing the header for the stats.',
};

export const MESSAGES: OptionSpec = {
  name: 'messages',
  description:
    '(DEPRECATED) The number of records to consume. This option will be removed in a ' +
    'future version. Use --num-records instead.',
  argument: { type: 'Long', name: 'count' },
};

export const NUM_RECORDS: OptionSpec = {
  name: 'num-records',
  description: 'REQUIRED: The number of records to consume.',
  argument: { type: 'Long', name: 'count' },
};

export const PRINT_METRICS: OptionSpec = {
  name: 'print-metrics',
  description: 'Print out the metrics.',
};

export const REPORTING_INTERVAL: OptionSpec = {
  name: 'reporting-interval',
  description: 'Interval in milliseconds at which to print progress info.',
  argument: { type: 'Long', name: 'interval_ms', defaults: ['5000'] },
};

export const SHOW_DETAILED_STATS: OptionSpec = {
  name: 'show-detailed-stats',
  description:
    'If set, stats are reported for each reporting interval as configured by ' +
    'reporting-interval.',
};

export const SOCKET_BUFFER_SIZE: OptionSpec = {
  name: 'socket-buffer-size',
  description: 'The size of the tcp RECV size.',
  argument: { type: 'Integer', name: 'size', defaults: ['2097152'] },
};

export const TIMEOUT: OptionSpec = {
  name: 'timeout',
  description: 'The maximum allowed time in milliseconds between returned records.',
  argument: { type: 'Long', name: 'milliseconds', optional: true, defaults: ['10000'] },
};
