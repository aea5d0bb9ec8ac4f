// Command lines by the rules of jopt-simple 5.0.4 as Kafka's scripts use it (`new OptionParser(false)`):
// no abbreviations; `--name value`, `--name=value` and `-name` alike; clusters of one-letter options;
// stray words are kept aside; `--` ends the options. Pure: it prints nothing and converts nothing.

import { javaHashOrder } from '../common/java.ts';
import { javaHashCode } from '../common/java-hash.ts';
import type { OptionSpec, OptionTable } from './option-table.ts';
import { CommandLineError, ParsedOptions, specsByName } from './parsed-options.ts';

export function parseJopt(table: OptionTable, argv: readonly string[]): ParsedOptions {
  return new JoptParse(table, argv).run();
}

function isLong(token: string): boolean {
  return token.startsWith('--') && token !== '--';
}

function isShort(token: string): boolean {
  return token.startsWith('-') && token !== '-' && !token.startsWith('--');
}

function looksLikeAnOption(token: string): boolean {
  return isLong(token) || isShort(token);
}

const NUMBER = /^[+-]?\d+$/;

class JoptParse {
  readonly #table: OptionTable;
  readonly #argv: readonly string[];
  readonly #specs: Map<string, OptionSpec>;
  readonly #given = new Map<OptionSpec, string[]>();
  readonly #sequence: OptionSpec[] = [];
  readonly #words: string[] = [];
  #at = 0;

  constructor(table: OptionTable, argv: readonly string[]) {
    this.#table = table;
    this.#argv = argv;
    this.#specs = specsByName(table);
  }

  run(): ParsedOptions {
    while (this.#at < this.#argv.length) {
      const token = this.#argv[this.#at++]!;
      if (token === '--') break;
      if (isLong(token)) this.#long(token.slice(2));
      else if (isShort(token)) this.#short(token.slice(1));
      else this.#words.push(token);
    }
    while (this.#at < this.#argv.length) this.#words.push(this.#argv[this.#at++]!);
    this.#ensureRequired();
    this.#ensureAvailable();
    const argv = this.#argv;
    const sequence = this.#sequence;
    return new ParsedOptions(this.#table, this.#specs, this.#given, this.#words, '', {
      argv,
      sequence,
    });
  }

  #long(text: string): void {
    const { name, argument } = split(text);
    const spec = this.#specs.get(name);
    if (spec === undefined) throw unrecognized(name);
    this.#take(spec, argument);
  }

  #short(text: string): void {
    const { name, argument } = split(text);
    const spec = this.#specs.get(name);
    if (spec !== undefined) this.#take(spec, argument);
    else this.#cluster(text);
  }

  /** `-abc`: each letter an option; the rest of the word is the argument of the first that takes one. */
  #cluster(text: string): void {
    for (const letter of text) {
      const spec = this.#specs.get(letter);
      if (spec === undefined) throw unrecognized(letter);
      if (spec.argument !== undefined) break;
    }
    for (let index = 0; index < text.length; index++) {
      const spec = this.#specs.get(text[index]!)!;
      const rest = text.slice(index + 1);
      if (spec.argument !== undefined && rest !== '') {
        this.#take(spec, rest);
        return;
      }
      this.#take(spec, undefined);
    }
  }

  #take(spec: OptionSpec, detected: string | undefined): void {
    if (spec.argument === undefined) this.#add(spec);
    else if (detected !== undefined) this.#addArgument(spec, detected);
    else if (spec.argument.optional === true) this.#takeOptional(spec);
    else this.#takeRequired(spec);
  }

  /** A required argument is the next word, whatever it looks like: `--shift-by -2`. */
  #takeRequired(spec: OptionSpec): void {
    if (this.#at >= this.#argv.length) {
      throw new CommandLineError(
        `Option ${shownName(spec)} requires an argument`,
        'joptsimple.OptionMissingRequiredArgumentException',
      );
    }
    this.#addArgument(spec, this.#argv[this.#at++]!);
  }

  #takeOptional(spec: OptionSpec): void {
    const next = this.#argv[this.#at];
    const type = spec.argument?.type;
    const isNumeric = type === 'Integer' || type === 'Long';
    if (next === undefined) this.#add(spec);
    else if (isNumeric ? NUMBER.test(next) : !looksLikeAnOption(next)) {
      this.#at++;
      this.#addArgument(spec, next);
    } else this.#add(spec);
  }

  #add(spec: OptionSpec): string[] {
    const values = this.#given.get(spec) ?? [];
    this.#given.set(spec, values);
    this.#sequence.push(spec);
    return values;
  }

  /** Java's StringTokenizer: empty pieces fall out, and an argument of separators alone is kept whole. */
  #addArgument(spec: OptionSpec, argument: string): void {
    const values = this.#add(spec);
    const separator = spec.argument?.separator;
    const pieces =
      separator === undefined ? [] : argument.split(separator).filter((piece) => piece !== '');
    if (pieces.length === 0) values.push(argument);
    else values.push(...pieces);
  }

  #ensureRequired(): void {
    const missing = this.#table.options.filter((spec) => spec.required && !this.#given.has(spec));
    if (missing.length === 0 || this.#isHelpGiven()) return;
    const names = missing.map((spec) => joined(spec)).join(', ');
    throw new CommandLineError(
      `Missing required option(s) [${names}]`,
      'joptsimple.MissingRequiredOptionsException',
    );
  }

  /** In the order of jopt-simple's own map, whose keys are lists of one name. */
  #ensureAvailable(): void {
    if (this.#isHelpGiven()) return;
    const unavailable = this.#table.options.filter(
      (spec) =>
        this.#given.has(spec) && spec.availableIf?.some((name) => this.#isGiven(name)) === false,
    );
    if (unavailable.length === 0) return;
    const names = javaHashOrder(unavailable, ({ name }) => (31 + javaHashCode(name)) | 0);
    throw new CommandLineError(
      `Option(s) [${names.map((spec) => joined(spec)).join(', ')}] are unavailable given other options on the command line`,
      'joptsimple.UnavailableOptionException',
    );
  }

  #isGiven(name: string): boolean {
    const spec = this.#specs.get(name);
    return spec !== undefined && this.#given.has(spec);
  }

  /** An option that is forHelp() lifts the requirements. */
  #isHelpGiven(): boolean {
    return this.#isGiven('help') || this.#isGiven('version');
  }
}

function split(text: string): { name: string; argument: string | undefined } {
  const equals = text.indexOf('=');
  if (equals < 0) return { name: text, argument: undefined };
  return { name: text.slice(0, equals), argument: text.slice(equals + 1) };
}

function unrecognized(name: string): CommandLineError {
  return new CommandLineError(
    `${name} is not a recognized option`,
    'joptsimple.UnrecognizedOptionException',
  );
}

/** jopt-simple puts the one-letter spellings first, each group in order. */
function spellings(spec: OptionSpec): string[] {
  return [spec.name, ...(spec.aliases ?? [])].sort((left, right) => {
    if ((left.length === 1) !== (right.length === 1)) return left.length === 1 ? -1 : 1;
    return left < right ? -1 : 1;
  });
}

function shownName(spec: OptionSpec): string {
  return spellings(spec)[0]!;
}

function joined(spec: OptionSpec): string {
  return spellings(spec).join('/');
}
