// What the benchmarks share: a command measured as a whole process, a broker's CPU and memory, the table of ratios.
// Linux only (a broker's figures come from /proc); never part of the tests.

import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Figures {
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakMiB: number;
}

/** Runs the command once; stdin from `input` (a file), stdout to /dev/null. Throws when it fails. */
export function measure(
  command: string[],
  options: { input?: string; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Figures> {
  const stdin = options.input === undefined ? 'ignore' : openSync(options.input, 'r');
  const stdout = openSync('/dev/null', 'w');
  const child = spawn('python3', [join(import.meta.dirname, 'measure.py'), ...command], {
    stdio: [stdin, stdout, 'pipe', 'pipe'],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (typeof stdin === 'number') closeSync(stdin);
  closeSync(stdout);
  let figures = '';
  let errors = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    figures += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  return new Promise((settle, fail) => {
    child.once('close', () => {
      const result = JSON.parse(figures || '{"code":-1}') as Figures & { code: number };
      if (result.code === 0) settle(result);
      else
        fail(new Error(`${command.join(' ')} failed with ${result.code}: ${errors.slice(-500)}`));
    });
  });
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

/** The run with the median wall time. The commands take turns, so that a noisy moment meets all of them. */
export async function inTurn(
  runs: number,
  commands: (() => Promise<Figures>)[],
): Promise<Figures[]> {
  const all: Figures[][] = commands.map(() => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, command] of commands.entries()) all[index]?.push(await command());
  }
  return all.map((list) => list.sort((a, b) => a.wallS - b.wallS)[list.length >> 1] as Figures);
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU seconds a process has used so far, its children not included. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** A line of the report: what, ours, the peer's, ours ÷ peer's, and whether the target ratio is met. */
export function row(
  what: string,
  ours: number,
  peer: string,
  theirs: number,
  atMost: number,
  unit: string,
): void {
  const ratio = ours / theirs;
  const verdict = ratio <= atMost ? 'met' : 'MISSED';
  const figure = (value: number) => (value < 10 ? value.toFixed(3) : value.toFixed(0));
  console.log(
    `${what.padEnd(52)} ${figure(ours).padStart(8)} ${unit.padEnd(4)} ${peer.padEnd(12)} ${figure(theirs).padStart(8)}   ratio ${ratio.toFixed(2).padStart(6)}  target ${atMost.toFixed(2).padStart(5)}  ${verdict}`,
  );
}
