// Makes the ToolContext of a real process: its streams, signals, environment and embedded broker.

import { resolveBootstrap } from '../../daemon/resolve.ts';
import type { Manner, ToolContext } from '../../flags/tool-context.ts';
import type { Io } from '../../io/io.ts';
import { nodeIo } from '../../io/node.ts';
import { standardError, standardInput, standardOutput } from '../../io/node-stdio.ts';
import { Output, type OutputFormat } from '../../output/output.ts';
import { spin } from '../../output/spinner.ts';
import { type Interruption, interruption } from './interruption.ts';

export interface ContextOptions {
  readonly manner: Manner;
  readonly isLenient: boolean;
  readonly output?: OutputFormat | undefined;
  readonly cluster?: string | undefined;
  readonly mayAsk?: boolean;
}

export interface ProcessContext extends ToolContext {
  /** 128 + the signal's number when one ended the run, else undefined. */
  signalExitCode(): number | undefined;
}

export function processContext(options: ContextOptions): ProcessContext {
  const io = nodeIo();
  const { out, err } = streams(io, options);
  let interrupted: Interruption | undefined;
  return {
    io,
    manner: options.manner,
    isLenient: options.isLenient,
    out,
    err,
    notice: options.manner === 'exact' ? (text) => out.line(text) : err,
    deprecation: options.manner === 'exact' && !options.isLenient ? (text) => out.line(text) : err,
    get stdin() {
      const source = standardInput();
      Object.defineProperty(this, 'stdin', { value: source });
      return source;
    },
    bootstrap: (explicit) =>
      resolveBootstrap({
        explicit,
        cluster: options.cluster,
        io,
        say: err,
        progress: progress(io),
      }),
    // Only a tool that has something to finish looks at it; the others end by the signal, at once.
    get signal() {
      interrupted ??= interruption(io.clock, out, process);
      return interrupted.signal;
    },
    confirm: (question) => confirm(question, options),
    signalExitCode: () => interrupted?.exitCode(),
  };
}

function streams(io: Io, options: ContextOptions): { out: Output; err: (text: string) => void } {
  const target = standardOutput();
  const isModern = options.manner === 'modern';
  const format = options.output ?? (isModern && target.isTerminal ? 'table' : 'kafka');
  const out = new Output(format, isModern && wantsColour(target.isTerminal), target, io.clock);
  let stderr: ReturnType<typeof standardError> | undefined;
  const err = (text: string) => {
    // Both may be one pipe (2>&1): what was printed first comes first.
    out.flushSync();
    stderr ??= standardError();
    stderr.writeSync(Buffer.from(`${text}\n`));
  };
  return { out, err };
}

/** https://no-color.org; FORCE_COLOR for what pretends to be no terminal. */
function wantsColour(isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true;
  return isTerminal && TERM !== 'dumb';
}

/** People see a spinner; logs and pipes nothing. */
function progress(io: Io): (text: string) => () => void {
  return (text) => (process.stderr.isTTY === true ? spin(io.clock, text) : () => {});
}

async function confirm(question: string, options: ContextOptions): Promise<boolean> {
  const isInteractive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (options.mayAsk === false || !isInteractive) return false;
  const { ask } = await import('../../output/prompt.ts');
  return ask(question);
}
