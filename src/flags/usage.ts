// Kafka's checks between options (org.apache.kafka.server.util.CommandLineUtils), with its texts.
// Each throws a CommandLineError after which Kafka prints the usage.

import { CommandLineError, type ParsedOptions } from './parsed-options.ts';

function usageError(message: string): CommandLineError {
  return new CommandLineError(message, 'joptsimple.OptionException', true);
}

/** checkRequiredArgs. */
export function checkRequired(options: ParsedOptions, ...required: string[]): void {
  for (const name of required) {
    if (!options.has(name)) throw usageError(`Missing required argument "[${name}]"`);
  }
}

/** checkOneOfArgs. */
export function checkOneOf(options: ParsedOptions, ...names: string[]): void {
  if (names.filter((name) => options.has(name)).length === 1) return;
  const shown = names.map((name) => `[${name}]`).join(', ');
  throw usageError(`Exactly one of the following arguments is required: ${shown}`);
}

/** checkInvalidArgs: `used` can't stand beside any of `invalid`. */
export function checkInvalid(
  options: ParsedOptions,
  used: string,
  invalid: readonly string[],
): void {
  if (!options.has(used)) return;
  for (const name of invalid) {
    if (options.has(name)) {
      throw usageError(`Option "[${used}]" can't be used with option "[${name}]"`);
    }
  }
}

/** checkInvalidArgsSet: all of `used` together can't stand beside any of `invalid`. */
export function checkInvalidSet(
  options: ParsedOptions,
  used: readonly string[],
  invalid: readonly string[],
  trailer = '',
): void {
  if (!used.every((name) => options.has(name))) return;
  for (const name of invalid) {
    if (!options.has(name)) continue;
    const shown = used.map((each) => `[${each}]`).join(', ');
    throw usageError(
      `Option combination "[${shown}]" can't be used with option "[${name}]"${trailer}`,
    );
  }
}

/** Whether jopt-simple finds it only when a tool asks for an argument's value; Kafka's tools don't catch it then. */
export function isArgumentError(error: CommandLineError): boolean {
  return [
    'joptsimple.MultipleArgumentsForOptionException',
    'joptsimple.OptionArgumentConversionException',
  ].includes(error.exception);
}

export function usage(message: string): CommandLineError {
  return usageError(message);
}
