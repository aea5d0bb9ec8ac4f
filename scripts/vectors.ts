// npm run vectors -- FILE...: runs files of test vectors (JSON, plain or gzipped: `vectors`, `batches`) against the
// codecs. One line per failure, then "N passed, N failed"; exit 1 when one failed, 2 when a file can't be read.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type BatchVector, runBatchVector } from './vectors/batches.ts';
import { type MessageVector, runMessageVector } from './vectors/messages.ts';

interface VectorFile {
  readonly vectors?: readonly MessageVector[];
  readonly batches?: readonly BatchVector[];
}

function load(path: string): VectorFile {
  const bytes = readFileSync(path);
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const parsed = JSON.parse(plain.toString('utf8')) as VectorFile | readonly object[];
  const file = Array.isArray(parsed) ? ofList(parsed) : (parsed as VectorFile);
  if (file.vectors === undefined && file.batches === undefined) {
    throw new Error('neither vectors nor batches in it');
  }
  return file;
}

/** A bare list may hold both kinds. */
function ofList(list: readonly object[]): VectorFile {
  const isMessage = (item: object) => 'schema' in item;
  return {
    vectors: list.filter(isMessage) as MessageVector[],
    batches: list.filter((item) => !isMessage(item)) as BatchVector[],
  };
}

function run(paths: readonly string[]): number {
  let passed = 0;
  let failed = 0;
  const count = (failures: readonly string[]) => {
    if (failures.length === 0) passed++;
    else failed++;
    for (const failure of failures) console.log(`FAILED ${failure}`);
  };
  for (const path of paths) {
    let file: VectorFile;
    try {
      file = load(path);
    } catch (error) {
      console.error(`${path}: ${(error as Error).message}`);
      return 2;
    }
    for (const vector of file.vectors ?? []) count(runMessageVector(vector));
    for (const vector of file.batches ?? []) count(runBatchVector(vector));
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: npm run vectors -- FILE...');
  process.exitCode = 2;
} else {
  process.exitCode = run(paths);
}
