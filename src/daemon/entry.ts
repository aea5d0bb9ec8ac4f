// The file that is the daemon's program: built, or the TypeScript itself in a checkout's tests.

import { fileURLToPath } from 'node:url';

export function daemonEntry(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? './main.ts' : '../daemon.cjs', import.meta.url));
}
