// `add-controller`, which reads of the new controller from its own properties and directory, and `remove-controller`.

import { errorOf } from '../../client/errors.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { readMetaProperties } from '../../metadata/storage/meta-properties.ts';
import { ADD_RAFT_VOTER } from '../../protocol/generated/apis/add-raft-voter.ts';
import { REMOVE_RAFT_VOTER } from '../../protocol/generated/apis/remove-raft-voter.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError } from '../support/java-future.ts';
import { parseJavaUuid } from '../support/java-uuid.ts';
import { loadProperties } from '../support/properties.ts';
import { TerseError } from '../support/terse.ts';
import type { QuorumService } from './quorum-service.ts';

type Properties = ReadonlyMap<string, string>;

interface Endpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export async function addController(service: QuorumService): Promise<void> {
  const { client, target, options, context } = service;
  const file = options.value('command-config');
  if (file === undefined) {
    throw new TerseError(
      'You must supply the configuration file of the controller you are adding when using add-controller.',
    );
  }
  const properties = loadProperties(context.io, file);
  const voterId = controllerId(properties);
  const directory = metadataDirectory(properties);
  const voterDirectoryId = metadataDirectoryId(directory, context);
  const listeners = controllerListeners(properties);
  if (!options.has('dry-run')) {
    const request = { clusterId: null, timeoutMs: 60_000, voterId, voterDirectoryId, listeners };
    const sending = client.send(ADD_RAFT_VOTER, request, { callName: 'addRaftVoter', target });
    await settle(sending);
  }
  const what = options.has('dry-run') ? 'DRY RUN of adding' : 'Added';
  const endpoints = listeners.map(({ name, host, port }) => {
    return `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  });
  context.out.line(
    `${what} controller ${voterId} with directory id ${voterDirectoryId} and endpoints: ${endpoints.join(', ')}`,
  );
}

const HINT = 'Is this a valid controller configuration file?';

function controllerId(properties: Properties): number {
  const text = properties.get('node.id');
  if (text === undefined) throw new TerseError(`node.id not found in configuration file. ${HINT}`);
  const id = Number(text);
  if (!Number.isInteger(id)) {
    throw new ToolError(`For input string: "${text}"`, 'java.lang.NumberFormatException');
  }
  if (id < 0) throw new TerseError(`node.id was negative in configuration file. ${HINT}`);
  if (properties.get('process.roles')?.includes('controller') === true) return id;
  throw new TerseError(`process.roles did not contain 'controller' in configuration file. ${HINT}`);
}

function metadataDirectory(properties: Properties): string {
  const own = properties.get('metadata.log.dir');
  if (own !== undefined) return own;
  const first = properties.get('log.dirs')?.trim().split(',')[0];
  if (first !== undefined) return first;
  throw new TerseError(`Neither metadata.log.dir nor log.dirs were found. ${HINT}`);
}

function metadataDirectoryId(directory: string, { io }: ToolContext): string {
  const found = io.disk.exists(directory) ? readMetaProperties(io.disk, directory) : undefined;
  if (found === undefined) throw new TerseError(`Unable to read meta.properties from ${directory}`);
  if (found.directoryId !== undefined) return found.directoryId;
  throw new TerseError(`No directory id found in ${directory}`);
}

function controllerListeners(properties: Properties): Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const name of ['listeners', 'advertised.listeners']) {
    for (const endpoint of endpointsOf(properties.get(name))) found.set(endpoint.name, endpoint);
  }
  const names = properties.get('controller.listener.names');
  if (names === undefined) {
    throw new TerseError(`controller.listener.names was not found. ${HINT}`);
  }
  return names.split(',').map((text) => {
    const name = text.trim().toUpperCase();
    const endpoint = found.get(name);
    if (endpoint !== undefined) return endpoint;
    throw new TerseError(`Cannot find information about controller listener name: ${name}`);
  });
}

function endpointsOf(text = ''): Endpoint[] {
  const matches = text.matchAll(/([A-Za-z0-9_.-]+):\/\/\[?([^\],]*?)\]?:(-?\d+)/g);
  return [...matches].map(([, name = '', host = '', port]) => {
    return { name: name.toUpperCase(), host: host === '' ? 'localhost' : host, port: Number(port) };
  });
}

export async function removeController(service: QuorumService): Promise<void> {
  const { client, target, options, context } = service;
  const voterId = options.integer('controller-id') as number;
  if (voterId < 0) throw new TerseError(`Invalid negative --controller-id: ${voterId}`);
  const voterDirectoryId = directoryId(options.value('controller-directory-id') as string);
  if (!options.has('dry-run')) {
    const request = { clusterId: null, voterId, voterDirectoryId };
    const sending = { callName: 'removeRaftVoter', target };
    await settle(client.send(REMOVE_RAFT_VOTER, request, sending));
  }
  const what = options.has('dry-run') ? 'DRY RUN of removing ' : 'Removed ';
  context.out.line(`${what} KRaft controller ${voterId} with directory id ${voterDirectoryId}`);
}

function directoryId(text: string): string {
  try {
    return parseJavaUuid(text);
  } catch (error) {
    throw new TerseError(`Failed to parse --controller-directory-id: ${(error as Error).message}`);
  }
}

async function settle(
  sending: Promise<{ readonly errorCode: number; readonly errorMessage: string | null }>,
): Promise<void> {
  try {
    const { errorCode, errorMessage } = await sending;
    if (errorCode !== 0) throw errorOf(errorCode, errorMessage);
  } catch (error) {
    throw executionError(error);
  }
}
