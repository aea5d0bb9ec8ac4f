// Formats the data directory of an embedded broker on its first start, as `kafka-storage.sh format` would.

import { join } from 'node:path';
import { parseProperties } from '../common/properties.ts';
import type { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';

/** The cluster id: the one that is there, or a new one. */
export function formatWhenNew(io: Io, config: BrokerConfig): string {
  const path = join(config.metadataLogDir, 'meta.properties');
  if (io.disk.exists(path)) {
    return parseProperties(io.disk.readFile(path).toString('latin1')).get('cluster.id') ?? '';
  }
  const clusterId = io.random.uuid();
  const lines = ['version=1', `cluster.id=${clusterId}`, `node.id=${config.nodeId}`];
  lines.push(`directory.id=${io.random.uuid()}`);
  io.disk.writeFileAtomic(path, `${lines.join('\n')}\n`);
  return clusterId;
}
