// partition.metadata: which topic id the folder belongs to (KIP-516).

import type { Disk } from '../io/io.ts';
import { DamagedFileError } from './log-errors.ts';

/** The topic id, or undefined when there is no file. */
export function readPartitionMetadata(disk: Disk, path: string): string | undefined {
  if (!disk.exists(path)) return undefined;
  const lines = disk.readFile(path).toString('utf8').split('\n');
  const version = /^version:\s*(\d+)$/.exec(lines[0] ?? '')?.[1];
  const topicId = /^topic_id:\s*([A-Za-z0-9_-]{22})$/.exec(lines[1] ?? '')?.[1];
  if (version === undefined || topicId === undefined) {
    throw new DamagedFileError(path, -1, `Malformed line in checkpoint file (${lines.join(' ')})`);
  }
  if (version !== '0') {
    throw new DamagedFileError(path, -1, `Unrecognized version of the file: ${version}`);
  }
  return topicId;
}

export function writePartitionMetadata(disk: Disk, path: string, topicId: string): void {
  disk.writeFileAtomic(path, `version: 0\ntopic_id: ${topicId}`, { flush: false });
}
