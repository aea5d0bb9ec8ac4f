// Rules that no linter knows: what enters only through src/io, files that stay readable, commits without leftovers.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');

const MAX_LINES = 600;

interface Source {
  readonly name: string;
  readonly text: string;
}

function sources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]s$/.test(name) && !name.includes('node_modules'))
    .map((name) => ({
      name: name.split(sep).join('/'),
      text: readFileSync(join(folder, name), 'utf8'),
    }));
}

/** The text without comments, roughly: enough to look for calls. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

const all = sources(src).filter(({ name }) => !name.startsWith('protocol/generated/'));

/** What makes a run differ from the next: only src/io may touch it. */
const NON_DETERMINISTIC = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bMath\.random\b/,
  /\bperformance\.now\b/,
  /\bprocess\.hrtime\b/,
  /\b(setTimeout|setInterval|setImmediate)\s*\(/,
  /\brandomUUID\b|\brandomBytes\b/,
];

const SYSTEM_MODULES =
  /from '(node:)?(fs|fs\/promises|net|dgram|timers|timers\/promises|worker_threads)'/;

/** Process handling needs the system itself: spawning, descriptors that are handed on. */
const PROCESS_FOLDERS = ['io/', 'daemon/', 'commands/'];

describe('sources', () => {
  test('time, chance and timers come from src/io', () => {
    const found = all
      .filter(({ name }) => !name.startsWith('io/'))
      .flatMap(({ name, text }) =>
        NON_DETERMINISTIC.filter((pattern) => pattern.test(code(text))).map(
          (pattern) => `${name}: ${pattern.source}`,
        ),
      );
    expect(found).toEqual([]);
  });

  test('files and sockets come from src/io', () => {
    const found = all
      .filter(({ name }) => !PROCESS_FOLDERS.some((folder) => name.startsWith(folder)))
      .filter(({ text }) => SYSTEM_MODULES.test(text));
    expect(found.map(({ name }) => name)).toEqual([]);
  });

  test('only src/output and the entries print', () => {
    const printing = /\bconsole\.\w+\(|process\.stdout\.write/;
    const mayPrint = ['output/', 'io/', 'commands/launch/'];
    const found = all
      .filter(({ name }) => !mayPrint.some((folder) => name.startsWith(folder)))
      .filter(({ text }) => printing.test(code(text)));
    expect(found.map(({ name }) => name)).toEqual([]);
  });

  test(`no file is longer than ${MAX_LINES} lines`, () => {
    const found = all.filter(({ text }) => text.split('\n').length > MAX_LINES);
    expect(found.map(({ name, text }) => `${name}: ${text.split('\n').length}`)).toEqual([]);
  });

  test('a file opens with what it is', () => {
    const isPlain = ({ name }: Source) =>
      /^commands\/[^/]+\.ts$|^commands\/(broker|context)\//.test(name);
    const found = all.filter((source) => !isPlain(source) && !source.text.startsWith('//'));
    expect(found.map(({ name }) => name)).toEqual([]);
  });

  test('no test is focused and nothing is left to be done', () => {
    const focused = sources(join(root, 'test')).filter(({ text }) =>
      /\b(test|it|describe)\.(only|skip|todo)\b/.test(code(text)),
    );
    const unfinished = all.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text));
    expect([...focused, ...unfinished].map(({ name }) => name)).toEqual([]);
  });
});
