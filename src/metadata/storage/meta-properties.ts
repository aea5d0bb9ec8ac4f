// meta.properties of each log directory: which cluster, node and directory it belongs to, and whether a set of
// directories fits together (MetaProperties, MetaPropertiesEnsemble), with Kafka's sentences where it doesn't.
// It decides nothing about directories that don't fit.
import { join } from 'node:path';
import { parseJavaInteger } from '../../common/java.ts';
import { formatProperties, PropertiesError, parseProperties } from '../../common/properties.ts';
import { isUuid } from '../../common/uuid.ts';
import { type Disk, DiskError } from '../../io/io.ts';

export const META_PROPERTIES_FILE = 'meta.properties';

export interface MetaProperties {
  readonly version: number;
  readonly clusterId: string | undefined;
  readonly nodeId: number | undefined;
  readonly directoryId: string | undefined;
  /** Every property of the file, by name. */
  readonly all: ReadonlyMap<string, string>;
}

/** A directory that doesn't belong here, or a meta.properties that can't be read: one line for the user. */
export class StorageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StorageError';
  }
}

/** undefined when the directory isn't formatted. Throws StorageError, DiskError. */
export function readMetaProperties(disk: Disk, directory: string): MetaProperties | undefined {
  const path = join(directory, META_PROPERTIES_FILE);
  const all = readProperties(disk, path);
  if (all === undefined) return undefined;
  const versionText = all.get('version') ?? '0';
  if (versionText !== '0' && versionText !== '1') {
    throw unreadable(path, `Unknown meta.properties version number ${versionText}`);
  }
  const version = Number(versionText);
  const clusterId = all.get('cluster.id');
  const nodeId = nodeIdOf(all, version, path);
  const directoryId = all.get('directory.id');
  if (directoryId !== undefined && !isUuid(directoryId)) {
    throw unreadable(path, `Unable to read directory.id as a Uuid: ${directoryId}`);
  }
  if (version === 1 && clusterId === undefined) {
    throw unreadable(path, 'cluster.id was not found.');
  }
  return { version, clusterId, nodeId, directoryId, all };
}

/** undefined for no such file alone: one that is there and can't be read is no reason to format anything. */
function readProperties(disk: Disk, path: string): Map<string, string> | undefined {
  try {
    return parseProperties(disk.readFile(path).toString('utf8'));
  } catch (error) {
    if (error instanceof PropertiesError) throw unreadable(path, error.message);
    if (error instanceof DiskError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What a set of directories holds (MetaPropertiesEnsemble). */
export interface DirectoryEnsemble {
  readonly formatted: ReadonlyMap<string, MetaProperties>;
  /** Without a meta.properties, or not there at all. */
  readonly empty: readonly string[];
  /** Those whose meta.properties can't be read, and why. */
  readonly failed: ReadonlyMap<string, StorageError | DiskError>;
}

export function readDirectories(disk: Disk, directories: Iterable<string>): DirectoryEnsemble {
  const formatted = new Map<string, MetaProperties>();
  const empty: string[] = [];
  const failed = new Map<string, StorageError | DiskError>();
  for (const directory of new Set(directories)) {
    try {
      const properties = readMetaProperties(disk, directory);
      if (properties === undefined) empty.push(directory);
      else formatted.set(directory, properties);
    } catch (error) {
      if (!(error instanceof StorageError) && !(error instanceof DiskError)) throw error;
      failed.set(directory, error);
    }
  }
  return { formatted, empty, failed };
}

function unreadable(path: string, why: string): StorageError {
  return new StorageError(`Error loading ${path}: ${why}`);
}

/** The oldest version calls it broker.id, and may have none. */
function nodeIdOf(
  all: ReadonlyMap<string, string>,
  version: number,
  path: string,
): number | undefined {
  const name = version === 0 ? 'broker.id' : 'node.id';
  const text = all.get(name);
  if (text === undefined) {
    if (version === 0) return undefined;
    throw unreadable(path, `Failed to find ${name}`);
  }
  const id = parseJavaInteger(text, 32);
  if (id === undefined) {
    throw unreadable(path, `Unable to read ${name} as a base-10 number.`);
  }
  return Number(id);
}

export function writeMetaProperties(
  disk: Disk,
  directory: string,
  properties: { clusterId: string; nodeId: number; directoryId: string },
  nowMs: number,
): void {
  write(disk, directory, { ...properties, version: 1 }, nowMs);
}

/** Gives a directory its id, and leaves the rest and the version as they are. */
export function rewriteMetaProperties(
  disk: Disk,
  directory: string,
  { version, clusterId, nodeId }: MetaProperties,
  directoryId: string,
  nowMs: number,
): void {
  write(disk, directory, { version, clusterId, nodeId, directoryId }, nowMs);
}

type Written = Omit<MetaProperties, 'all'>;

function write(
  disk: Disk,
  directory: string,
  { version, clusterId, nodeId, directoryId }: Written,
  nowMs: number,
): void {
  const entries: [string, string | number | undefined][] = [
    [version === 0 ? 'broker.id' : 'node.id', nodeId],
    ['directory.id', directoryId],
    ['version', version],
    ['cluster.id', clusterId],
  ];
  const text = formatProperties(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ['', javaDate(nowMs)],
  );
  disk.writeFileAtomic(join(directory, META_PROPERTIES_FILE), text);
}

/** Whether the formatted directories fit together and are the expected ones. Throws StorageError. */
export function verifyMetaProperties(
  directories: ReadonlyMap<string, MetaProperties>,
  expected: { readonly clusterId?: string; readonly nodeId?: number },
): void {
  let { clusterId, nodeId } = expected;
  const seen = new Map<string, string>();
  for (const [directory, properties] of directories) {
    const path = join(directory, META_PROPERTIES_FILE);
    if (properties.clusterId !== undefined) {
      clusterId ??= properties.clusterId;
      if (properties.clusterId !== clusterId) {
        throw new StorageError(
          `Invalid cluster.id in: ${path}. Expected ${clusterId}, but read ${properties.clusterId}`,
        );
      }
    }
    if (properties.nodeId !== undefined) {
      nodeId ??= properties.nodeId;
      checkNodeId(properties.nodeId, nodeId, path);
    }
    checkDirectoryId(properties.directoryId, directory, seen);
  }
}

function checkNodeId(found: number, expected: number, path: string): void {
  if (found === expected) return;
  throw new StorageError(
    `Stored node id ${found} doesn't match previous node id ${expected} in ${path}. If you moved ` +
      'your data, make sure your configured node id matches. If you intend to create a new node, ' +
      'you should remove all data in your data directories.',
  );
}

/** The first hundred ids mean something else than a directory (DirectoryId.reserved). */
function isReserved(id: string): boolean {
  const bytes = Buffer.from(id, 'base64url');
  return bytes.subarray(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) < 100;
}

function checkDirectoryId(
  id: string | undefined,
  directory: string,
  seen: Map<string, string>,
): void {
  if (id === undefined) return;
  if (isReserved(id)) {
    throw new StorageError(`Invalid reserved directory ID ${id} found in ${directory}`);
  }
  const other = seen.get(id);
  if (other !== undefined) {
    throw new StorageError(
      `Duplicate directory ID ${id} found. It was the ID of ${other}, but also of ${directory}`,
    );
  }
  seen.set(id, directory);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** java.util.Date.toString() in UTC: the second line of every properties file that Java writes. */
function javaDate(nowMs: number): string {
  const date = new Date(nowMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`;
  return `${day} ${time} UTC ${date.getUTCFullYear()}`;
}
