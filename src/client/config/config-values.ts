// Java client properties read by one of Kafka's tables: typed access to every value, with its default and its check.
// Unknown names are ignored, as Kafka does (it only logs them).

import {
  type ConfigTable,
  type ConfigValue,
  parseAll,
  ConfigError as TableError,
} from '../../config/config-def.ts';
import { ConfigError } from '../errors.ts';

/** What Java's callers always give and a client of bytes doesn't need. */
const GIVEN: readonly (readonly [string, string])[] = [
  ['key.serializer', 'bytes'],
  ['value.serializer', 'bytes'],
  ['key.deserializer', 'bytes'],
  ['value.deserializer', 'bytes'],
  ['bootstrap.servers', 'given'],
];

export class ConfigValues {
  readonly #given: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, ConfigValue>;

  /** Throws ConfigError with Kafka's sentence for the first bad value. */
  constructor(table: ConfigTable, given: ReadonlyMap<string, string>) {
    this.#given = given;
    const texts = new Map<string, string>(GIVEN);
    for (const [name, value] of given) texts.set(name, value);
    // The addresses come by themselves; the list in a properties file is the caller's to take. Only a blank one is wrong.
    const isBlank = given.get('bootstrap.servers')?.trim() === '';
    texts.set('bootstrap.servers', isBlank ? '' : 'given');
    try {
      this.#values = parseAll(table, texts);
    } catch (error) {
      if (error instanceof TableError) throw new ConfigError(error.message);
      throw error;
    }
  }

  /** Whether the user set it, at whatever value. */
  isGiven(name: string): boolean {
    return this.#given.has(name);
  }

  number(name: string): number {
    return this.#values.get(name) as number;
  }

  boolean(name: string): boolean {
    return this.#values.get(name) as boolean;
  }

  string(name: string): string {
    return this.#values.get(name) as string;
  }

  stringOrNull(name: string): string | null {
    return this.#values.get(name) as string | null;
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) as readonly string[];
  }
}
