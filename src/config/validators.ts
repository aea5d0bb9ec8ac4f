// The rules a config value must keep, with the sentences that Kafka answers when it doesn't
// (ConfigDef.Range, ValidString, ValidList, CaseInsensitiveValidString, ThrottledReplicaListValidator).
// A rule sees the parsed value and its text; it never changes the value.
import { ConfigError, type ConfigValue, invalidValue, type Validator } from './config-def.ts';

/** The bounds are texts because the errors show them as they were written (0 or 0.0). */
export function between(minText: string, maxText: string): Validator {
  return {
    text: `[${minText},...,${maxText}]`,
    ensureValid(name, value, shown) {
      checkMin(name, value, shown, minText);
      if ((value as number) > Number(maxText)) {
        throw invalidValue(name, shown, `Value must be no more than ${maxText}`);
      }
    },
  };
}

export function atLeast(minText: string): Validator {
  return {
    text: `[${minText},...]`,
    ensureValid: (name, value, shown) => checkMin(name, value, shown, minText),
  };
}

function checkMin(name: string, value: ConfigValue, shown: string, minText: string): void {
  if (value === null) throw invalidValue(name, null, 'Value must be non-null');
  if ((value as number) < Number(minText)) {
    throw invalidValue(name, shown, `Value must be at least ${minText}`);
  }
}

export function oneOf(...valid: readonly string[]): Validator {
  return {
    text: `[${valid.join(', ')}]`,
    ensureValid(name, value, shown) {
      if (!valid.includes(value as string)) {
        throw invalidValue(name, shown, `String must be one of: ${valid.join(', ')}`);
      }
    },
  };
}

export function oneOfIgnoringCase(...valid: readonly string[]): Validator {
  return {
    text: `(case insensitive) [${valid.join(', ')}]`,
    ensureValid(name, value, shown) {
      if (value === null || !valid.includes((value as string).toUpperCase())) {
        const names = valid.join(', ');
        throw invalidValue(name, shown, `String must be one of (case insensitive): ${names}`);
      }
    },
  };
}

/** ShareAcquireMode: named in lower case, given in any. */
export const shareAcquireMode: Validator = {
  text: '[batch_optimized, record_limit]',
  ensureValid(name, value, shown) {
    const lower = typeof value === 'string' ? value.toLowerCase() : '';
    if (lower === 'batch_optimized' || lower === 'record_limit') return;
    throw invalidValue(
      name,
      shown,
      `Invalid value \`${shown}\` for configuration ${name}. The value must either be 'batch_optimized' or 'record_limit'.`,
    );
  },
};

export interface ListRule {
  readonly valid?: readonly string[];
  readonly emptyAllowed: boolean;
  readonly nullAllowed: boolean;
}

/** No duplicates, no empty entries; `valid` names the only entries allowed. */
export function list(rule: ListRule): Validator {
  const valid = rule.valid ?? [];
  return {
    text: valid.length === 0 ? '' : `[${valid.join(', ')}]`,
    ensureValid(name, value) {
      if (value === null) {
        if (rule.nullAllowed) return;
        throw new ConfigError(`Configuration '${name}' values must not be null.`);
      }
      checkEntries(name, value as readonly string[], valid, rule.emptyAllowed);
    },
  };
}

export const anyList = list({ emptyAllowed: true, nullAllowed: false });
export const anyListOrNull = list({ emptyAllowed: true, nullAllowed: true });
export const nonEmptyList = list({ emptyAllowed: false, nullAllowed: false });
export const nonEmptyListOrNull = list({ emptyAllowed: false, nullAllowed: true });

function checkEntries(
  name: string,
  values: readonly string[],
  valid: readonly string[],
  emptyAllowed: boolean,
): void {
  if (values.length === 0 && !emptyAllowed) {
    const shown = valid.length === 0 ? 'any non-empty value' : `[${valid.join(', ')}]`;
    throw new ConfigError(
      `Configuration '${name}' must not be empty. Valid values include: ${shown}`,
    );
  }
  if (new Set(values).size !== values.length) {
    throw new ConfigError(`Configuration '${name}' values must not be duplicated.`);
  }
  for (const entry of values) {
    if (entry === '') throw new ConfigError(`Configuration '${name}' values must not be empty.`);
    if (valid.length > 0 && !valid.includes(entry)) {
      throw invalidValue(name, entry, `String must be one of: ${valid.join(', ')}`);
    }
  }
}

export const nonEmptyString: Validator = {
  text: 'non-empty string',
  ensureValid(name, value, shown) {
    if (value === '') throw invalidValue(name, shown, 'String must be non-empty');
  },
};

export const nonNullString: Validator = {
  text: 'non-null string',
  ensureValid(name, value) {
    if (value === null) throw invalidValue(name, null, 'entry must be non null');
  },
};

/** A rule that is written down but that a parsed list can't break on its own (QuorumConfig checks it elsewhere). */
export const describedList = (text: string): Validator => ({ text, ensureValid() {} });

export const gzipLevel: Validator = {
  text: '[1,...,9] or -1',
  ensureValid(name, value, shown) {
    const level = value as number;
    if ((level < 1 || level > 9) && level !== -1) {
      throw invalidValue(name, shown, 'Value must be between 1 and 9 or equal to -1');
    }
  },
};

export const throttledReplicas: Validator = {
  text: '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
  ensureValid(name, value, shown) {
    const proposed = value as readonly string[];
    const isWildcard = proposed.length === 1 && proposed[0] === '*';
    if (isWildcard || proposed.every((entry) => /^([0-9]+:[0-9]+)?$/.test(entry))) return;
    throw invalidValue(
      name,
      shown,
      `${name} must be the literal '*' or a list of replicas in the following format: ` +
        '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
    );
  },
};

const DURATION = /^by_duration:P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/i;

/** auto.offset.reset: one of the names, or by_duration with an ISO 8601 duration that isn't negative. */
function offsetReset(names: readonly string[], choices: string): Validator {
  return {
    text: `[${names.join(', ')}, by_duration:PnDTnHnMn.nS]`,
    ensureValid(name, value, shown) {
      if (names.includes(value as string) || DURATION.test(value as string)) return;
      const sentence = `Invalid value \`${shown}\` for configuration ${name}. The value must be either`;
      throw invalidValue(name, shown, `${sentence} ${choices}`);
    },
  };
}

/** KIP-1106, AutoOffsetResetStrategy. */
export const consumerOffsetReset = offsetReset(
  ['latest', 'earliest', 'none'],
  "'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.",
);

/** KIP-932, ShareGroupAutoOffsetResetStrategy. */
export const shareOffsetReset = offsetReset(
  ['latest', 'earliest'],
  "'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
);
