// oclif's manifest: commands, flags and summaries as data, so that help needs no command's code.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export function writeManifest(root: string): void {
  const oclif = join(root, 'node_modules/oclif/bin/run.js');
  execFileSync(process.execPath, [oclif, 'manifest'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
