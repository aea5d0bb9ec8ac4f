import { join } from 'node:path';

export const daemonProgram = join(import.meta.dirname, 'daemon.ts');
export const ensureProgram = join(import.meta.dirname, 'ensure.ts');
