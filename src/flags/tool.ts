// A tool as its callers see it, and the way through it that launchers and commands share:
// removed options → parse → help or version → run → the wording of a refused command line.

import {
  ArgparseHelpAsked,
  ArgparseRefusal,
  ArgparseVersionAsked,
  parseArgparse,
} from './argparse.ts';
import { argparseError, argparseHelp } from './argparse-help.ts';
import { parseJopt } from './jopt.ts';
import { joptHelp } from './jopt-help.ts';
import type { OptionSpec, OptionTable } from './option-table.ts';
import { CommandLineError, type ParsedOptions } from './parsed-options.ts';
import { applyRemovedOptions } from './removed-options.ts';
import type { ToolContext } from './tool-context.ts';

/** What `--version` prints: the release whose behaviour is mirrored. */
export const KAFKA_VERSION = '4.3.1';
/** argparse4j's scripts tell it as well. */
export const KAFKA_COMMIT = '26b251a451ce941d';

export interface Tool {
  readonly table: OptionTable;
  /** Resolves with the exit code: Kafka's in the exact manner; 0 or 1 in the modern. May throw CommandLineError. */
  run(options: ParsedOptions, context: ToolContext): Promise<number>;
  /** A table whose defaults are made anew in each run. */
  prepare?(context: ToolContext): OptionTable;
  /** The words as a newer command line would have them. May throw CommandLineError. */
  rewrite?(argv: readonly string[], context: ToolContext): readonly string[];
  /** Exact manner, no argument at all: the line before the usage. Absent: the description, as with --help. */
  readonly bareMessage?: string;
  /** Exact manner, no argument at all, argparse4j: the help, and 0. */
  readonly bareHelp?: boolean;
  /** Exact manner, argparse4j: the exit code of --help; 0 when absent. */
  readonly helpExitCode?: number;
  /** Exact manner: how this script words a command line that it refuses, and its exit code. Absent: message, then usage; 1. */
  reject?(error: CommandLineError, context: ToolContext): number;
}

/** Runs a tool on the words after the command's name; resolves with the exit code. */
export async function runTool(
  given: Tool,
  argv: readonly string[],
  context: ToolContext,
): Promise<number> {
  const tool = given.prepare === undefined ? given : { ...given, table: given.prepare(context) };
  try {
    const kept = context.isLenient ? withoutRemoved(tool, argv, context) : argv;
    const words = tool.rewrite?.(kept, context) ?? kept;
    const isBare = words.length === 0 && tool.table.parser === 'jopt';
    if (isBare && context.manner === 'exact') return bareUsage(tool, context);
    if (words.length === 0 && tool.bareHelp === true && context.manner === 'exact') {
      context.out.text(argparseHelp(tool.table, ''));
      return 0;
    }
    const options = parse(tableFor(tool, context), words);
    if (isGiven(tool, options, 'help')) return help(tool, context);
    if (isGiven(tool, options, 'version')) return version(context);
    return await tool.run(options, context);
  } catch (error) {
    if (error instanceof ArgparseHelpAsked) {
      context.out.text(argparseHelp(tool.table, error.subcommand));
      return context.manner === 'exact' ? (tool.helpExitCode ?? 0) : 0;
    }
    if (error instanceof ArgparseVersionAsked) return version(context, ` (Commit:${KAFKA_COMMIT})`);
    if (error instanceof CommandLineError) return refuse(tool, error, context);
    throw error;
  }
}

function tableFor({ table }: Tool, context: ToolContext): OptionTable {
  const legacy = context.isLenient ? (table.legacy ?? []) : [];
  const own = context.manner === 'modern' ? (table.own ?? []) : [];
  const options = context.isLenient ? table.options.map(withoutRequiredServer) : table.options;
  const exclusive = context.isLenient ? withoutRequiredConnection(table) : table.exclusive;
  const all = [...options, ...legacy, ...own];
  const whole = { ...table, options: all, ...(exclusive === undefined ? {} : { exclusive }) };
  if (table.subcommands === undefined || context.manner === 'exact') return whole;
  // What may stand before a sub-command may as well stand behind it.
  const subcommands = [...table.subcommands, ...(table.ownSubcommands ?? [])].map((each) => ({
    ...each,
    options: [...each.options, ...all.filter((spec) => !each.options.includes(spec))],
  }));
  return { ...whole, subcommands };
}

/** Lenient callers find a broker without the option. */
function withoutRequiredServer(spec: OptionSpec): OptionSpec {
  if (spec.name !== 'bootstrap-server' || spec.required !== true) return spec;
  const { required: _, ...rest } = spec;
  return rest;
}

/** Nor is a group of options required that is only about that one. */
function withoutRequiredConnection({ exclusive, options }: OptionTable): OptionTable['exclusive'] {
  return exclusive?.map((group) => {
    const members = options.filter((spec) => spec.excludes === group.name);
    const isConnection = members.every((spec) => spec.name.startsWith('bootstrap-'));
    return isConnection ? { ...group, required: false } : group;
  });
}

function parse(table: OptionTable, argv: readonly string[]): ParsedOptions {
  return table.parser === 'jopt' ? parseJopt(table, argv) : parseArgparse(table, argv);
}

/** argparse4j knows --help itself; jopt-simple's tools declare it and --version. */
function isGiven(tool: Tool, options: ParsedOptions, name: string): boolean {
  return tool.table.options.some((option) => option.name === name) && options.has(name);
}

function withoutRemoved(tool: Tool, argv: readonly string[], context: ToolContext): string[] {
  const { words, warnings } = applyRemovedOptions(tool.table, argv);
  for (const warning of warnings) context.err(warning);
  return words;
}

function bareUsage(tool: Tool, context: ToolContext): number {
  return printUsage(tool.table, tool.bareMessage ?? tool.table.description, context);
}

/** CommandLineUtils.printUsageAndExit: on stderr, and 1, though it was asked for. */
function help(tool: Tool, context: ToolContext): number {
  printUsage(tool.table, tool.table.description, context);
  return context.manner === 'exact' ? 1 : 0;
}

function version(context: ToolContext, more = ''): number {
  context.out.line(context.manner === 'exact' ? KAFKA_VERSION + more : KAFKA_VERSION);
  return 0;
}

function refuse(tool: Tool, error: CommandLineError, context: ToolContext): number {
  if (context.manner === 'modern') {
    context.err(`${error.message}\nSee 'kafta ${tool.table.command} --help'.`);
    return 2;
  }
  if (tool.reject !== undefined) return tool.reject(error, context);
  if (error instanceof ArgparseRefusal) {
    context.err(argparseError(tool.table, error));
    return 1;
  }
  return printUsage(tool.table, error.message, context);
}

/** CommandLineUtils.printUsageAndExit. */
export function printUsage(table: OptionTable, message: string, context: ToolContext): number {
  context.err(message);
  context.err(joptHelp(table).replace(/\n$/, ''));
  return 1;
}
