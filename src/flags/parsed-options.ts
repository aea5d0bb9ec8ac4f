// What a parser found on a command line: which options were given, with which arguments, under jopt-simple's rules
// for defaults. Conversion happens when a tool asks, as in Kafka's tools; so does the error.

import type { OptionSpec, OptionTable } from './option-table.ts';

/**
 * A command line that can't be accepted. `message` has Kafka's words.
 * `exception` is the Java class that Kafka's tools print with some of them.
 */
export class CommandLineError extends Error {
  readonly exception: string;
  /** Kafka prints the usage after the message. */
  readonly showsUsage: boolean;

  constructor(message: string, exception: string, showsUsage = false, cause?: Error) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CommandLineError';
    this.exception = exception;
    this.showsUsage = showsUsage;
  }
}

/** The command line itself, for tools whose answers show it. */
export interface CommandLine {
  readonly argv: readonly string[];
  /** Every option in the order given, as often as it was given. */
  readonly sequence: readonly OptionSpec[];
}

const INTEGER = /^[+-]?\d+$/;
const DOUBLE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/;
const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

export class ParsedOptions {
  readonly table: OptionTable;
  /** Words that belong to no option; jopt-simple's tools ignore them. */
  readonly words: readonly string[];
  /** The sub-command of an argparse4j script; '' where there are none. */
  readonly subcommand: string;
  /** Empty for argparse4j scripts. */
  readonly line: CommandLine;
  readonly #given: ReadonlyMap<OptionSpec, readonly string[]>;
  readonly #specs: ReadonlyMap<string, OptionSpec>;

  constructor(
    table: OptionTable,
    specs: ReadonlyMap<string, OptionSpec>,
    given: ReadonlyMap<OptionSpec, readonly string[]>,
    words: readonly string[],
    subcommand = '',
    line: CommandLine = { argv: [], sequence: [] },
  ) {
    this.table = table;
    this.#specs = specs;
    this.#given = given;
    this.words = words;
    this.subcommand = subcommand;
    this.line = line;
  }

  /** Whether the script has such an option at all. */
  knows(name: string): boolean {
    return this.#specs.has(name);
  }

  /** Whether the option stands on the command line; a default doesn't count. */
  has(name: string): boolean {
    return this.#given.has(this.#spec(name));
  }

  /** The argument, else the default, else undefined (`--state` without one too). Given twice it is an error. */
  value(name: string): string | undefined {
    const values = this.values(name);
    if (values.length > 1) {
      throw new CommandLineError(
        `Found multiple arguments for option ${name}, but you asked for only one`,
        'joptsimple.MultipleArgumentsForOptionException',
      );
    }
    return values[0];
  }

  /** Every argument in order; the defaults when there is none. */
  values(name: string): readonly string[] {
    const spec = this.#spec(name);
    const values = this.#given.get(spec);
    if (values === undefined || values.length === 0) return spec.argument?.defaults ?? [];
    return values;
  }

  /** A Java int. */
  integer(name: string): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    const value = INTEGER.test(text) ? Number(text) : Number.NaN;
    if (!(value >= -0x8000_0000 && value <= 0x7fff_ffff)) throw this.#unparsable(name, text);
    return value;
  }

  /** A Java long; beyond 2^53 the nearest double. */
  long(name: string): number | undefined {
    const text = this.value(name);
    return text === undefined ? undefined : this.#long(name, text);
  }

  /** Every argument as a Java long. */
  longs(name: string): readonly number[] {
    return this.values(name).map((text) => this.#long(name, text));
  }

  #long(name: string, text: string): number {
    if (!INTEGER.test(text)) throw this.#unparsable(name, text);
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
    if (value < LONG_MIN || value > LONG_MAX) throw this.#unparsable(name, text);
    return Number(value);
  }

  double(name: string): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    if (!DOUBLE.test(text.trim())) throw this.#unparsable(name, text);
    return Number.parseFloat(text);
  }

  #unparsable(name: string, text: string): CommandLineError {
    return new CommandLineError(
      `Cannot parse argument '${text}' of option ${name}`,
      'joptsimple.OptionArgumentConversionException',
      false,
      reflectionError(text),
    );
  }

  #spec(name: string): OptionSpec {
    const spec = this.#specs.get(name);
    if (spec === undefined) throw new Error(`${this.table.script} has no option ${name}`);
    return spec;
  }
}

/** What jopt-simple found: the conversion by reflection, which failed on the number. */
function reflectionError(text: string): CommandLineError {
  const numberError = new CommandLineError(
    `For input string: "${text}"`,
    'java.lang.NumberFormatException',
  );
  return new CommandLineError(
    `${numberError.exception}: ${numberError.message}`,
    'joptsimple.internal.ReflectionException',
    false,
    numberError,
  );
}

/** Every spelling of every option of a table. */
export function specsByName(
  table: OptionTable,
  options: readonly OptionSpec[] = table.options,
): Map<string, OptionSpec> {
  const specs = new Map<string, OptionSpec>();
  for (const spec of options) {
    specs.set(spec.name, spec);
    for (const alias of spec.aliases ?? []) specs.set(alias, spec);
  }
  return specs;
}
