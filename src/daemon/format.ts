// Formats the data directory of an embedded broker on its first start, as `kafka-storage.sh format` would.

import type { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';
import { formatStorage } from '../metadata/storage/format.ts';
import { readMetaProperties } from '../metadata/storage/meta-properties.ts';

/**
 * The cluster id: the one that is there, or a new one.
 * @throws StorageError for a directory of another node or with a meta.properties that can't be read
 */
export function formatWhenNew(io: Io, config: BrokerConfig): string {
  const found = readMetaProperties(io.disk, config.metadataLogDir);
  const clusterId = found?.clusterId ?? io.random.uuid();
  formatStorage({
    io,
    nodeId: config.nodeId,
    clusterId,
    directories: [...new Set([...config.logDirs, config.metadataLogDir])],
    metadataLogDir: config.metadataLogDir,
    controllerListenerName: config.controllerListenerNames[0] ?? 'CONTROLLER',
    ignoreFormatted: true,
  });
  return clusterId;
}
