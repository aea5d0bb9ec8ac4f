// Command lines by the rules of argparse4j as Kafka's scripts use it: sub-commands, `--name value`, `--name=value`,
// `-nvalue`, unambiguous beginnings of long options and of sub-commands, options that exclude each other. Pure.

import { parseJavaDouble, parseJavaInteger } from '../common/java.ts';
import { nearestNames } from './argparse-candidates.ts';
import { shownOption } from './argparse-help.ts';
import type { OptionSpec, OptionTable, Subcommand } from './option-table.ts';
import { CommandLineError, ParsedOptions, specsByName } from './parsed-options.ts';

/** A refused command line; `subcommand` says whose usage is shown, `candidates` what may have been meant. */
export class ArgparseRefusal extends CommandLineError {
  readonly subcommand: string;
  readonly candidates: readonly string[];

  constructor(message: string, subcommand: string, candidates: readonly string[] = []) {
    super(message, 'net.sourceforge.argparse4j.inf.ArgumentParserException', true);
    this.subcommand = subcommand;
    this.candidates = candidates;
  }
}

/** -h or --help, which argparse4j answers at once, whatever follows. */
export class ArgparseHelpAsked extends CommandLineError {
  readonly subcommand: string;

  constructor(subcommand: string) {
    super('Help Screen', 'net.sourceforge.argparse4j.internal.HelpScreenException');
    this.subcommand = subcommand;
  }
}

/** A value, as no option of Kafka's scripts looks like it. */
const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)$/;

/** -v or --version of a script that has it: answered at once as well. */
export class ArgparseVersionAsked extends CommandLineError {
  constructor() {
    super('Version', 'net.sourceforge.argparse4j.internal.HelpScreenException');
  }
}

export const HELP_OPTION: OptionSpec = {
  name: 'help',
  aliases: ['h'],
  shortFirst: true,
  description: 'show this help message and exit',
};

export function parseArgparse(table: OptionTable, argv: readonly string[]): ParsedOptions {
  return new ArgparseParse(table, argv).run();
}

class ArgparseParse {
  readonly #table: OptionTable;
  readonly #argv: readonly string[];
  readonly #given = new Map<OptionSpec, string[]>();
  readonly #words: string[] = [];
  #options: readonly OptionSpec[];
  #specs: Map<string, OptionSpec>;
  #subcommand = '';
  #at = 0;
  #isAfterDashes = false;

  constructor(table: OptionTable, argv: readonly string[]) {
    this.#table = table;
    this.#argv = argv;
    this.#options = [HELP_OPTION, ...table.options];
    this.#specs = specsByName(table, this.#options);
  }

  run(): ParsedOptions {
    while (this.#at < this.#argv.length) {
      const token = this.#argv[this.#at++]!;
      if (token === '--' && !this.#isAfterDashes) this.#isAfterDashes = true;
      else if (this.#isOption(token)) this.#option(token);
      else this.#word(token);
    }
    if (this.#table.subcommands !== undefined && this.#subcommand === '') {
      throw this.#refusal('too few arguments');
    }
    this.#ensureRequired();
    const specs = specsByName(this.#table, [...this.#table.options, ...this.#options]);
    return new ParsedOptions(this.#table, specs, this.#given, this.#words, this.#subcommand);
  }

  #isOption(token: string): boolean {
    if (this.#isAfterDashes || !token.startsWith('-') || token === '-') return false;
    return !NEGATIVE_NUMBER.test(token);
  }

  #word(token: string): void {
    const { subcommands } = this.#table;
    if (this.#table.positional !== undefined) {
      this.#words.push(token);
      return;
    }
    const isTaken = this.#subcommand !== '' || this.#isAfterDashes;
    if (subcommands === undefined || isTaken) throw this.#unrecognized(token);
    const found = this.#findSubcommand(subcommands, token);
    this.#subcommand = found.name;
    // The options of the parser above stay known by name to the caller, but end here on the line.
    this.#options = [HELP_OPTION, ...found.options];
    this.#specs = specsByName(this.#table, this.#options);
  }

  #findSubcommand(subcommands: readonly Subcommand[], token: string): Subcommand {
    const exact = subcommands.find((each) => each.name === token);
    if (exact !== undefined) return exact;
    const names = subcommands.map(({ name }) => name);
    const matches = token === '' ? [] : names.filter((name) => name.startsWith(token)).sort();
    if (matches.length === 1) return subcommands.find(({ name }) => name === matches[0])!;
    if (matches.length > 1) {
      throw this.#refusal(`ambiguous command: ${token} could match ${matches.join(', ')}`);
    }
    const list = names.map((name) => `'${name}'`).join(', ');
    throw this.#refusal(
      `invalid choice: '${token}' (choose from ${list})`,
      nearestNames(token, names),
    );
  }

  #option(token: string): void {
    const isLong = token.startsWith('--');
    const text = token.slice(isLong ? 2 : 1);
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const attached = equals < 0 ? undefined : text.slice(equals + 1);
    if (!isLong) this.#short(token, text, name, attached);
    else this.#take(this.#long(name) ?? this.#abbreviated(name, token), attached);
  }

