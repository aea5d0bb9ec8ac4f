// kafka-broker-api-versions.sh: what each broker speaks, and what of it can be used
// (org.apache.kafka.tools.BrokerApiVersionsCommand, NodeApiVersions.toString).

import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { BROKER_API_VERSIONS_TABLE } from '../../flags/tables/broker-api-versions.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired } from '../../flags/usage.ts';
import { API_FACTS } from '../../protocol/generated/api-facts.ts';
import { API_VERSIONS } from '../../protocol/generated/apis/api-versions.ts';
import type { ApiVersion } from '../../protocol/generated/apis/api-versions-response.ts';
import { openAdmin } from '../support/admin.ts';
import { messageOf, rootCause, ToolError } from '../support/java-error.ts';
import { tellFailure } from '../support/terse.ts';

export const BROKER_API_VERSIONS: Tool = {
  table: BROKER_API_VERSIONS_TABLE,
  run: runBrokerApiVersions,
  reject(error, context) {
    if (error.showsUsage) return printUsage(BROKER_API_VERSIONS_TABLE, error.message, context);
    context.err(`${error.message}\n${error.exception}: ${error.message}`);
    return 1;
  },
};

interface Node {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

interface Answer {
  readonly node: Node;
  readonly versions?: readonly ApiVersion[];
  readonly error?: string;
}

async function runBrokerApiVersions(options: ParsedOptions, context: ToolContext): Promise<number> {
  checkRequired(options, ...(context.isLenient ? [] : ['bootstrap-server']));
  let client: KafkaClient | undefined;
  try {
    client = await open(options, context);
    const { nodes } = await client.cluster(client.startCall('listNodes'));
    const answers: Answer[] = [];
    for (const node of nodes.values()) answers.push(await ask(client, node));
    await present(context, answers);
    return answers.some(({ error }) => error !== undefined) && context.manner === 'modern' ? 1 : 0;
  } catch (error) {
    return tellFailure(error, context);
  } finally {
    await client?.close();
  }
}

/** The tool's own client checks its list of servers, and doesn't wrap what is wrong with it. */
async function open(options: ParsedOptions, context: ToolContext): Promise<KafkaClient> {
  if (options.value('bootstrap-server') === '') {
    throw new ToolError(
      "Configuration 'bootstrap.servers' must not be empty. Valid values include: any non-empty value",
      'org.apache.kafka.common.config.ConfigException',
    );
  }
  try {
    return await openAdmin(options, context);
  } catch (error) {
    throw rootCause(error);
  }
}

async function ask(client: KafkaClient, node: Node): Promise<Answer> {
  try {
    const request = { clientSoftwareName: 'kafta', clientSoftwareVersion: '4.3.1' };
    const { apiKeys } = await client.send(
      API_VERSIONS,
      (version) => (version >= 3 ? request : {}),
      { callName: 'apiVersions', target: node.id },
    );
    return { node, versions: apiKeys };
  } catch (error) {
    return { node, error: messageOf(error) };
  }
}

async function present(context: ToolContext, answers: readonly Answer[]): Promise<void> {
  await context.out.present({
    kafka: () => answers.flatMap(lines),
    table: () =>
      answers.map(({ node, versions = [] }) => ({
        title: `Broker ${node.id} at ${node.host}:${node.port}`,
        columns: [
          { name: 'API' },
          { name: 'KEY', align: 'right' as const },
          { name: 'MIN', align: 'right' as const },
          { name: 'MAX', align: 'right' as const },
          { name: 'USABLE', align: 'right' as const },
        ],
        rows: versions.map((each) => {
          const { apiKey, minVersion, maxVersion } = each;
          return [titleOf(apiKey), apiKey, minVersion, maxVersion, usable(each)];
        }),
      })),
    data: () =>
      answers.map(({ node, versions = [], error }) => ({
        ...node,
        error: error ?? null,
        apis: versions.map((each) => {
          const { apiKey, minVersion, maxVersion } = each;
          const usableVersion = usable(each) ?? null;
          return { key: apiKey, name: titleOf(apiKey), minVersion, maxVersion, usableVersion };
        }),
      })),
  });
}

function lines({ node, versions, error }: Answer): string[] {
  const name = `${node.host}:${node.port} (id: ${node.id} rack: ${node.rack} isFenced: false)`;
  if (versions === undefined) return [`${name} -> ERROR: ${error}`];
  const byKey = new Map(versions.map((each) => [each.apiKey, each]));
  const known = new Map<number, string>();
  for (const each of versions) known.set(each.apiKey, lineOf(each));
  for (const { key, title, broker } of API_FACTS) {
    if (broker !== undefined && !byKey.has(key)) known.set(key, `${title}(${key}): UNSUPPORTED`);
  }
  const inOrder = [...known].sort(([a], [b]) => a - b).map(([, text]) => `\t${text}`);
  return [`${name} -> (`, ...inOrder.join(',\n').split('\n'), ')'];
}

function lineOf(each: ApiVersion): string {
  const { apiKey, minVersion, maxVersion } = each;
  const range = minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`;
  const own = API_FACTS.find(({ key }) => key === apiKey);
  if (own === undefined) return `UNKNOWN(${apiKey}): ${range}`;
  const version = usable(each);
  const usage = version === undefined ? '[unusable' : `[usable: ${version}`;
  const reason =
    version !== undefined ? '' : maxVersion < own.min ? ': node too old' : ': node too new';
  return `${own.title}(${apiKey}): ${range} ${usage}${reason}]`;
}

/** The highest version that both sides know. */
function usable({ apiKey, minVersion, maxVersion }: ApiVersion): number | undefined {
  const own = API_FACTS.find(({ key }) => key === apiKey);
  if (own === undefined || maxVersion < own.min || minVersion > own.max) return undefined;
  return Math.min(maxVersion, own.max);
}

const titleOf = (apiKey: number): string =>
  API_FACTS.find(({ key }) => key === apiKey)?.title ?? 'UNKNOWN';
