// kafka-cluster.sh: the id and the nodes of a cluster, and the unregistering of brokers (org.apache.kafka.tools.ClusterTool).

import { errorOf, UnsupportedVersionError } from '../../client/errors.ts';
import type { KafkaClient, Target } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { CLUSTER_TABLE } from '../../flags/tables/cluster.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { DESCRIBE_CLUSTER } from '../../protocol/generated/apis/describe-cluster.ts';
import type { DescribeClusterBroker } from '../../protocol/generated/apis/describe-cluster-response.ts';
import { UNREGISTER_BROKER } from '../../protocol/generated/apis/unregister-broker.ts';
import { openAdmin } from '../support/admin.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, get } from '../support/java-future.ts';
import { tellFailure } from '../support/terse.ts';

export const CLUSTER: Tool = { table: CLUSTER_TABLE, run: runCluster, helpExitCode: 1 };

interface Service {
  readonly client: KafkaClient;
  readonly target: Target;
  readonly options: ParsedOptions;
  readonly context: ToolContext;
}

const BROKERS = 1;
const CONTROLLERS = 2;

async function runCluster(options: ParsedOptions, context: ToolContext): Promise<number> {
  let client: KafkaClient | undefined;
  try {
    const file = configFile(options, context);
    client = await openAdmin(options, context, new Map(), file);
    const service = { client, target: 'controller', options, context } as const;
    if (options.subcommand === 'cluster-id') await tellClusterId(service);
    else if (options.subcommand === 'unregister') await unregister(service);
    else await listEndpoints(service);
    return 0;
  } catch (error) {
    return tellFailure(error, context);
  } finally {
    await client?.close();
  }
}

function configFile(options: ParsedOptions, context: ToolContext): string | undefined {
  const [old, file] = [options.value('config'), options.value('command-config')];
  if (old === undefined) return file;
  if (file !== undefined) {
    throw new ToolError(
      '--config and --command-config cannot be specified together.',
      'net.sourceforge.argparse4j.inf.ArgumentParserException',
    );
  }
  context.deprecation(
    'Option --config has been deprecated and will be removed in a future version. ' +
      'Use --command-config instead.',
  );
  return old;
}

async function describe({ client, options }: Service, includeFencedBrokers = false) {
  const isOfControllers = options.has('bootstrap-controller');
  const sending = client.send(
    DESCRIBE_CLUSTER,
    (version) => ({
      includeClusterAuthorizedOperations: false,
      ...(version >= 1 ? { endpointType: isOfControllers ? CONTROLLERS : BROKERS } : {}),
      ...(version >= 2 ? { includeFencedBrokers } : {}),
    }),
    { callName: 'listNodes' },
  );
  const response = await get(sending);
  if (response.errorCode !== 0) {
    throw executionError(errorOf(response.errorCode, response.errorMessage));
  }
  return response;
}

async function tellClusterId(service: Service): Promise<void> {
  const { clusterId } = await describe(service);
  await service.context.out.present({
    kafka: () => [`Cluster ID: ${clusterId}`],
    data: () => ({ clusterId }),
  });
}

async function unregister({ client, target, options, context }: Service): Promise<void> {
  const brokerId = options.integer('id') as number;
  const send = { callName: 'unregisterBroker', target };
  try {
    const response = await client.send(UNREGISTER_BROKER, { brokerId }, send);
    if (response.errorCode !== 0) throw errorOf(response.errorCode, response.errorMessage);
  } catch (error) {
    if (!(error instanceof UnsupportedVersionError)) throw executionError(error);
    context.notice('The target cluster does not support the broker unregistration API.');
    return;
  }
  context.out.line(`Broker ${brokerId} is no longer registered.`);
}

async function listEndpoints(service: Service): Promise<void> {
  const { options, context } = service;
  const isOfControllers = options.has('bootstrap-controller');
  const withFenced = options.has('include-fenced-brokers');
  if (isOfControllers && withFenced) {
    throw new ToolError(
      'The option --include-fenced-brokers is only supported with --bootstrap-server option',
    );
  }
  const { brokers } = await describe(service, withFenced);
  const type = isOfControllers ? 'controller' : 'broker';
  const rows = brokers.map((each) => cells(each, type, isOfControllers));
  const headers = ['ID', 'HOST', 'PORT', 'RACK', ...(isOfControllers ? [] : ['STATE'])];
  headers.push('ENDPOINT_TYPE');
  await context.out.present({
    kafka: () => lines([headers, ...rows], brokers),
    table: () => ({ columns: headers.map((name) => ({ name })), rows }),
    data: () =>
      brokers.map(({ brokerId, host, port, rack, isFenced }) => {
        const state = isOfControllers ? {} : { state: isFenced ? 'fenced' : 'unfenced' };
        return { id: brokerId, host, port, rack, ...state, endpointType: type };
      }),
  });
}

function cells(each: DescribeClusterBroker, type: string, isController: boolean): string[] {
  const { brokerId, host, port, rack, isFenced } = each;
  const state = isController ? [] : [isFenced ? 'fenced' : 'unfenced'];
  return [String(brokerId), host, String(port), String(rack), ...state, type];
}

/** Every column left-aligned: hosts and racks as wide as the longest, the type 15, the others 10. */
function lines(
  rows: readonly (readonly string[])[],
  brokers: readonly DescribeClusterBroker[],
): string[] {
  const hosts = brokers.map(({ host }) => host.length);
  const racks = brokers.flatMap(({ rack }) => (rack === null || rack === '' ? [] : [rack.length]));
  const hostWidth = hosts.length === 0 ? 100 : Math.max(...hosts);
  const rackWidth = racks.length === 0 ? 10 : Math.max(...racks);
  return rows.map((row) => {
    const widths = [10, hostWidth, 10, rackWidth, ...(row.length === 6 ? [10] : []), 15];
    return row.map((cell, i) => cell.padEnd(widths[i] as number)).join(' ');
  });
}
