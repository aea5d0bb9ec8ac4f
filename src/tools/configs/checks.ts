// Which options of kafka-configs.sh go together (ConfigCommand.ConfigCommandOptions.checkArgs), in Kafka's order and words.

import { parseJavaInteger } from '../../common/java.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, usage } from '../../flags/usage.ts';
import { isBootstrapMissing } from '../support/admin.ts';
import { ENTITY_TYPES, type Entities, entitiesOf, hasEntityFlag } from './entities.ts';

/** Those that have defaults. */
const WITH_DEFAULT = ['users', 'clients', 'brokers', 'ips'];

/** What the line names, found consistent. Rejects with CommandLineError. */
export async function checkConfigsOptions(
  options: ParsedOptions,
  context: ToolContext,
): Promise<Entities> {
  if (options.has('alter') === options.has('describe')) {
    throw usage('Command must include exactly one action: --describe, --alter');
  }
  checkInvalid(options, 'describe', ['alter', 'add-config', 'delete-config']);
  const entities = entitiesOf(options);
  checkTypes(entities, options, context);
  if (options.has('bootstrap-server') && options.has('bootstrap-controller')) {
    throw refusal('Only one of --bootstrap-server or --bootstrap-controller can be specified');
  }
  await checkNames(entities, options, context);
  if (options.has('describe')) checkDescribe(entities, options);
  else checkAlter(entities, options);
  return entities;
}

/** Kafka's IllegalArgumentException: its message alone. */
export function refusal(message: string): CommandLineError {
  return new CommandLineError(message, 'java.lang.IllegalArgumentException');
}

function checkTypes({ types }: Entities, options: ParsedOptions, context: ToolContext): void {
  const duplicates = types.filter((type, index) => types.indexOf(type) !== index);
  if (duplicates.length > 0) {
    throw refusal(`Duplicate entity type(s) specified: ${duplicates.join(',')}`);
  }
  if (isBootstrapMissing(options, context) && !options.has('bootstrap-controller')) {
    throw refusal('Either --bootstrap-server or --bootstrap-controller must be specified.');
  }
  const known: readonly string[] = ENTITY_TYPES;
  for (const type of types) {
    if (known.includes(type)) continue;
    throw refusal(
      `Invalid entity type ${type}, the entity type must be one of ${known.join(', ')} with a --bootstrap-server or --bootstrap-controller argument`,
    );
  }
  if (types.length === 0) throw refusal('At least one entity type must be specified');
  const areQuotas = types.includes('users') && types.includes('clients');
  if (types.length > 1 && !(areQuotas && types.length === 2)) {
    throw refusal("Only 'users' and 'clients' entity types may be specified together");
  }
  const isGeneric = ['entity-name', 'entity-type', 'entity-default'].some((name) =>
    options.has(name),
  );
  if (isGeneric && hasEntityFlag(options)) {
    throw refusal(
      '--entity-{type,name,default} should not be used in conjunction with specific entity flags',
    );
  }
}

async function checkNames(
  { types, names }: Entities,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  if (!names.some((name) => name !== '')) return;
  const given = (...flags: string[]) =>
    flags.filter((flag) => options.has(flag)).map((flag) => options.value(flag)!);
  if (types.includes('brokers') || types.includes('broker-loggers')) {
    for (const name of given('entity-name', 'broker', 'broker-logger')) {
      if (parseJavaInteger(name, 32) !== undefined) continue;
      throw refusal(
        `The entity name for ${types[0]} must be a valid integer broker id, but it is: ${name}`,
      );
    }
  }
  if (!types.includes('ips')) return;
  for (const name of given('entity-name', 'ip')) {
    if (name === '' || (await context.io.network.canResolve(name))) continue;
    throw refusal(
      `The entity name for ${types[0]} must be a valid IP or resolvable host, but it is: ${name}`,
    );
  }
}

function checkDescribe({ types, names }: Entities, options: ParsedOptions): void {
  const mayBeDefault = WITH_DEFAULT.some((type) => types.includes(type));
  if (!mayBeDefault && options.has('entity-default')) {
    throw refusal(`--entity-default must not be specified with --describe of ${types.join(',')}`);
  }
  if (types.includes('broker-loggers') && !names.some((name) => name !== '')) {
    throw refusal(`An entity name must be specified with --describe of ${types.join(',')}`);
  }
}

function checkAlter({ types, names }: Entities, options: ParsedOptions): void {
  const hasName = names.some((name) => name !== '');
  if (WITH_DEFAULT.some((type) => types.includes(type))) {
    if (!hasName && !names.includes('')) {
      throw refusal(
        'An entity-name or default entity must be specified with --alter of users, clients, brokers or ips',
      );
    }
  } else if (!hasName) {
    throw refusal(`An entity name must be specified with --alter of ${types.join(',')}`);
  }
  if (options.has('add-config') && options.has('add-config-file')) {
    throw refusal('Only one of --add-config or --add-config-file must be specified');
  }
  if (!['add-config', 'add-config-file', 'delete-config'].some((name) => options.has(name))) {
    throw refusal(
      'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
    );
  }
}
