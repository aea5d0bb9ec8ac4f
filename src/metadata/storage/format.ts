// Prepares log directories for a node (org.apache.kafka.metadata.storage.Formatter): meta.properties, the bootstrap
// records, and for a dynamic quorum the first snapshot with its voters. Used by `kafka-storage format` and, in
// process, by the daemon. A formatted directory is never written again.
import { join } from 'node:path';
import { javaHashMapOrder } from '../../common/java.ts';
import type { Io } from '../../io/io.ts';
import { FEATURE_FACTS, METADATA_VERSIONS } from '../../protocol/api-keys.ts';
import type { Voters } from '../../raft/control-batches.ts';
import { METADATA_DIRECTORY } from '../../raft/raft-log.ts';
import { buildSnapshot, snapshotPath, writeSnapshotFile } from '../../raft/snapshot.ts';
import { METADATA_VERSION } from '../image/features-image.ts';
import { latestMetadataVersion, metadataVersionText } from '../metadata-version.ts';
import { encodeRecord, type RecordDraft } from '../records.ts';
import { BOOTSTRAP_FILE, defaultLevel, featureRecords } from './bootstrap-metadata.ts';
import {
  readDirectories,
  StorageError,
  verifyMetaProperties,
  writeMetaProperties,
} from './meta-properties.ts';
import { parseScramArgument } from './scram-credentials.ts';

export interface InitialVoter {
  readonly id: number;
  readonly directoryId: string;
  readonly host: string;
  readonly port: number;
}

export interface FormatOptions {
  readonly io: Io;
  readonly nodeId: number;
  readonly clusterId: string;
  readonly directories: readonly string[];
  readonly metadataLogDir: string;
  readonly controllerListenerName: string;
  /** Skip directories that are formatted already instead of refusing. */
  readonly ignoreFormatted?: boolean;
  /** Level of metadata.version; the latest production one when absent. */
  readonly releaseVersion?: number;
  /** Levels of other features; absent ones take what goes with the release. */
  readonly features?: ReadonlyMap<string, number>;
  /** Of a dynamic quorum; undefined with controller.quorum.voters. */
  readonly initialVoters?: readonly InitialVoter[];
  /** A dynamic quorum whose voters are learned later. */
  readonly noInitialControllers?: boolean;
  /** Arguments of --add-scram. */
  readonly scram?: readonly string[];
}

export interface FormattedDirectory {
  readonly directory: string;
  /** 'metadata directory', 'data directory', 'dynamic metadata voter directory', 'dynamic metadata directory'. */
  readonly kind: string;
}

export interface FormatResult {
  /** Empty when all were formatted already. */
  readonly formatted: readonly FormattedDirectory[];
  readonly metadataVersion: number;
  readonly bootstrapRecords: readonly RecordDraft[];
}

export interface FormatProgress {
  /** A directory is left as it is because its meta.properties can't be read. */
  readonly onUnreadable?: (directory: string, why: Error) => void;
  /** Before each one that is formatted. */
  readonly onDirectory?: (directory: FormattedDirectory, metadataVersion: number) => void;
}

/** Throws StorageError with Kafka's sentence; nothing was written then. */
export function formatStorage(
  options: FormatOptions,
  { onUnreadable, onDirectory }: FormatProgress = {},
): FormatResult {
  const metadataVersion = releaseVersion(options);
  const levels = featureLevels(options, metadataVersion);
  const bootstrapRecords = [
    ...featureRecords(withoutKraft(levels)),
    ...scramRecords(options, metadataVersion),
  ];
  const { disk } = options.io;
  const { formatted: found, empty, failed } = readDirectories(disk, options.directories);
  verifyMetaProperties(found, { clusterId: options.clusterId, nodeId: options.nodeId });
  const [first] = javaHashMapOrder([...found.keys()]);
  if (first !== undefined && options.ignoreFormatted !== true) {
    throw new StorageError(
      `Log directory ${first} is already formatted. Use --ignore-formatted to ignore this ` +
        'directory and format the others.',
    );
  }
  for (const directory of javaHashMapOrder([...failed.keys()])) {
    onUnreadable?.(directory, failed.get(directory)!);
  }
  if (found.size === 0 && empty.length === 0) {
    throw new StorageError('No available log directories to format.');
  }
  const formatted: FormattedDirectory[] = [];
  for (const directory of javaHashMapOrder(empty)) {
    const entry = { directory, kind: kindOf(options, directory) };
    onDirectory?.(entry, metadataVersion);
    formatDirectory(options, directory, bootstrapRecords);
    formatted.push(entry);
  }
  return { formatted, metadataVersion, bootstrapRecords };
}

function hasDynamicQuorum(options: FormatOptions): boolean {
  return options.initialVoters !== undefined || options.noInitialControllers === true;
}

function kindOf(options: FormatOptions, directory: string): string {
  if (directory !== options.metadataLogDir) return 'data directory';
  if (options.initialVoters === undefined) return 'metadata directory';
  return isInitialVoter(options)
    ? 'dynamic metadata voter directory'
    : 'dynamic metadata directory';
}

const isInitialVoter = (options: FormatOptions): boolean =>
  options.initialVoters?.some((voter) => voter.id === options.nodeId) === true;

function releaseVersion(options: FormatOptions): number {
  const configured = options.features?.get(METADATA_VERSION);
  if (configured !== undefined && options.releaseVersion !== undefined) {
    throw new StorageError(
      'Use --release-version instead of --feature metadata.version=X to avoid ambiguity.',
    );
  }
  const level = configured ?? options.releaseVersion ?? latestMetadataVersion();
  if (METADATA_VERSIONS.every((facts) => facts.level !== level)) {
    const levels = METADATA_VERSIONS.map((facts) => facts.level);
    throw new StorageError(
      `No MetadataVersion with feature level ${level}. ` +
        `Valid feature levels are from ${Math.min(...levels)} to ${Math.max(...levels)}.`,
    );
  }
  if (level > latestMetadataVersion()) {
    throw new StorageError(`metadata.version ${metadataVersionText(level)} is not yet stable.`);
  }
  return level;
}

