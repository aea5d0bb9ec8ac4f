// kafka-storage.sh: formats the log directories of a node and tells what is in them (kafka.tools.StorageTool).
// It works on files alone: no broker, no client.

import { PropertiesError, parseProperties } from '../../common/properties.ts';
import { ConfigError } from '../../config/config-def.ts';
import { BrokerConfig } from '../../config/server-properties.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { STORAGE_TABLE } from '../../flags/tables/storage.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { DiskError } from '../../io/io.ts';
import { StorageError } from '../../metadata/storage/meta-properties.ts';
import { MetadataLogError } from '../../raft/raft-errors.ts';
import { refuseDataForms } from '../support/output-forms.ts';
import { featureDependencies, versionMapping } from './features.ts';
import { format } from './format.ts';
import { info } from './info.ts';

export const STORAGE: Tool = { table: STORAGE_TABLE, run: runStorage };

async function runStorage(options: ParsedOptions, context: ToolContext): Promise<number> {
  refuseDataForms(context, 'What it tells');
  try {
    return await runSubcommand(options, context);
  } catch (error) {
    if (!isUsersError(error)) throw error;
    context.err((error as Error).message);
    return 1;
  }
}

async function runSubcommand(options: ParsedOptions, context: ToolContext): Promise<number> {
  switch (options.subcommand) {
    case 'info':
      return info(loadConfig(options, context), context);
    case 'format':
      return format(options, loadConfig(options, context), context);
    case 'version-mapping':
      return versionMapping(options.value('release-version'), context);
    case 'feature-dependencies':
      return featureDependencies(options.values('feature'), context);
    default:
      context.out.line(context.io.random.uuid());
      return 0;
  }
}

function loadConfig(options: ParsedOptions, context: ToolContext): BrokerConfig {
  const path = options.value('config') as string;
  const { disk } = context.io;
  if (!disk.exists(path)) throw new StorageError(`${path}: no such file`);
  return new BrokerConfig(parseProperties(disk.readFile(path).toString('utf8')));
}

/** What a wrong file, directory or argument causes, as opposed to a defect of kafta. */
function isUsersError(error: unknown): boolean {
  return [StorageError, ConfigError, DiskError, PropertiesError, MetadataLogError].some(
    (kind) => error instanceof kind,
  );
}
