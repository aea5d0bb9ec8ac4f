// The files of a cleaned segment on their way into a log: .cleaned while they are written, .swap once they are complete,
// and then without a suffix. A crash in between leaves either the old segments or the new one (log-loader.ts).
// (org.apache.kafka.storage.internals.log.LocalLog.replaceSegments)

import type { Disk } from '../io/io.ts';
import {
  CLEANED_SUFFIX,
  INDEX_SUFFIX,
  joinPath,
  LOG_SUFFIX,
  offsetName,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from './file-names.ts';

const SUFFIXES = [LOG_SUFFIX, INDEX_SUFFIX, TIME_INDEX_SUFFIX, TXN_INDEX_SUFFIX];

/** Puts the .cleaned files of `baseOffset` in their place; `removeOld` gives up the files that they replace. */
export function swapSegmentFiles(
  disk: Disk,
  directory: string,
  baseOffset: number,
  modifiedMs: number,
  removeOld: () => void,
): void {
  const stem = joinPath(directory, offsetName(baseOffset));
  rename(disk, stem, CLEANED_SUFFIX, SWAP_SUFFIX);
  removeOld();
  rename(disk, stem, SWAP_SUFFIX, '');
  disk.setModifiedMs(stem + LOG_SUFFIX, modifiedMs);
}

/** Of the files of a segment those that are there, the .log first. */
function rename(disk: Disk, stem: string, from: string, to: string): void {
  for (const suffix of SUFFIXES) {
    const path = stem + suffix + from;
    if (disk.exists(path)) disk.rename(path, stem + suffix + to);
  }
}

/** What a cleaning that came to nothing had written. */
export function removeCleanedFiles(disk: Disk, directory: string, baseOffset: number): void {
  const stem = joinPath(directory, offsetName(baseOffset));
  for (const suffix of SUFFIXES) disk.remove(stem + suffix + CLEANED_SUFFIX);
}
