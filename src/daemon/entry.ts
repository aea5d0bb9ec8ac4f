// The file that is the daemon's program: built, or the TypeScript itself in a checkout's tests.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beneath dist for the commands and the chunks, beside itself for the daemon, which detaches by running again. */
export function daemonEntry(): string {
  const candidates = import.meta.url.endsWith('.ts')
    ? ['./main.ts']
    : ['../daemon.cjs', './daemon.cjs'];
  const paths = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? paths[0]!;
}
