// The layers of docs/ARCHITECTURE.md, held: which folder of src may import which.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../../src');

const BELOW_BROKER = ['common', 'config', 'io', 'protocol', 'records', 'log', 'raft', 'metadata'];

/** Folder → the folders it may import besides itself. */
const ALLOWED: Record<string, readonly string[]> = {
  common: [],
  config: ['common'],
  io: ['common'],
  security: ['common', 'io'],
  protocol: ['common'],
  records: ['common', 'config', 'io', 'protocol'],
  log: ['common', 'config', 'io', 'protocol', 'records'],
  raft: ['common', 'config', 'io', 'protocol', 'records', 'log'],
  metadata: ['common', 'config', 'io', 'protocol', 'records', 'log', 'raft'],
  coordinator: BELOW_BROKER,
  broker: [...BELOW_BROKER, 'coordinator', 'security'],
  client: ['common', 'config', 'io', 'protocol', 'records', 'security'],
  output: ['common', 'io'],
  flags: ['common', 'io', 'output'],
  tools: [
    ...['client', 'common', 'config', 'flags', 'io', 'output', 'protocol', 'records'],
    // For the tools that work on a data directory: dump-log, storage.
    ...['log', 'raft', 'metadata'],
  ],
  daemon: ['client', 'common', 'config', 'io'],
  commands: ['common', 'daemon', 'flags', 'io', 'output', 'tools'],
};

/** Single files that may import more: the composition roots. */
const ROOTS: Record<string, readonly string[]> = {
  'daemon/main.ts': ['broker', 'metadata'],
  'daemon/format.ts': ['metadata'],
  'index.ts': ['daemon', 'broker', 'client', 'config', 'io', 'metadata', 'common'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function sources(): string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.split(sep).join('/'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, path]) => ({
    from: file,
    to: relative(src, resolve(src, file, '..', path!))
      .split(sep)
      .join('/'),
  }));
}

function folderOf(file: string): string {
  return file.includes('/') ? file.split('/')[0]! : '';
}

function isAllowed({ from, to }: Import): boolean {
  if (to.startsWith('..')) return to === '../package.json';
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === target) return true;
  return [...(ALLOWED[source] ?? []), ...(ROOTS[from] ?? [])].includes(target);
}

describe('layers', () => {
  const imports = sources().flatMap(importsOf);

  test('every folder of src is a layer', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((each) => each.isDirectory());
    expect(folders.map((each) => each.name).filter((name) => !(name in ALLOWED))).toEqual([]);
  });

  test('no import goes up or sideways', () => {
    const wrong = imports.filter((each) => !isAllowed(each));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('the imports are seen at all', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(isAllowed({ from: 'client/x.ts', to: 'broker/y.ts' })).toBe(false);
    expect(isAllowed({ from: 'daemon/ensure.ts', to: 'broker/y.ts' })).toBe(false);
  });
});
