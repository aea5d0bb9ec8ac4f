// An error as what the user reads on stderr: one line that names what went wrong. Never what the system calls it alone.

import { NoBootstrapError } from '../../client/errors.ts';
import { explainDisk } from '../../daemon/explain.ts';
import { DiskError } from '../../io/io.ts';
import { FileError } from '../../tools/support/properties.ts';

/** `isVerbose` adds where it came from. */
export function describeError(error: unknown, isVerbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (isVerbose) return error.stack ?? error.message;
  if (error instanceof FileError) return error.plain;
  if (error instanceof NoBootstrapError) return describeNoBootstrap(error);
  if (!(error instanceof DiskError)) return error.message;
  return error.path === 'stdout' ? describeStdoutFailure(error.code) : explainDisk(error);
}

function describeNoBootstrap({ servers }: NoBootstrapError): string {
  const named = servers.filter((server) => server.trim() !== '').join(', ');
  if (named === '') return '--bootstrap-server names no server: give host:port.';
  return `No host is known by the name in ${named}: check --bootstrap-server.`;
}

/** `code` as the system names it: ENOSPC, EIO. */
export function describeStdoutFailure(code: string): string {
  const why = code === 'ENOSPC' ? 'no space is left where it goes' : code;
  return `Standard output can't be written: ${why}.`;
}
