// `kafka-storage info`: which of the configured directories are there, formatted, and of one cluster and node.

import type { BrokerConfig } from '../../config/server-properties.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import {
  type MetaProperties,
  readMetaProperties,
  StorageError,
} from '../../metadata/storage/meta-properties.ts';

/** What MetaProperties keeps of a meta.properties, beside the version. */
const KNOWN = ['broker.id', 'cluster.id', 'directory.id', 'node.id'];

export function info(config: BrokerConfig, context: ToolContext): number {
  const found: string[] = [];
  const problems: string[] = [];
  let metadata: MetaProperties | undefined;
  for (const directory of logDirectories(config)) {
    const stat = context.io.disk.stat(directory);
    if (stat === undefined) problems.push(`${directory} does not exist`);
    else if (!stat.isDirectory) problems.push(`${directory} is not a directory`);
    else {
      found.push(directory);
      const properties = inspect(directory, metadata, problems, context);
      metadata ??= properties;
    }
  }
  if (metadata?.version === 0) {
    problems.push(
      'The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are ' +
        'formatted for legacy mode.',
    );
  }
  print(found, metadata, [...new Set(problems)].sort(), context);
  return problems.length === 0 ? 0 : 1;
}

/** Sorted, without repetitions, the metadata directory among them. */
export function logDirectories(config: BrokerConfig): string[] {
  return [...new Set([...config.logDirs, config.metadataLogDir])].sort();
}

function inspect(
  directory: string,
  previous: MetaProperties | undefined,
  problems: string[],
  context: ToolContext,
): MetaProperties | undefined {
  let properties: MetaProperties | undefined;
  try {
    properties = readMetaProperties(context.io.disk, directory);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    problems.push(error.message);
    return undefined;
  }
  if (properties === undefined) {
    problems.push(`${directory} is not formatted.`);
    return undefined;
  }
  if (previous === undefined) return properties;
  if (previous.clusterId !== properties.clusterId) {
    problems.push('Mismatched cluster IDs between storage directories.');
  } else if (previous.nodeId !== properties.nodeId) {
    problems.push('Mismatched node IDs between storage directories.');
  }
  return properties;
}

function print(
  found: readonly string[],
  metadata: MetaProperties | undefined,
  problems: readonly string[],
  context: ToolContext,
): void {
  const { out } = context;
  if (found.length > 0) {
    out.line(found.length === 1 ? 'Found log directory:' : 'Found log directories:');
    for (const directory of found) out.line(`  ${directory}`);
    out.line('');
  }
  if (metadata !== undefined) {
    const known = KNOWN.filter((name) => metadata.all.has(name));
    const parts = known.map((name) => `${name}=${metadata.all.get(name)}`);
    out.line(`Found metadata: {${[...parts, `version=${metadata.version}`].join(', ')}}`);
    out.line('');
  }
  if (problems.length > 0) {
    out.line(problems.length === 1 ? 'Found problem:' : 'Found problems:');
    for (const problem of problems) out.line(`  ${problem}`);
    out.line('');
  }
}
