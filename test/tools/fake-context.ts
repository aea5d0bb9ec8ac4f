// A ToolContext in memory: stdout and stderr as texts, stdin from a list of chunks, no process, no broker.

import { parseJopt } from '../../src/flags/jopt.ts';
import type { OptionTable } from '../../src/flags/option-table.ts';
import type { ParsedOptions } from '../../src/flags/parsed-options.ts';
import type { Manner, ToolContext } from '../../src/flags/tool-context.ts';
import { nodeIo } from '../../src/io/node.ts';
import type { ByteTarget } from '../../src/io/stdio.ts';
import { Output, type OutputFormat } from '../../src/output/output.ts';

export interface FakeContext extends ToolContext {
  readonly stdoutText: () => Promise<string>;
  readonly stderrLines: string[];
  /** What the tool asked, in order. */
  readonly questions: string[];
  readonly abort: () => void;
}

export interface FakeOptions {
  readonly manner?: Manner;
  readonly isLenient?: boolean;
  readonly format?: OutputFormat;
  readonly stdin?: readonly (string | Buffer)[];
  /** What a question is answered with: no, when absent. */
  readonly answer?: boolean;
}

export function fakeContext(options: FakeOptions = {}): FakeContext {
  const io = nodeIo();
  const written: Buffer[] = [];
  const target: ByteTarget = {
    isTerminal: false,
    columns: 80,
    write: async (bytes) => written.push(Buffer.from(bytes)) > 0,
    writeSync: (bytes) => written.push(Buffer.from(bytes)) > 0,
  };
  const out = new Output(options.format ?? 'kafka', false, target, io.clock);
  const stderrLines: string[] = [];
  const questions: string[] = [];
  const controller = new AbortController();
  const chunks = [...(options.stdin ?? [])];
  const manner = options.manner ?? 'exact';
  return {
    io,
    manner,
    isLenient: options.isLenient ?? manner === 'modern',
    out,
    err: (text) => stderrLines.push(text),
    notice: manner === 'exact' ? (text) => out.line(text) : (text) => stderrLines.push(text),
    deprecation: manner === 'exact' ? (text) => out.line(text) : (text) => stderrLines.push(text),
    stdin: {
      isTerminal: false,
      read: async () => {
        const chunk = chunks.shift();
        return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      },
      close: () => {},
    },
    bootstrap: async (explicit) => explicit ?? 'localhost:9092',
    signal: controller.signal,
    confirm: async (question) => {
      questions.push(question);
      return options.answer ?? false;
    },
    questions,
    stdoutText: async () => {
      await out.flush();
      return Buffer.concat(written).toString();
    },
    stderrLines,
    abort: () => controller.abort(),
  };
}

export function parsed(table: OptionTable, line: string): ParsedOptions {
  return parseJopt(table, line === '' ? [] : line.split(' '));
}
