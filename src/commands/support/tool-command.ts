// The oclif command of a tool: its flags, help and completion come from the tool's option table. The words go to the
// table's own parser as they are, so that `kafta topics …` reads a line exactly as kafka-topics.sh does.

import { Command, Flags } from '@oclif/core';
import type { ArgumentSpec, OptionSpec } from '../../flags/option-table.ts';
import type { Tool } from '../../flags/tool.ts';
import { GLOBAL_OPTIONS } from './globals.ts';
import { runModern } from './main.ts';

export function toolCommand(tool: Tool): typeof Command {
  const { table } = tool;
  return class ToolCommand extends Command {
    static override readonly id = table.command;
    static override readonly aliases = [...(table.aliases ?? [])];
    static override readonly summary = table.summary;
    static override readonly description =
      `Apache Kafka's ${table.script}.sh: the same options, the same results.`;
    static override readonly examples = [...(table.examples ?? [])];
    static override readonly flags = oclifFlags([
      ...table.options,
      ...(table.own ?? []),
      ...(table.subcommands ?? []).flatMap((subcommand) => subcommand.options),
    ]);
    static override readonly usage = usage(tool);
    /** Its own parser judges the line. */
    static override readonly strict = false;

    override async run(): Promise<void> {
      process.exitCode = await runModern(tool, this.argv);
    }
  };
}

function usage({ table }: Tool): string {
  const names = table.subcommands
    ?.concat(table.ownSubcommands ?? [])
    .map((each) => each.name)
    .join('|');
  return names === undefined
    ? `<%= command.id %> [OPTIONS]`
    : `<%= command.id %> ${names} [OPTIONS]`;
}

type OclifFlags = (typeof Command)['flags'];

function oclifFlags(options: readonly OptionSpec[]): OclifFlags {
  const flags: OclifFlags = {};
  for (const option of options) {
    if (option.name !== 'help') flags[option.name] = oclifFlag(option, undefined);
  }
  for (const option of GLOBAL_OPTIONS) flags[option.name] ??= oclifFlag(option, 'KAFTA');
  return flags;
}

function oclifFlag(option: OptionSpec, group: string | undefined): OclifFlags[string] {
  const letter = option.aliases?.find((alias) => alias.length === 1);
  const common = {
    description: option.description.replace(/\s*\n\s*/g, ' ').trim(),
    hidden: option.hidden === true || option.description.startsWith('(DEPRECATED)'),
    ...(group === undefined ? {} : { helpGroup: group }),
    ...(letter === undefined ? {} : { char: letter as 'a' }),
  };
  if (option.argument === undefined) return Flags.boolean(common);
  return Flags.string({ ...common, ...argumentOf(option.argument) });
}

function argumentOf({ name, choices, defaults }: ArgumentSpec) {
  return {
    ...(name === undefined ? {} : { helpValue: `<${name}>` }),
    ...(choices === undefined ? {} : { options: [...choices] }),
    ...(defaults?.length === 1 ? { default: defaults[0]! } : {}),
  };
}
