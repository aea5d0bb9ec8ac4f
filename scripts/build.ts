// Builds dist/ and bin/launchers: one self-contained CommonJS file per command (it loads fastest), the daemon, and as
// ES modules with shared chunks the library, the oclif commands and what is loaded only when needed.
// `--no-prime` leaves the compile cache to be filled by use.

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommands, bundleModules } from './build/bundle.ts';
import { findTools } from './build/find-tools.ts';
import { writeLaunchers } from './build/launchers.ts';
import { writeManifest } from './build/manifest.ts';
import { primeCompileCache } from './build/prime.ts';

const root = join(import.meta.dirname, '..');
const beganMs = Date.now();

const tools = await findTools(root);
const lazy = await bundleCommands(root, tools);
await bundleModules(root, lazy);
removeStale(join(root, 'dist'));
writeLaunchers(root, tools);
writeManifest(root);
if (!process.argv.includes('--no-prime')) await primeCompileCache(root);

/** What an earlier build left; commands that run meanwhile keep what this one made. */
function removeStale(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isCache = path.startsWith(join(folder, 'cache'));
    if (entry.isFile() && !isCache && statSync(path).mtimeMs < beganMs - 1000) rmSync(path);
  }
}
