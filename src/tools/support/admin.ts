// The way to a cluster for tools that administer it: --bootstrap-server or --bootstrap-controller, and the properties of --command-config.

import { KafkaClient } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { rootCause } from './java-error.ts';
import { clientLog } from './log-line.ts';
import { loadProperties, splitServers } from './properties.ts';

/** Connects to nothing yet; throws for a property file or an address that isn't one. */
export async function openAdmin(
  options: ParsedOptions,
  context: ToolContext,
  extra: ReadonlyMap<string, string> = new Map(),
  file: string | undefined = options.value('command-config'),
): Promise<KafkaClient> {
  const config = file === undefined ? new Map() : loadProperties(context.io, file);
  for (const [name, value] of extra) config.set(name, value);
  const hasControllers = options.knows('bootstrap-controller');
  const controllers = hasControllers ? options.value('bootstrap-controller') : undefined;
  const areControllers = controllers !== undefined;
  const servers = controllers ?? (await context.bootstrap(options.value('bootstrap-server')));
  config.set('bootstrap.servers', servers);
  const log = clientLog(context);
  const bootstrapServers = splitServers(servers, log);
  try {
    const { io } = context;
    const unreachableHint =
      context.manner === 'modern' ? hintAt(servers, areControllers) : undefined;
    const client = new KafkaClient({
      bootstrapServers,
      areControllers,
      config,
      io,
      log,
      unreachableHint,
    });
    await client.prepare();
    return client;
  } catch (error) {
    throw context.manner === 'modern' ? rootCause(error) : error;
  }
}

function hintAt(servers: string, areControllers: boolean): string {
  const who = areControllers ? 'controller' : 'broker';
  return `No ${who} answers at ${servers}: is one running there, and is that the address clients are to use?`;
}

/** Lenient callers find a broker without the option. */
export function isBootstrapMissing(options: ParsedOptions, context: ToolContext): boolean {
  return !options.has('bootstrap-server') && !context.isLenient;
}