function featureLevels(options: FormatOptions, metadataVersion: number): Map<string, number> {
  const supported = FEATURE_FACTS.map((feature) => feature.name).sort();
  for (const name of options.features?.keys() ?? []) {
    if (name === METADATA_VERSION || supported.includes(name)) continue;
    throw new StorageError(
      `Unsupported feature: ${name}. Supported features are: ${supported.join(', ')}`,
    );
  }
  const levels = new Map([[METADATA_VERSION, metadataVersion]]);
  for (const name of supported) {
    const configured = options.features?.get(name);
    const level =
      name === 'kraft.version'
        ? kraftVersion(options, configured)
        : (configured ?? defaultLevel(name, metadataVersion));
    levels.set(name, level);
  }
  for (const name of options.features?.keys() ?? []) checkLevel(name, levels);
  return levels;
}

function kraftVersion(options: FormatOptions, configured: number | undefined): number {
  const isDynamic = hasDynamicQuorum(options);
  if (configured === undefined) return isDynamic ? 1 : 0;
  const flags = '--standalone, --initial-controllers, or --no-initial-controllers';
  if (configured === 0 && isDynamic) {
    throw new StorageError(
      `Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags ${flags} ` +
        'is used. For dynamic controllers support, try removing the --feature flag for kraft.version.',
    );
  }
  if (configured !== 0 && !isDynamic) {
    throw new StorageError(
      `Cannot set kraft.version to ${configured} unless controller.quorum.voters is empty and one of ` +
        `the flags ${flags} is used. For dynamic controllers support, try using one of ${flags} and ` +
        'removing controller.quorum.voters.',
    );
  }
  return configured;
}

/** A level that exists, with what it depends on (Feature.fromFeatureLevel, validateVersion). */
function checkLevel(name: string, levels: ReadonlyMap<string, number>): void {
  const facts = FEATURE_FACTS.find((feature) => feature.name === name);
  if (facts === undefined) return;
  const level = levels.get(name) ?? 0;
  const known = facts.levels.find((each) => each.level === level);
  if (known === undefined) {
    throw new StorageError(`No feature:${name} with feature level ${level}`);
  }
  for (const [dependency, needed] of Object.entries(known.dependencies ?? {})) {
    if ((levels.get(dependency) ?? 0) >= needed) continue;
    throw new StorageError(
      `${name} could not be set to ${level} because it depends on ${dependency} level ${needed}`,
    );
  }
}

function withoutKraft(levels: ReadonlyMap<string, number>): Map<string, number> {
  const records = new Map(levels);
  records.delete('kraft.version');
  return records;
}

function scramRecords(options: FormatOptions, metadataVersion: number): RecordDraft[] {
  const scram = options.scram ?? [];
  if (scram.length > 0 && metadataVersion < 11) {
    throw new StorageError('SCRAM is only supported in metadata.version 3.5-IV2 or later.');
  }
  const randomSalt = (): Buffer => Buffer.from(options.io.random.bytes(16).toString('hex'));
  return scram.map((argument) => ({
    type: 'UserScramCredentialRecord',
    version: 0,
    message: parseScramArgument(argument, randomSalt),
  }));
}

function formatDirectory(
  options: FormatOptions,
  directory: string,
  bootstrapRecords: readonly RecordDraft[],
): void {
  const { io, nodeId, clusterId } = options;
  io.disk.makeDirectory(directory);
  const nowMs = io.clock.nowMs();
  const bootstrap = buildSnapshot({
    epoch: 0,
    lastContainedLogTimestampMs: 0,
    quorum: undefined,
    nowMs,
    values: bootstrapRecords.map(encodeRecord),
  });
  const hasSecrets = bootstrapRecords.some((r) => r.type === 'UserScramCredentialRecord');
  io.disk.writeFileAtomic(join(directory, BOOTSTRAP_FILE), bootstrap, {
    ...(hasSecrets ? { mode: 0o600 } : {}),
  });
  const isMetadata = directory === options.metadataLogDir;
  const voter = options.initialVoters?.find((each) => each.id === nodeId);
  if (isMetadata && options.initialVoters !== undefined) {
    writeVoters(options, directory, options.initialVoters, nowMs);
  }
  const directoryId = isMetadata && voter !== undefined ? voter.directoryId : io.random.uuid();
  // Last: a directory without meta.properties isn't formatted, and may be formatted again.
  writeMetaProperties(io.disk, directory, { clusterId, nodeId, directoryId }, nowMs);
}

/** The snapshot of offset 0 and epoch 0 that says kraft.version 1 and who votes (KIP-853). */
function writeVoters(
  options: FormatOptions,
  directory: string,
  initial: readonly InitialVoter[],
  nowMs: number,
): void {
  const { disk } = options.io;
  const folder = join(directory, METADATA_DIRECTORY);
  disk.makeDirectory(folder);
  const voters: Voters = [...initial]
    .sort((a, b) => a.id - b.id)
    .map(({ id, directoryId, host, port }) => ({
      voterId: id,
      voterDirectoryId: directoryId,
      endpoints: [{ name: options.controllerListenerName, host, port }],
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    }));
  const bytes = buildSnapshot({
    epoch: 0,
    lastContainedLogTimestampMs: nowMs,
    quorum: { voters },
    nowMs,
    values: [],
  });
  writeSnapshotFile(disk, snapshotPath(folder, { endOffset: 0, epoch: 0 }), bytes);
}
