// partition.metadata: which topic id the folder belongs to (KIP-516).

import type { Disk } from '../io/io.ts';
import { DamagedFileError } from './log-errors.ts';

/** What a power failure may leave of it: it is written without a flush, since the metadata log has the id too. */
const TORN = /^version: 0\ntopic_id: [A-Za-z0-9_-]{0,21}$/;
const BEGINNING = 'version: 0\ntopic_id: ';

/** The topic id, or undefined when there is no file or only a beginning of it. Throws DamagedFileError. */
export function readPartitionMetadata(disk: Disk, path: string): string | undefined {
  if (!disk.exists(path)) return undefined;
  // The size may have reached the disk before the bytes: zeros are none.
  const text = disk.readFile(path).toString('utf8').replace(/\0+$/, '');
  if (BEGINNING.startsWith(text) || TORN.test(text)) return undefined;
  const lines = text.split('\n');
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
