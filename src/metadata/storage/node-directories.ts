// What a node that starts finds in its log directories (KafkaRaftServer.initializeLogDirs): those that belong to it, and
// those that can't be read, which stay offline while the others serve. It refuses what is another cluster's or node's, and
// what was never formatted: partitions that may have been there must not begin anew unasked.
import { join } from 'node:path';
import type { DiskError, Io } from '../../io/io.ts';
import { METADATA_DIRECTORY } from '../../raft/raft-log.ts';
import {
  type MetaProperties,
  readDirectories,
  rewriteMetaProperties,
  StorageError,
  verifyMetaProperties,
} from './meta-properties.ts';

export interface NodeDirectories {
  readonly clusterId: string;
  /** Log directory → its id; the failed ones aren't in it. */
  readonly directoryIds: ReadonlyMap<string, string>;
  /** Log directories that can't be used, and why. */
  readonly failed: ReadonlyMap<string, StorageError | DiskError>;
}

/**
 * Writes an id into a meta.properties that has none (of version 0, or of Kafka before 3.7).
 * Throws StorageError, with Kafka's sentence, and DiskError.
 */
export function loadNodeDirectories(
  io: Io,
  logDirs: readonly string[],
  metadataLogDir: string,
  nodeId: number,
): NodeDirectories {
  const { formatted, empty, failed } = readDirectories(io.disk, [...logDirs, metadataLogDir]);
  const why = failed.get(metadataLogDir);
  if (formatted.size === 0) {
    const reasons = [...failed.values()].map(({ message }) => ` ${message}`).join(';');
    throw new StorageError(`No readable meta.properties files found.${reasons}`);
  }
  verifyMetaProperties(formatted, { nodeId });
  if (why !== undefined) {
    throw new StorageError(
      `Encountered I/O error in metadata log directory ${metadataLogDir}. Cannot continue. ${why.message}`,
    );
  }
  for (const directory of formatted.keys()) {
    if (directory !== metadataLogDir) checkHoldsNoMetadata(io, directory, metadataLogDir);
  }
  const [unformatted] = empty;
  if (unformatted !== undefined) {
    throw new StorageError(
      `No \`meta.properties\` found in ${unformatted} (have you run \`kafka-storage.sh\` to format the directory?)`,
    );
  }
  for (const [directory, { nodeId: found, clusterId }] of formatted) {
    if (found === undefined) throw new StorageError(`Error: node ID not found in ${directory}`);
    if (clusterId === undefined) {
      throw new StorageError(`Error: cluster ID not found in ${directory}`);
    }
  }
  return {
    clusterId: [...formatted.values()][0]!.clusterId!,
    directoryIds: identified(io, formatted),
    failed,
  };
}

/** metadata.log.dir was changed, and with the log of the old place the cluster would begin anew. */
function checkHoldsNoMetadata({ disk }: Io, directory: string, metadataLogDir: string): void {
  const found = join(directory, METADATA_DIRECTORY);
  if (!disk.exists(found)) return;
  throw new StorageError(
    `Found unexpected metadata location in data directory \`${found}\` (the configured metadata directory is ${metadataLogDir}).`,
  );
}

function identified(io: Io, formatted: ReadonlyMap<string, MetaProperties>): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [directory, properties] of formatted) {
    let id = properties.directoryId;
    if (id === undefined) {
      id = io.random.uuid();
      rewriteMetaProperties(io.disk, directory, properties, id, io.clock.nowMs());
    }
    ids.set(directory, id);
  }
  return ids;
}
