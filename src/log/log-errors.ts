// A file of a log that can't be used and can't be rebuilt: always named, with the place in it where that is known.

import { DiskError } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';

export class DamagedFileError extends Error {
  readonly path: string;
  /** Byte position in the file, or -1. */
  readonly position: number;
  /** What is wrong, without the place. */
  readonly problem: string;

  constructor(path: string, position: number, problem: string, options?: ErrorOptions) {
    super(
      position < 0 ? `${path}: ${problem}` : `${path} at byte ${position}: ${problem}`,
      options,
    );
    this.name = 'DamagedFileError';
    this.path = path;
    this.position = position;
    this.problem = problem;
  }
}

/** What a client sees when the disk failed: KAFKA_STORAGE_ERROR, with the DiskError as its cause. */
export function storageError(error: unknown): unknown {
  if (!(error instanceof DiskError) && !(error instanceof DamagedFileError)) return error;
  return new ApiError(Errors.KAFKA_STORAGE_ERROR, error.message, { cause: error });
}

/** What can pass by itself, or by somebody's making room: no reason to give up a disk. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EMFILE', 'ENFILE']);

/** The error of a disk that can't be used any more, directly or as the cause; undefined for all others. */
export function diskFailure(error: unknown): DiskError | undefined {
  const found = error instanceof ApiError ? error.cause : error;
  return found instanceof DiskError && !PASSING.has(found.code) ? found : undefined;
}

/** The error of a disk that may do better later: it is full, or too many files are open. */
export function isPassing(error: unknown): boolean {
  const found = error instanceof ApiError ? error.cause : error;
  return found instanceof DiskError && PASSING.has(found.code);
}
