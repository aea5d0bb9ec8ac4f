// kafka-metadata-quorum.sh: the state of the metadata quorum, and controllers that join and leave it
// (org.apache.kafka.tools.MetadataQuorumCommand).

import type { KafkaClient } from '../../client/kafka-client.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { METADATA_QUORUM_TABLE } from '../../flags/tables/metadata-quorum.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { openAdmin } from '../support/admin.ts';
import { TerseError, tellFailure } from '../support/terse.ts';
import { describeReplication, describeStatus } from './describe.ts';
import type { QuorumService } from './quorum-service.ts';
import { addController, removeController } from './voters.ts';

export const METADATA_QUORUM: Tool = { table: METADATA_QUORUM_TABLE, run: runMetadataQuorum };

async function runMetadataQuorum(options: ParsedOptions, context: ToolContext): Promise<number> {
  let client: KafkaClient | undefined;
  try {
    ensureConfigExists(options, context);
    client = await openAdmin(options, context);
    await runSubcommand({ client, target: 'controller', options, context });
    return 0;
  } catch (error) {
    if (error instanceof CommandLineError) throw error;
    return tellFailure(error, context);
  } finally {
    await client?.close();
  }
}

function ensureConfigExists(options: ParsedOptions, context: ToolContext): void {
  const file = options.value('command-config');
  if (file === undefined || context.io.disk.exists(file)) return;
  throw new TerseError(`Properties file ${file} does not exists!`);
}

function runSubcommand(service: QuorumService): Promise<void> {
  const { options } = service;
  if (options.subcommand === 'add-controller') return addController(service);
  if (options.subcommand === 'remove-controller') return removeController(service);
  const [status, replication] = [options.has('status'), options.has('replication')];
  if (status && replication) {
    throw new TerseError(
      'Only one of --status or --replication should be specified with describe sub-command',
    );
  }
  if (replication) return describeReplication(service);
  if (!status) {
    throw new TerseError(
      'One of --status or --replication must be specified with describe sub-command',
    );
  }
  if (options.has('human-readable')) {
    throw new TerseError('The option --human-readable is only supported along with --replication');
  }
  return describeStatus(service);
}
