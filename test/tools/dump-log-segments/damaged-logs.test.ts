// Damage of kinds that a double or a strict reader would show otherwise, against what Apache Kafka 4.3.1 printed of it:
// apache/damaged-logs.json holds each log, the options, the lines after the first two, and the exit code.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTool } from '../../../src/flags/tool.ts';
import { DUMP_LOG_SEGMENTS } from '../../../src/tools/dump-log-segments/index.ts';
import { fakeContext } from '../fake-context.ts';

interface Play {
  readonly name: string;
  readonly options: readonly string[];
  readonly log: string;
  readonly out: readonly string[];
  readonly code: number;
}

const plays = JSON.parse(
  readFileSync(join(import.meta.dirname, 'apache/damaged-logs.json'), 'utf8'),
) as Play[];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-dump-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(plays)('$name is shown as Apache Kafka shows it', async ({ options, log, out, code }) => {
  const path = join(folder, '00000000000000000000.log');
  writeFileSync(path, Buffer.from(log, 'base64'));
  const context = fakeContext();
  expect(await runTool(DUMP_LOG_SEGMENTS, ['--files', path, ...options], context)).toBe(code);
  const lines = (await context.stdoutText()).split('\n');
  if (lines.at(-1) === '') lines.pop();
  expect(lines.slice(2)).toEqual(out);
});
