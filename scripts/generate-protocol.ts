// Generates src/protocol/generated from src/protocol/schemas (messages.json, apis.json, errors.json).
// Same schemas in, same bytes out. `--check` writes nothing and fails when what is committed differs.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ErrorFacts,
  emitApi,
  emitErrors,
  emitFacts,
  emitTable,
  type Facts,
} from './protocol/emit-facts.ts';
import { emitJsonForms } from './protocol/emit-json.ts';
import { emitModule } from './protocol/emit-module.ts';
import { fileName } from './protocol/names.ts';
import { analyse, type Message, type Schema } from './protocol/schema.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const schemas = join(root, 'src/protocol/schemas');
const target = join(root, 'src/protocol/generated');

function load<T>(name: string): T {
  return JSON.parse(readFileSync(join(schemas, name), 'utf8')) as T;
}

function folderOf({ schema }: Message): string {
  if (schema.type === 'request' || schema.type === 'response') return 'apis';
  if (schema.type.startsWith('coordinator')) return 'coordinator';
  return schema.type === 'metadata' ? 'metadata' : 'data';
}

/** Path within the target → content. */
function generate(): Map<string, string> {
  const files = new Map<string, string>();
  const all = Object.values(load<{ schemas: Record<string, Schema> }>('messages.json').schemas);
  const messages = all
    .map(analyse)
    .filter((message): message is Message => message !== undefined)
    .sort((a, b) => (a.schema.name < b.schema.name ? -1 : 1));
  for (const message of messages) {
    files.set(`${folderOf(message)}/${fileName(message.schema.name)}.ts`, emitModule(message));
  }
  const facts = load<Facts>('apis.json');
  for (const api of facts.apis) {
    if (!api.supported) continue;
    const pair = (type: string) =>
      messages.find(({ schema }) => schema.type === type && schema.apiKey === api.id)!;
    const name = fileName(pair('request').schema.name.replace(/Request$/, ''));
    files.set(`apis/${name}.ts`, emitApi(api, pair('request'), pair('response')));
  }
  files.set('errors.ts', emitErrors(load<{ errors: ErrorFacts[] }>('errors.json').errors));
  files.set('api-facts.ts', emitFacts(facts));
  files.set('json-forms.ts', emitJsonForms(messages));
  files.set(
    'all-messages.ts',
    emitTable(
      'ALL_MESSAGES',
      'Every message. Only for tests and scripts: it loads all codecs.',
      messages,
      folderOf,
    ),
  );
  return files;
}

function existingFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(target, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function differences(files: Map<string, string>): string[] {
  const found = existingFiles(target).filter((name) => !files.has(name));
  for (const [name, text] of files) {
    const path = join(target, name);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) found.push(name);
  }
  return found.sort();
}

const files = generate();
const stale = differences(files);
if (process.argv.includes('--check')) {
  for (const name of stale)
    console.error(`src/protocol/generated/${name} differs: npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const name of stale) {
    const text = files.get(name);
    const path = join(target, name);
    if (text === undefined) {
      rmSync(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  console.log(`${files.size} files, ${stale.length} changed`);
}
