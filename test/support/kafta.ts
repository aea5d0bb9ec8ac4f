// Runs the built kafta in a home of its own, for end-to-end tests: commands, launchers, and the end of every broker.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa, type Options } from 'execa';

const root = resolve(import.meta.dirname, '../..');
const entry = join(root, 'bin/run.js');

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

export class Kafta {
  readonly home = mkdtempSync(join(tmpdir(), 'kafta-e2e-'));
  readonly env: Record<string, string>;

  constructor(env: Record<string, string> = {}) {
    this.env = { KAFTA_HOME: this.home, NO_COLOR: '1', KAFTA_BOOTSTRAP_SERVER: '', ...env };
  }

  /** `kafta …`; never rejects for an exit code. */
  run(argv: readonly string[], options: Options = {}): Promise<Ran> {
    return this.#exec(process.execPath, [entry, ...argv], options);
  }

  /** A launcher of `kafta launchers [--legacy]`. */
  launch(
    script: string,
    argv: readonly string[],
    folder: 'launchers' | 'launchers-legacy' = 'launchers',
  ): Promise<Ran> {
    return this.#exec(join(root, 'bin', folder, script), argv, {});
  }

  /** A line for the shell, with `kafta` as a command and the exact launchers in PATH. */
  shell(line: string): Promise<Ran> {
    const PATH = `${join(root, 'bin/launchers')}:${process.env.PATH}`;
    const text = `kafta() { "${process.execPath}" "${entry}" "$@"; }; ${line}`;
    return this.#exec('bash', ['-c', text], { env: { PATH } });
  }

  async #exec(file: string, argv: readonly string[], options: Options): Promise<Ran> {
    const { env, ...rest } = options;
    const { stdout, stderr, exitCode } = await execa(file, argv, {
      reject: false,
      stripFinalNewline: false,
      stdin: 'ignore',
      ...rest,
      env: { ...this.env, ...env },
    });
    return { stdout: String(stdout ?? ''), stderr: String(stderr ?? ''), exitCode };
  }

  /** Stops every broker of this home and removes it. */
  async end(): Promise<void> {
    const clusters = join(this.home, 'clusters');
    const names = existsSync(clusters) ? readdirSync(clusters) : [];
    for (const name of names) await this.run(['broker', 'stop', '--cluster', name]);
    await this.launch('kafka-server-stop.sh', []);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}
