// `kafka-storage format`: options and server.properties into one call of formatStorage, with Kafka's lines about it.

import { isUuid } from '../../common/uuid.ts';
import type { BrokerConfig } from '../../config/server-properties.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { metadataVersionText } from '../../metadata/metadata-version.ts';
import type { RecordDraft } from '../../metadata/records.ts';
import {
  type FormatOptions,
  type FormattedDirectory,
  formatStorage,
  type InitialVoter,
} from '../../metadata/storage/format.ts';
import { StorageError } from '../../metadata/storage/meta-properties.ts';
import { parseFeature, parseReleaseVersion } from './features.ts';
import { logDirectories } from './info.ts';

export function format(options: ParsedOptions, config: BrokerConfig, context: ToolContext): number {
  const formatOptions = formatOptionsOf(options, config, context);
  const announced: FormattedDirectory[] = [];
  const { formatted, metadataVersion, bootstrapRecords } = formatStorage(formatOptions, {
    onUnreadable: (directory) =>
      context.out.line(`I/O error trying to read log directory ${directory}. Ignoring...`),
    onDirectory: (entry) => announced.push(entry),
  });
  if (formatted.length === 0) {
    context.out.line('All of the log directories are already formatted.');
    return 0;
  }
  context.out.line(
    `Bootstrap metadata: ${bootstrapText(bootstrapRecords, metadataVersion, context.manner === 'exact')}`,
  );
  for (const { kind, directory } of announced) {
    const version = metadataVersionText(metadataVersion);
    context.out.line(`Formatting ${kind} ${directory} with metadata.version ${version}.`);
  }
  return 0;
}

function formatOptionsOf(
  options: ParsedOptions,
  config: BrokerConfig,
  context: ToolContext,
): FormatOptions {
  const release = options.value('release-version');
  const initialVoters = initialVotersOf(options, config, context);
  const noInitialControllers = options.has('no-initial-controllers');
  const hasVoters = config.quorumVoters.length > 0;
  if (config.isController && !hasVoters && initialVoters === undefined && !noInitialControllers) {
    throw new StorageError(
      'Because controller.quorum.voters is not set on this controller, you must specify one of the ' +
        'following: --standalone, --initial-controllers, or --no-initial-controllers.',
    );
  }
  return {
    io: context.io,
    nodeId: config.nodeId,
    clusterId: options.value('cluster-id') as string,
    directories: logDirectories(config),
    metadataLogDir: config.metadataLogDir,
    controllerListenerName: config.controllerListenerNames[0] ?? '',
    ignoreFormatted: options.has('ignore-formatted'),
    features: new Map(options.values('feature').map(parseFeature)),
    // With voters in the configuration the quorum is static, whatever the option says.
    noInitialControllers: noInitialControllers && !hasVoters,
    scram: options.values('add-scram'),
    ...(release === undefined ? {} : { releaseVersion: parseReleaseVersion(release) }),
    ...(initialVoters === undefined ? {} : { initialVoters }),
  };
}

function initialVotersOf(
  options: ParsedOptions,
  config: BrokerConfig,
  context: ToolContext,
): InitialVoter[] | undefined {
  const given = options.value('initial-controllers');
  const isStandalone = options.has('standalone');
  if (given === undefined && !isStandalone) return undefined;
  if (config.quorumVoters.length > 0) {
    throw new StorageError(
      'You cannot specify controller.quorum.voters and format the node with --initial-controllers or ' +
        '--standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and ' +
        'specify controller.quorum.bootstrap.servers instead.',
    );
  }
  if (given !== undefined) return parseInitialControllers(given);
  if (!config.isController) {
    throw new StorageError('You can only use --standalone on a controller.');
  }
  const listener = config.controllerListeners[0];
  if (listener === undefined) throw new StorageError('No controller listeners found.');
  const host = listener.host === '' ? 'localhost' : listener.host;
  const directoryId = context.io.random.uuid();
  return [{ id: config.nodeId, host, port: listener.port, directoryId }];
}

