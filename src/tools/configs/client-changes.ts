// kafka-configs.sh --alter of users, clients and ips: their quotas, and users' SCRAM credentials
// (ConfigCommand.alterConfig, alterQuotaConfigs, alterUserScramCredentialConfigs).

import { alterClientQuotas, describeClientQuotas } from '../../client/admin/client-quotas.ts';
import { alterUserScramCredentials } from '../../client/admin/user-scram-credentials.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ScramMechanism } from '../../client/security/scram.ts';
import { parseJavaDouble, parseJavaInteger } from '../../common/java.ts';
import type { Changes } from './changes.ts';
import { refusal } from './checks.ts';
import { type Entities, quotaEntity, quotaFilters } from './entities.ts';

const TIMEOUT_MS = 30_000;
const QUOTAS = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
];
const IP_QUOTAS = ['connection_creation_rate'];
const DEFAULT_ITERATIONS = 4096;
const MIN_ITERATIONS = 4096;
const CREDENTIAL = /^(?:iterations=(-?[0-9]*),)?password=(.*)$/;

export async function alterIpQuotas(
  client: KafkaClient,
  entities: Entities,
  changes: Changes,
): Promise<void> {
  const names = [...changes.added.keys(), ...changes.deleted];
  const unknown = names.filter((name) => !IP_QUOTAS.includes(name));
  if (unknown.length > 0) {
    throw refusal(
      `Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: ${unknown.join(',')}`,
    );
  }
  await alterQuotas(client, entities, changes);
}

export async function alterClients(
  client: KafkaClient,
  entities: Entities,
  changes: Changes,
): Promise<void> {
  const added = [...changes.added.keys()];
  const hasScram = [...added, ...changes.deleted].some(isScram);
  const isForClients = entities.types[0] === 'clients' || entities.types.length === 2;
  checkNames(added, 'added', isForClients);
  checkNames(changes.deleted, 'deleted', isForClients);
  if (!hasScram) {
    await alterQuotas(client, entities, changes);
    return;
  }
  if (entities.names.includes('')) {
    throw refusal(
      'The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.',
    );
  }
  if ([...added, ...changes.deleted].some((name) => QUOTAS.includes(name))) {
    throw refusal(
      "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using --bootstrap-server.",
    );
  }
  await alterCredentials(client, entities.names[0]!, changes);
}

function checkNames(names: readonly string[], done: string, isForClients: boolean): void {
  const isAllowed = (name: string) => QUOTAS.includes(name) || (!isForClients && isScram(name));
  const unknown = names.filter((name) => !isAllowed(name));
  if (unknown.length === 0) return;
  const [what, type] = isForClients
    ? ['quota', 'clients']
    : ['quota and SCRAM credential', 'users'];
  throw refusal(
    `Only ${what} configs can be ${done} for '${type}' using --bootstrap-server. Unexpected config names: Set(${unknown.join(', ')})`,
  );
}

function isScram(name: string): name is ScramMechanism {
  return name === 'SCRAM-SHA-256' || name === 'SCRAM-SHA-512';
}

async function alterQuotas(
  client: KafkaClient,
  entities: Entities,
  { added, deleted }: Changes,
): Promise<void> {
  const options = { timeoutMs: TIMEOUT_MS };
  const [current] = await describeClientQuotas(client, quotaFilters(entities), options);
  const missing = deleted.filter((name) => current?.values.has(name) !== true);
  if (missing.length > 0) throw refusal(`Invalid config(s): ${missing.join(',')}`);
  const changes = new Map<string, number | undefined>();
  for (const [name, text] of added) {
    const value = parseJavaDouble(text);
    if (value === undefined) {
      throw refusal(`Cannot parse quota configuration value for ${name}: ${text}`);
    }
    changes.set(name, value);
  }
  for (const name of deleted) changes.set(name, undefined);
  await alterClientQuotas(client, quotaEntity(entities), changes);
}

async function alterCredentials(
  client: KafkaClient,
  user: string,
  { added, deleted }: Changes,
): Promise<void> {
  const upsertions = [...added].map(([name, text]) => credential(name as ScramMechanism, text));
  await alterUserScramCredentials(client, user, deleted.filter(isScram), upsertions);
}

function credential(mechanism: ScramMechanism, text: string) {
  const match = CREDENTIAL.exec(text);
  if (match === null) {
    const constant = mechanism.replaceAll('-', '_');
    throw refusal(`Invalid credential property ${constant}=${text}`);
  }
  const [, given, password] = match;
  const iterations =
    given === undefined || given === '-1' ? DEFAULT_ITERATIONS : Number(parseIterations(given));
  if (iterations < MIN_ITERATIONS) {
    throw refusal(
      `Iterations ${iterations} is less than the minimum ${MIN_ITERATIONS} required for ${mechanism}`,
    );
  }
  return { mechanism, iterations, password: password! };
}

function parseIterations(text: string): bigint {
  const value = parseJavaInteger(text, 32);
  if (value === undefined) throw refusal(`For input string: "${text}"`);
  return value;
}
