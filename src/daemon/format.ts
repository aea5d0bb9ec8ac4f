// Formats the data directory of an embedded broker on its first start, as `kafka-storage.sh format` would.

import { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';

/** Resolves the cluster id: the one that is there, or a new one. Throws when the directory is another's or damaged. */
export function formatWhenNew(_io: Io, properties: ReadonlyMap<string, string>): string {
  const _config = new BrokerConfig(properties);
  return '';
}