/** `0@example.com:8082:JEXY6aqzQY-32P5TStzaFg,…` (DynamicVoters.parse). Throws StorageError. */
function parseInitialControllers(text: string): InitialVoter[] {
  const voters = text
    .trim()
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseInitialController);
  if (voters.length === 0) throw new StorageError('No voters given.');
  const ids = voters.map((voter) => voter.id);
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin !== undefined) {
    throw new StorageError(`Node id ${twin} was specified more than once.`);
  }
  return voters;
}

/** What is wrong with `hostname:port:directory` (DynamicVoter.parse). */
function voterProblem(text: string): string {
  if (!/^(\[[^\]]*\]|[^:]*):/.test(text)) return 'No colon following hostname could be found.';
  const hasDirectory = /^(\[[^\]]*\]|[^:]*):[^:]*:/.test(text);
  return hasDirectory
    ? 'Failed to parse port in dynamic voter string.'
    : 'No colon following port could be found.';
}

function parseInitialController(entry: string): InitialVoter {
  const at = entry.indexOf('@');
  if (at < 0) throw new StorageError(`No @ found in dynamic voter string.`);
  const idText = entry.slice(0, at);
  if (!/^[+-]?[0-9]+$/.test(idText)) {
    throw new StorageError(`Failed to parse node id in dynamic voter string.`);
  }
  if (Number(idText) < 0)
    throw new StorageError(`Invalid negative node id ${idText} in dynamic voter string.`);
  const match = /^(\[[^\]]*\]|[^:]*):([0-9]+):(.*)$/.exec(entry.slice(at + 1));
  if (!match) {
    throw new StorageError(voterProblem(entry.slice(at + 1)));
  }
  const [, host, portText, directoryId] = match as unknown as [string, string, string, string];
  if (Number(portText) > 65535) {
    throw new StorageError(`Invalid port ${portText} in dynamic voter string.`);
  }
  if (!isUuid(directoryId)) {
    throw new StorageError(`Failed to parse directory ID in dynamic voter string.`);
  }
  const plainHost = host.startsWith('[') ? host.slice(1, -1) : host;
  return { id: Number(idText), host: plainHost, port: Number(portText), directoryId };
}

/** As BootstrapMetadata prints itself; salts and keys of users stay hidden where nobody needs Kafka's own line. */
function bootstrapText(
  records: readonly RecordDraft[],
  metadataVersion: number,
  showsSecrets: boolean,
): string {
  const shown = records.map(
    (record) => `ApiMessageAndVersion(${recordText(record, showsSecrets)} at version 0)`,
  );
  return (
    `BootstrapMetadata(records=[${shown.join(', ')}], ` +
    `metadataVersionLevel=${metadataVersion}, source=format command)`
  );
}

function recordText(record: RecordDraft, showsSecrets: boolean): string {
  if (record.type === 'FeatureLevelRecord') {
    const { name, featureLevel } = record.message;
    return `FeatureLevelRecord(name='${name}', featureLevel=${featureLevel})`;
  }
  if (record.type === 'UserScramCredentialRecord') {
    const { name, mechanism, iterations, salt, storedKey, serverKey } = record.message;
    const [shownSalt, shownStoredKey, shownServerKey] = [salt, storedKey, serverKey].map((bytes) =>
      showsSecrets ? bytesText(bytes) : '[hidden]',
    );
    return (
      `UserScramCredentialRecord(name='${name}', mechanism=${mechanism}, salt=${shownSalt}, ` +
      `storedKey=${shownStoredKey}, serverKey=${shownServerKey}, iterations=${iterations})`
    );
  }
  return record.type;
}

/** Arrays.toString of a byte[]. */
function bytesText(bytes: Buffer | readonly Buffer[] | undefined): string {
  const whole = Buffer.isBuffer(bytes) ? bytes : Buffer.concat(bytes ?? []);
  return `[${[...new Int8Array(whole)].join(', ')}]`;
}
