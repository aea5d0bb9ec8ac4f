// The way through oclif: help, version, and the commands that kafta has beside Kafka's. An error is one line on stderr.

import { fileURLToPath } from 'node:url';
import { Config, Errors, flush, run } from '@oclif/core';
import { describeError, describeStdoutFailure } from './support/describe-error.ts';
import { nearest } from './support/suggest.ts';

/** 2: a wrong command line, as in all of `kafta`. */
const USAGE_EXIT_CODE = 2;

/** Sets process.exitCode; rejects only when the package's own manifest can't be read. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.prependListener('error', stdoutFailed);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const config = await Config.load({ root });
  try {
    const words = helpFirst(argv);
    if (isUnknown(config, words)) failUnknown(config, words);
    else await run(words, config);
    await flush();
  } catch (error) {
    fail(error, argv, config);
  }
}

/** Before oclif's listener, which throws: a reader of a pipe that went away is no failure, a full disk is. */
function stdoutFailed({ code = 'EIO' }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return;
  process.stderr.write(`${describeStdoutFailure(code)}\n`);
  process.exit(1);
}

/** `kafta help topics` is `kafta topics --help`. */
function helpFirst(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
}

/** The words before the first option, as long as they could name a command. */
function commandWords(words: readonly string[]): string[] {
  const end = words.findIndex((word) => word.startsWith('-'));
  return words.slice(0, end < 0 ? words.length : end);
}

function isUnknown(config: Config, words: readonly string[]): boolean {
  const [first, second] = commandWords(words);
  if (first === undefined || config.findCommand(first) !== undefined) return false;
  if (config.findTopic(first) === undefined) return true;
  return second !== undefined && config.findCommand(`${first}:${second}`) === undefined;
}

function failUnknown(config: Config, words: readonly string[]): void {
  const [first = '', second] = commandWords(words);
  const isTopic = config.findTopic(first) !== undefined;
  const asked = isTopic ? `${first} ${second}` : first;
  const known = config.commandIDs.map((id) => id.replaceAll(':', ' '));
  const guess = nearest(asked, known);
  const hint = guess === undefined ? '' : ` Did you mean '${guess}'?`;
  const help = isTopic ? `kafta ${first} --help` : 'kafta --help';
  process.stderr.write(`There is no command '${asked}'.${hint} See '${help}'.\n`);
  process.exitCode = USAGE_EXIT_CODE;
}

/** What to type for help on the command line: its words as far as they name a command. */
function helpOn(config: Config, argv: readonly string[]): string {
  const known = commandWords(argv).filter((_, index, words) => {
    const id = words.slice(0, index + 1).join(':');
    return config.findCommand(id) !== undefined || config.findTopic(id) !== undefined;
  });
  return ['kafta', ...known, '--help'].join(' ');
}

function fail(error: unknown, argv: readonly string[], config: Config): void {
  if (error instanceof Errors.ExitError) {
    process.exitCode = error.oclif.exit ?? 0;
    return;
  }
  const { oclif } = error as Error & { oclif?: { exit?: number } };
  const isUsage = oclif?.exit !== undefined;
  const text = describeError(error, argv.includes('--verbose'));
  const said = text.replace(/\s*See more help with --help\s*$/, '').trim();
  const hint = isUsage ? `\nSee '${helpOn(config, argv)}'.` : '';
  process.stderr.write(`${said}${hint}\n`);
  process.exitCode = isUsage ? USAGE_EXIT_CODE : 1;
}
