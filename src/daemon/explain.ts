// What a system call refused, as one line that names the thing and the way out: why a broker can't run, mostly.

import { DiskError, NetworkError } from '../io/io.ts';

export function explain(error: unknown, dataDirectory: string): string {
  if (error instanceof NetworkError) return explainNetwork(error);
  if (error instanceof DiskError) return explainDisk(error, dataDirectory);
  if (!(error instanceof Error)) return String(error);
  if (!error.message.startsWith('No readable meta.properties')) return error.message;
  return `${error.message} Format ${dataDirectory} first: kafka-storage.sh format -t ID -c server.properties`;
}

function explainNetwork(error: NetworkError): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `The address ${error.address} is taken by another process; choose another port.`;
    case 'EACCES':
      return `The address ${error.address} may not be listened on by this user; choose a port above 1023.`;
    case 'EADDRNOTAVAIL':
      return `The address ${error.address} isn't one of this machine.`;
    default:
      return `The broker can't listen on ${error.address}: ${error.code}.`;
  }
}

/** `place`: what the disk holds for the reader's eyes. */
export function explainDisk(error: DiskError, place = error.path): string {
  switch (error.code) {
    case 'ENOSPC':
      return place === error.path
        ? `The disk that holds ${place} is full.`
        : `The disk that holds ${place} is full (${error.path}).`;
    case 'EACCES':
    case 'EPERM':
      return `${error.path} isn't accessible to this user.`;
    case 'EROFS':
      return `${error.path} is on a file system that can't be written; choose another place (KAFTA_HOME, log.dirs).`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${error.path} can't be a folder: a file is in the way; move it, or choose another place (KAFTA_HOME, log.dirs).`;
    case 'EISDIR':
      return `${error.path} is a folder where a file is needed; name a file, or move the folder away.`;
    case 'EMFILE':
    case 'ENFILE':
      return `Too many open files (${error.path}); raise the limit with 'ulimit -n'.`;
    default:
      return error.message;
  }
}
