// Builds dist/ and bin/launchers: one self-contained CommonJS file per command (it loads fastest), the daemon, and as
// ES modules with shared chunks the library, the oclif commands and what is loaded only when needed.
//   --if-stale  nothing when no source is newer than the last build (npm runs `prepare` more often than needed)
//   --no-prime  leaves the compile cache to be filled by use

import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleCommands, bundleModules, COMMAND_PROGRAMS } from './build/bundle.ts';
import { findTools } from './build/find-tools.ts';
import { writeLaunchers } from './build/launchers.ts';
import { writeManifest } from './build/manifest.ts';
import { primeCompileCache } from './build/prime.ts';
import { writeTypes } from './build/types.ts';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'dist/built');
const beganMs = Date.now();

if (!process.argv.includes('--if-stale') || isStale()) await buildAll();

async function buildAll(): Promise<void> {
  const tools = await findTools(root);
  const lazy = await bundleCommands(root, tools);
  const modules = await bundleModules(root, lazy);
  writeLaunchers(root, tools);
  writeManifest(root);
  await writeTypes(root);
  removeStale(
    'dist/lib',
    modules.map((path) => basename(path)),
  );
  removeStale('dist/commands', [
    ...COMMAND_PROGRAMS,
    ...tools.map(({ tool }) => `${tool.table.command}.cjs`),
  ]);
  if (!process.argv.includes('--no-prime')) await primeCompileCache(root);
  writeFileSync(stamp, '');
  // What changes while a build runs is newer than the build.
  utimesSync(stamp, beganMs / 1000, beganMs / 1000);
}

/** Whether a source is newer than the beginning of the last whole build. */
function isStale(): boolean {
  if (!existsSync(stamp) || !existsSync(join(root, 'bin/launchers'))) return true;
  const builtMs = statSync(stamp).mtimeMs;
  const sources = ['src', 'scripts', 'package.json', 'package-lock.json'];
  return sources.some((name) => newestMs(join(root, name)) > builtMs);
}

function newestMs(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

/** What an earlier build left. By name: esbuild doesn't touch a file that would stay the same. */
function removeStale(folder: string, made: readonly string[]): void {
  for (const name of readdirSync(join(root, folder))) {
    if (!made.includes(name)) rmSync(join(root, folder, name));
  }
}
