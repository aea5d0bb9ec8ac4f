// An error as what the user reads on stderr: one line that names what went wrong. Never what the system calls it alone.

import { explainDisk } from '../../daemon/explain.ts';
import { DiskError } from '../../io/io.ts';

/** `isVerbose` adds where it came from. */
export function describeError(error: unknown, isVerbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (isVerbose) return error.stack ?? error.message;
  const plain = plainOf(error);
  if (plain !== undefined) return plain;
  if (!(error instanceof DiskError)) return error.message;
  return error.path === 'stdout' ? describeStdoutFailure(error.code) : explainDisk(error);
}

/** What an error says for people where its message is Kafka's. */
function plainOf(error: Error): string | undefined {
  const { plain } = error as { readonly plain?: unknown };
  return typeof plain === 'string' ? plain : undefined;
}

/** `code` as the system names it: ENOSPC, EIO. */
export function describeStdoutFailure(code: string): string {
  const why = code === 'ENOSPC' ? 'no space is left where it goes' : code;
  return `Standard output can't be written: ${why}.`;
}
