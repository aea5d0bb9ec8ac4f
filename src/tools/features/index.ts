// kafka-features.sh: the features of a cluster, raised and lowered (org.apache.kafka.tools.FeatureCommand).

import type { KafkaClient } from '../../client/kafka-client.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { FEATURES_TABLE } from '../../flags/tables/features.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { parseFeature, tellDependencies, versionMapping } from '../storage/features.ts';
import { openAdmin } from '../support/admin.ts';
import { messageOf } from '../support/java-error.ts';
import { TerseError } from '../support/terse.ts';
import { describeFeatures } from './describe.ts';
import { changeFeatures, disableFeatures } from './update.ts';

export const FEATURES: Tool = { table: FEATURES_TABLE, run: runFeatures, reject: commandLineError };

/** Without a line's end, as Java's printf leaves it. */
function commandLineError(error: Error, context: ToolContext): number {
  context.err(`Command line error: ${error.message}. Type --help for help.`);
  return 1;
}

async function runFeatures(options: ParsedOptions, context: ToolContext): Promise<number> {
  try {
    if (options.subcommand === 'version-mapping') {
      return versionMapping(options.value('release-version'), context);
    }
    if (options.subcommand === 'feature-dependencies') {
      for (const [name, level] of options.values('feature').map(parseFeature)) {
        tellDependencies(name, level, context, `No feature:${name} with feature level ${level}`);
      }
      return 0;
    }
    return await withClient(options, context);
  } catch (error) {
    if (error instanceof CommandLineError) throw error;
    if (context.manner === 'modern' && !(error instanceof TerseError)) throw error;
    await context.out.flush();
    context.err(messageOf(error));
    return 1;
  }
}

async function withClient(options: ParsedOptions, context: ToolContext): Promise<number> {
  const isMissing = !options.has('bootstrap-server') && !options.has('bootstrap-controller');
  if (isMissing && !context.isLenient) {
    throw new CommandLineError(
      'You must specify either --bootstrap-controller or --bootstrap-server.',
      'net.sourceforge.argparse4j.inf.ArgumentParserException',
    );
  }
  const client = await openAdmin(options, context);
  return await closing(client, async () => {
    const service = { client, target: 'controller', options, context } as const;
    if (options.subcommand === 'describe') await describeFeatures(service);
    else if (options.subcommand === 'disable') await disableFeatures(service);
    else await changeFeatures(service);
    return 0;
  });
}

async function closing<T>(client: KafkaClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await client.close();
  }
}
