// One row per config: its name, type, default and rule; parsing and checking by Kafka's rules with Kafka's texts
// (org.apache.kafka.common.config.ConfigDef, ConfigException). Pure: no files, no clock.
// It never decides where a value comes from; that is describe-configs.ts and broker-config.ts.

import { javaLongToString, parseJavaDouble, parseJavaInteger } from '../common/java.ts';
import { javaDoubleToString } from '../common/java-floating.ts';

export type ConfigType =
  | 'BOOLEAN'
  | 'STRING'
  | 'INT'
  | 'SHORT'
  | 'LONG'
  | 'DOUBLE'
  | 'LIST'
  | 'CLASS'
  | 'PASSWORD';

/** int64 is a number here: 9223372036854775807 reads as 2^63. */
export type ConfigValue = string | number | boolean | readonly string[] | null;

/** When a broker config may change while the broker runs (DynamicBrokerConfig). */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide';

export interface ConfigKey {
  readonly name: string;
  readonly type: ConfigType;
  /** The default as Kafka prints it; null is null; undefined: a value must be given. */
  readonly defaultText: string | null | undefined;
  readonly validator?: Validator | undefined;
  readonly updateMode?: UpdateMode | undefined;
  /** Accepted, but neither described nor documented. */
  readonly internal?: boolean | undefined;
}

/** Throws ConfigError. `text` describes the rule as Kafka's documentation table does. */
export interface Validator {
  readonly text: string;
  ensureValid(name: string, value: ConfigValue, shown: string): void;
}

export type ConfigTable = ReadonlyMap<string, ConfigKey>;

/** Kafka's ConfigException; its message is the whole sentence. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigException';
  }
}

/** A mistake that Kafka answers with INVALID_REQUEST instead of INVALID_CONFIG. */
export class ConfigRequestError extends ConfigError {}

export function invalidValue(name: string, shown: string | null, why?: string): ConfigError {
  const reason = why === undefined ? '' : `: ${why}`;
  return new ConfigError(`Invalid value ${shown} for configuration ${name}${reason}`);
}

export function configKey(
  name: string,
  type: ConfigType,
  defaultText: string | null | undefined,
  validator?: Validator,
): ConfigKey {
  return { name, type, defaultText, validator };
}

export function internalKey(key: ConfigKey): ConfigKey {
  return { ...key, internal: true };
}

/** Rows keep their order: it is the order of Kafka's definitions, and shows where names share a hash bucket. */
export function configTable(...parts: readonly (readonly ConfigKey[])[]): ConfigTable {
  return new Map(parts.flat().map((key) => [key.name, key]));
}

/** Parses by type, without the rule. Throws ConfigError. */
export function parseType(name: string, type: ConfigType, text: string | null): ConfigValue {
  if (text === null) return null;
  const trimmed = text.trim();
  switch (type) {
    case 'BOOLEAN': {
      const lower = trimmed.toLowerCase();
      if (lower === 'true') return true;
      if (lower === 'false') return false;
      throw invalidValue(name, text, 'Expected value to be either true or false');
    }
    case 'INT':
    case 'SHORT':
    case 'LONG': {
      const value = parseJavaInteger(trimmed, type === 'INT' ? 32 : type === 'SHORT' ? 16 : 64);
      if (value === undefined) throw invalidValue(name, text, `Not a number of type ${type}`);
      return Number(value);
    }
    case 'DOUBLE': {
      const value = parseJavaDouble(trimmed);
      if (value === undefined) throw invalidValue(name, text, 'Not a number of type DOUBLE');
      return value;
    }
    case 'LIST':
      // Since Kafka 4.1 repetitions go, whatever the rule says of them.
      return trimmed === '' ? [] : [...new Set(trimmed.split(/\s*,\s*/))];
    case 'STRING':
    case 'CLASS':
    case 'PASSWORD':
      return trimmed;
  }
}

/** Parses and checks one value. Throws ConfigError with Kafka's text. */
export function parseConfig(key: ConfigKey, text: string | null): ConfigValue {
  const value = parseType(key.name, key.type, text);
  key.validator?.ensureValid(key.name, value, showValue(key.type, value));
  return value;
}

/** The value a config has when nobody set it. Throws ConfigError when it is required. */
export function defaultValue(key: ConfigKey): ConfigValue {
  if (key.defaultText === undefined) {
    throw new ConfigError(
      `Missing required configuration "${key.name}" which has no default value.`,
    );
  }
  return parseConfig(key, key.defaultText);
}

/** Every config of the table: given values parsed and checked, the others at their defaults. Throws ConfigError. */
export function parseAll(
  table: ConfigTable,
  texts: ReadonlyMap<string, string | null>,
): Map<string, ConfigValue> {
  const values = new Map<string, ConfigValue>();
  for (const key of table.values()) {
    const text = texts.get(key.name);
    values.set(key.name, text === undefined ? defaultValue(key) : parseConfig(key, text));
  }
  return values;
}

/** ConfigDef.convertToString: how DescribeConfigs shows a parsed value; null stays null. */
export function convertToString(type: ConfigType, value: ConfigValue): string | null {
  if (value === null) return null;
  if (typeof value === 'number') {
    return type === 'DOUBLE' ? javaDoubleToString(value) : javaLongToString(value);
  }
  return typeof value === 'object' ? value.join(',') : String(value);
}

/** A text as Kafka shows it after reading it: ` +5` of an INT is `5`. Throws ConfigError. */
export function normalizeText(key: ConfigKey, text: string | null): string | null {
  if (text !== null && key.type === 'LONG') {
    const exact = parseJavaInteger(text.trim(), 64);
    if (exact !== undefined) return exact.toString();
  }
  return convertToString(key.type, parseType(key.name, key.type, text));
}

/** As Java's string concatenation shows a value in an error: lists in brackets, null as "null". */
function showValue(type: ConfigType, value: ConfigValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return convertToString(type, value) as string;
}
