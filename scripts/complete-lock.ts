// Puts back into package-lock.json the optional packages of other platforms that npm dropped while it wrote the file.
//   node scripts/complete-lock.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  packages: Record<string, LockEntry>;
}

interface Missing {
  readonly place: string;
  readonly name: string;
  readonly version: string;
  readonly isDevelopment: boolean;
}

/** Optional dependencies for which the lock has no entry where Node would look for them. */
export function missingOptional(lock: Lock): Missing[] {
  return Object.entries(lock.packages).flatMap(([place, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !candidates(place, name).some((each) => each in lock.packages))
      .map(([name, range]) => ({
        place: `node_modules/${name}`,
        name,
        version: range.replace(/^[\^~]/, ''),
        isDevelopment: entry.dev === true,
      })),
  );
}

/** node_modules of the package itself, then of each package around it. */
function candidates(place: string, name: string): string[] {
  const found: string[] = [];
  let folder = place;
  for (;;) {
    found.push(`${folder === '' ? '' : `${folder}/`}node_modules/${name}`);
    if (folder === '') return found;
    folder = folder.slice(0, folder.lastIndexOf('node_modules/')).replace(/\/$/, '');
  }
}

const SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

/** Platform packages carry it in their names: cli-linux-x64-musl. */
function entryOf({ name, version, isDevelopment }: Missing): LockEntry {
  const words = name.split('/').at(-1)!.split('-');
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const isMusl = words.some((word) => word.startsWith('musl'));
  const isGlibc = words.some((word) => word.startsWith('gnu'));
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(isDevelopment ? { dev: true } : {}),
    ...(isMusl ? { libc: ['musl'] } : isGlibc ? { libc: ['glibc'] } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

if (import.meta.main) {
  const path = join(import.meta.dirname, '../package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock;
  const missing = missingOptional(lock);
  for (const each of missing) lock.packages[each.place] = entryOf(each);
  const { '': root, ...packages } = lock.packages;
  const sorted = Object.entries(packages).sort(([left], [right]) => (left < right ? -1 : 1));
  lock.packages = { '': root!, ...Object.fromEntries(sorted) };
  writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
  process.stdout.write(`${missing.length} entries added\n`);
}
