// Fills the compile cache that launchers and `kafta` use, by using each command once as it will be used most: against
// an embedded broker of its own, in a temporary folder. Node writes a file's cache at the end of its first run only.
// A cache is only a cache: what goes wrong here is left to the first use.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TIMEOUT_MS = 20_000;
/** Enough for batches to be built, compressed by none, sent and fetched. */
const LINES = Array.from({ length: 2000 }, (_, index) => `line ${index}`).join('\n');

const RUNS: readonly (readonly string[])[] = [
  ['topics', '--list'],
  ['console-producer', '--topic', 'prime'],
  ['console-consumer', '--topic', 'prime', '--from-beginning', '--max-messages', '2000'],
  ['get-offsets', '--topic', 'prime'],
  ['storage', 'random-uuid'],
  ['delete-records', '--version'],
  ['broker', 'stop'],
];

/** Resolves when done, or when it can't be; never rejects. */
export async function primeCompileCache(root: string): Promise<void> {
  const cache = join(root, 'dist/cache');
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'kafta-prime-'));
  const { KAFTA_BOOTSTRAP_SERVER: _1, KAFTA_CLUSTER: _2, ...inherited } = process.env;
  const env = { ...inherited, KAFTA_HOME: home, NODE_COMPILE_CACHE: cache };
  try {
    for (const argv of RUNS) await run(root, argv, env);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function run(root: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'bin/run.js'), ...argv], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: TIMEOUT_MS,
    });
    child.stdin.on('error', () => {});
    child.stdin.end(LINES);
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
}
