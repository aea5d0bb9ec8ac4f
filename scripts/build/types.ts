// The library's types. It exports nothing of other modules' types, so that one file is all of it.

import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function writeTypes(root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kafta-types-'));
  try {
    await emit(root, folder);
    // A CommonJS program finds types for CommonJS: the same text.
    for (const name of ['index.d.ts', 'index.d.cts']) {
      copyFileSync(join(folder, 'src/index.d.ts'), join(root, 'dist', name));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A type error is for `npm run check`; the declarations are written all the same. */
function emit(root: string, folder: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const argv = [tsc, '-p', join(root, 'tsconfig.types.json'), '--outDir', folder];
  return new Promise((resolve) => execFile(process.execPath, argv, () => resolve()));
}