  /** `--h` is the beginning of a name, never the letter. */
  #long(name: string): OptionSpec | undefined {
    return name.length === 1 ? undefined : this.#specs.get(name);
  }

  #short(token: string, text: string, name: string, attached: string | undefined): void {
    const whole = this.#specs.get(name);
    if (whole !== undefined && name.length === 1) {
      this.#take(whole, attached);
      return;
    }
    for (let index = 0; index < text.length; index++) {
      const spec = this.#specs.get(text[index]!);
      if (spec === undefined) throw this.#unrecognized(token);
      const rest = text.slice(index + 1);
      if (spec.argument !== undefined && rest !== '') {
        this.#take(spec, rest);
        return;
      }
      this.#take(spec, undefined);
    }
  }

  #abbreviated(name: string, token: string): OptionSpec {
    const matches = [...this.#specs.keys()].filter(
      (each) => each.length > 1 && each.startsWith(name),
    );
    if (matches.length === 1) return this.#specs.get(matches[0]!)!;
    if (matches.length === 0) throw this.#unrecognized(token);
    const list = matches
      .sort()
      .map((each) => `--${each}`)
      .join(', ');
    throw this.#refusal(`ambiguous option: --${name} could match ${list}`);
  }

  #take(spec: OptionSpec, attached: string | undefined): void {
    if (spec.argument === undefined && attached !== undefined) {
      throw this.#refusal(`argument ${shownOption(spec)}: ignore implicit argument '${attached}'`);
    }
    if (spec === HELP_OPTION) throw new ArgparseHelpAsked(this.#subcommand);
    if (spec.name === 'version' && spec.argument === undefined) throw new ArgparseVersionAsked();
    this.#ensureAlone(spec);
    const values = this.#given.get(spec) ?? [];
    this.#given.set(spec, values);
    if (spec.argument === undefined) return;
    if (spec.argument.many === true) {
      this.#takeMany(spec, attached, values);
      return;
    }
    const argument = attached ?? this.#nextArgument();
    if (argument === undefined) {
      if (spec.argument.optional === true) return;
      throw this.#refusal(`argument ${shownOption(spec)}: expected one argument`);
    }
    this.#ensureType(spec, argument);
    this.#ensureChoice(spec, argument);
    if (spec.argument.gathers !== true) values.length = 0;
    values.push(argument);
  }

  /** Given again, the last words count. */
  #takeMany(spec: OptionSpec, attached: string | undefined, values: string[]): void {
    values.length = 0;
    if (attached !== undefined) values.push(attached);
    else {
      let next = this.#nextArgument();
      for (; next !== undefined; next = this.#nextArgument()) values.push(next);
    }
    if (values.length === 0) {
      throw this.#refusal(`argument ${shownOption(spec)}: expected 1 argument(s)`);
    }
  }

  /** Java's valueOf of the type, with the words of its NumberFormatException. */
  #ensureType(spec: OptionSpec, text: string): void {
    const { type = 'String' } = spec.argument ?? {};
    if (type === 'String') return;
    const reason = numberProblem(type, text);
    if (reason === undefined) return;
    throw this.#refusal(
      `argument ${shownOption(spec)}: could not convert '${text}' to ${type} (${reason})`,
    );
  }

  #nextArgument(): string | undefined {
    const next = this.#argv[this.#at];
    if (next === undefined || this.#isOption(next)) return undefined;
    this.#at++;
    return next;
  }

  #ensureChoice(spec: OptionSpec, argument: string): void {
    const choices = spec.argument?.choices;
    if (choices === undefined || choices.includes(argument)) return;
    throw this.#refusal(
      `argument ${shownOption(spec)}: invalid choice: '${argument}' (choose from {${choices.join(',')}})`,
    );
  }

  #ensureAlone(spec: OptionSpec): void {
    if (spec.excludes === undefined) return;
    for (const other of this.#given.keys()) {
      if (other === spec || other.excludes !== spec.excludes) continue;
      throw this.#refusal(
        `argument ${shownOption(spec)}: not allowed with argument ${shownOption(other)}`,
      );
    }
  }

  /** The parser above is asked first, after all that a sub-command's own parser has to say against the line. */
  #ensureRequired(): void {
    if (this.#subcommand !== '') {
      this.#ensureAllOf(this.#table.options, '');
      this.#ensureChosen(this.#table.options, '');
    }
    this.#ensureAllOf(this.#options, this.#subcommand);
    this.#ensureChosen(this.#options, this.#subcommand);
  }

  #ensureAllOf(options: readonly OptionSpec[], subcommand: string): void {
    for (const spec of options.toReversed()) {
      if (spec.required !== true || this.#given.has(spec)) continue;
      throw new ArgparseRefusal(`argument ${shownOption(spec)} is required`, subcommand);
    }
  }

  #ensureChosen(options: readonly OptionSpec[], subcommand: string): void {
    for (const { name, required } of this.#table.exclusive ?? []) {
      const members = options.filter((spec) => spec.excludes === name);
      if (required !== true || members.length === 0) continue;
      if (members.some((spec) => this.#given.has(spec))) continue;
      const names = members.map((spec) => `${shownOption(spec)} `).join('');
      throw new ArgparseRefusal(`one of the arguments ${names}is required`, subcommand);
    }
  }

  #unrecognized(token: string): ArgparseRefusal {
    const typed = token.replace(/^--?/, '');
    const isFlag = token.startsWith('-') && typed.length > 1;
    const names = this.#options.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);
    const flags = names.filter((name) => name.length > 1).map((name) => `--${name}`);
    const candidates = isFlag ? nearestNames(typed, flags, (flag) => flag.slice(2)) : [];
    return this.#refusal(`unrecognized arguments: '${token}'`, candidates);
  }

  #refusal(message: string, candidates: readonly string[] = []): ArgparseRefusal {
    return new ArgparseRefusal(message, this.#subcommand, candidates);
  }
}

const BITS = { Short: 16, Integer: 32, Long: 64 } as const;

/** Integer.valueOf, Long.valueOf and Double.valueOf: why they throw, undefined when they don't. */
function numberProblem(
  type: 'Short' | 'Integer' | 'Long' | 'Double',
  text: string,
): string | undefined {
  if (type === 'Double') {
    if (text.trim() === '') return 'empty String';
    return parseJavaDouble(text) === undefined ? `For input string: "${text}"` : undefined;
  }
  if (parseJavaInteger(text, BITS[type]) !== undefined) return undefined;
  if (type === 'Short' && parseJavaInteger(text, 32) !== undefined) {
    return `Value out of range. Value:"${text}" Radix:10`;
  }
  return `For input string: "${text}"`;
}
