// partition.metadata: which topic id the folder belongs to (KIP-516).

import type { Disk } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import { joinPath, PARTITION_METADATA_FILE } from './file-names.ts';
import { DamagedFileError } from './log-errors.ts';

/** What a power failure may leave of it: it is written without a flush, since the metadata log has the id too. */
const TORN = /^version: 0\ntopic_id: [A-Za-z0-9_-]{0,21}$/;
const BEGINNING = 'version: 0\ntopic_id: ';

/** The topic id, or undefined when there is no file or only a beginning of it. Throws DamagedFileError. */
function readPartitionMetadata(disk: Disk, path: string): string | undefined {
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

/**
 * The topic id of a partition's folder. Written without waiting for the disk; before anything in the folder counts as
 * flushed, flush() or flushSync() has brought it there: a folder without it has nothing in it that was promised.
 */
export class PartitionIdentity {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #path: string;
  readonly #name: string;
  #topicId: string | undefined;
  #isDurable: boolean;

  /** Throws DamagedFileError. */
  constructor(disk: Disk, directory: string, name: string) {
    this.#disk = disk;
    this.#directory = directory;
    this.#name = name;
    this.#path = joinPath(directory, PARTITION_METADATA_FILE);
    this.#topicId = readPartitionMetadata(disk, this.#path);
    // A file that is there needn't be on the disk: who wrote it may have been killed.
    this.#isDurable = this.#topicId === undefined;
  }

  get topicId(): string | undefined {
    return this.#topicId;
  }

  /** Throws INCONSISTENT_TOPIC_ID when it is another one's. */
  assign(topicId: string): void {
    if (this.#topicId === topicId) return;
    if (this.#topicId !== undefined) {
      throw new ApiError(
        Errors.INCONSISTENT_TOPIC_ID,
        `Tried to assign topic ID ${topicId} to log for topic partition ${this.#name}, but log already contained topic ID ${this.#topicId}`,
      );
    }
    const text = `version: 0\ntopic_id: ${topicId}`;
    this.#disk.writeFileAtomic(this.#path, text, { flush: false });
    this.#topicId = topicId;
    this.#isDurable = false;
  }

  async flush(): Promise<void> {
    if (this.#isDurable) return;
    const file = this.#disk.open(this.#path, 'write');
    try {
      await file.flush();
    } finally {
      file.close();
    }
    await this.#disk.flushDirectoryLater(this.#directory);
    await this.#disk.flushDirectoryLater(parentOf(this.#directory));
    this.#isDurable = true;
  }

  flushSync(): void {
    if (this.#isDurable) return;
    const file = this.#disk.open(this.#path, 'write');
    try {
      file.flushSync();
    } finally {
      file.close();
    }
    this.#disk.flushDirectory(this.#directory);
    this.#disk.flushDirectory(parentOf(this.#directory));
    this.#isDurable = true;
  }
}

function parentOf(directory: string): string {
  return directory.slice(0, Math.max(directory.lastIndexOf('/'), 1));
}
