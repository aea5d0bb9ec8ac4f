// What --add-config, --add-config-file and --delete-config ask for (ConfigCommand.parseConfigsToBeAdded, …Deleted).

import { javaRegexSplitter } from '../../common/java-regex.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { Io } from '../../io/io.ts';
import { loadProperties } from '../support/properties.ts';
import { refusal } from './checks.ts';

export interface Changes {
  readonly added: ReadonlyMap<string, string>;
  readonly deleted: readonly string[];
}

/** A comma or an equals sign that no square brackets are around. */
const splitConfigs = javaRegexSplitter(',(?=[^\\]]*(?:\\[|$))');
const PAIR = /\s*=\s*(?=[^\]]*(?:\[|$))/;
const NAME = /^[$a-zA-Z0-9._-]*$/;

/** Throws CommandLineError with Kafka's words, FileError for a file that can't be read. */
export function parseChanges(options: ParsedOptions, io: Io): Changes {
  const added = new Map<string, string>();
  if (options.has('add-config-file')) {
    for (const [name, value] of loadProperties(io, options.value('add-config-file')!)) {
      added.set(name, value);
    }
  }
  if (options.has('add-config')) {
    for (const [name, value] of parseAdded(options.value('add-config')!)) added.set(name, value);
  }
  for (const name of added.keys()) {
    if (!NAME.test(name)) throw refusal(`Invalid character found for config key: ${name}`);
  }
  const deleted = options.has('delete-config') ? options.values('delete-config') : [];
  return { added, deleted: deleted.map((name) => name.trim()) };
}

function parseAdded(text: string): [string, string][] {
  const pairs = splitConfigs(text).map((config) => config.split(PAIR));
  if (!pairs.every((pair) => pair.length === 2)) {
    throw refusal(
      'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.',
    );
  }
  return pairs.map(([name, value]) => [name!.trim(), value!.replaceAll(/[[\]]/g, '').trim()]);
}
