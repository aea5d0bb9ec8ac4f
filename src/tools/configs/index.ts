// kafka-configs.sh: describes and changes configs of topics, brokers, loggers, groups and client-metrics, quotas and SCRAM
// credentials (kafka.admin.ConfigCommand).

import { ClientError, KafkaError, UnsupportedVersionError } from '../../client/errors.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { CommandLineError } from '../../flags/parsed-options.ts';
import { CONFIGS_TABLE } from '../../flags/tables/configs.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { openAdmin } from '../support/admin.ts';
import { describeChain } from '../support/java-error.ts';
import { executionError } from '../support/java-future.ts';
import { alterEntity } from './alter.ts';
import { checkConfigsOptions, refusal } from './checks.ts';
import { describeEntities } from './describe.ts';

export const CONFIGS: Tool = {
  table: CONFIGS_TABLE,
  bareMessage: 'Command must include exactly one action: --describe, --alter',
  run: runConfigs,
  reject(error, context) {
    if (error.showsUsage) return printUsage(CONFIGS_TABLE, error.message, context);
    context.err(error.message);
    return 1;
  },
};

async function runConfigs(options: ParsedOptions, context: ToolContext): Promise<number> {
  const entities = await checkConfigsOptions(options, context);
  try {
    const client = await openAdmin(options, context);
    try {
      if (options.has('alter')) {
        if (entities.types.length !== entities.names.length) {
          throw refusal('An entity name must be specified for every entity type');
        }
        await alterEntity(client, entities, options, context);
      } else {
        await describeEntities(client, entities, options, context);
      }
      return 0;
    } finally {
      await client.close();
    }
  } catch (error) {
    return await fail(error, options, context);
  }
}

/** ConfigCommand.main: some messages stand alone, others come after the whole command line. */
async function fail(error: unknown, options: ParsedOptions, context: ToolContext): Promise<number> {
  if (error instanceof CommandLineError || context.manner === 'modern') throw error;
  await context.out.flush();
  if (error instanceof UnsupportedVersionError) {
    context.err(error.message);
    return 1;
  }
  const words = options.line.argv.join(' ');
  const isFromBroker = error instanceof ClientError && !(error instanceof KafkaError);
  const trace = describeChain(isFromBroker ? executionError(error) : error);
  context.err(`Error while executing config command with args '${words}'\n${trace}`);
  return 1;
}
