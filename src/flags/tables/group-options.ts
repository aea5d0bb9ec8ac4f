// What the scripts that look after groups of consumers have in common, above all where offsets are reset to.

import type { OptionSpec } from '../option-table.ts';

export const TO_EARLIEST: OptionSpec = {
  name: 'to-earliest',
  description: 'Reset offsets to earliest offset.',
};

export const TO_LATEST: OptionSpec = {
  name: 'to-latest',
  description: 'Reset offsets to latest offset.',
};

export const TO_DATETIME: OptionSpec = {
  name: 'to-datetime',
  description: "Reset offsets to offset from datetime. Format: 'YYYY-MM-DDThh:mm:ss.sss'",
  argument: { type: 'String', name: 'datetime' },
};

export const TO_CURRENT: OptionSpec = {
  name: 'to-current',
  description: 'Reset offsets to current offset.',
};

export const TO_OFFSET: OptionSpec = {
  name: 'to-offset',
  description: 'Reset offsets to a specific offset.',
  argument: { type: 'Long', name: 'offset' },
};

export const SHIFT_BY: OptionSpec = {
  name: 'shift-by',
  description:
    "Reset offsets shifting current offset by 'n', where 'n' can be positive or " + 'negative.',
  argument: { type: 'Long', name: 'number-of-offsets' },
};

export const BY_DURATION: OptionSpec = {
  name: 'by-duration',
  description: "Reset offsets to offset by duration from current timestamp. Format: 'PnDTnHnMnS'",
  argument: { type: 'String', name: 'duration' },
};

export const FROM_FILE: OptionSpec = {
  name: 'from-file',
  description: 'Reset offsets to values defined in CSV file.',
  argument: { type: 'String', name: 'path to CSV file', completes: 'file' },
};

export const EXPORT: OptionSpec = {
  name: 'export',
  description: 'Export operation execution to a CSV file. Supported operations: reset-offsets.',
};

export const EXECUTE: OptionSpec = {
  name: 'execute',
  description: 'Execute operation. Supported operations: reset-offsets.',
};

export const MEMBERS: OptionSpec = {
  name: 'members',
  description:
    "Describe members of the group. This option may be used with the '--describe' " +
    'option only.',
  availableIf: ['describe'],
};

export const GROUP_TIMEOUT: OptionSpec = {
  name: 'timeout',
  description:
    'The timeout that can be set for some use cases. For example, it can be used ' +
    'when describing the group to specify the maximum amount of time in milliseconds ' +
    'to wait before the group stabilizes.',
  argument: { type: 'Long', name: 'timeout (ms)', defaults: ['30000'] },
};
