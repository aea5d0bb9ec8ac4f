// Builds dist/ and bin/launchers: one self-contained CommonJS file per command (it loads fastest), the daemon, and as
// ES modules with shared chunks the library, the oclif commands and what is loaded only when needed.
// `--no-prime` leaves the compile cache to be filled by use.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommands, bundleModules } from './build/bundle.ts';
import { findTools } from './build/find-tools.ts';
import { writeLaunchers } from './build/launchers.ts';
import { writeManifest } from './build/manifest.ts';
import { primeCompileCache } from './build/prime.ts';

const root = join(import.meta.dirname, '..');

const tools = await findTools(root);
rmSync(join(root, 'dist'), { recursive: true, force: true });
const lazy = await bundleCommands(root, tools);
await bundleModules(root, lazy);
writeLaunchers(root, tools);
writeManifest(root);
if (!process.argv.includes('--no-prime')) await primeCompileCache(root);
