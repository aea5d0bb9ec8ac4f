import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startBroker } from '../src/index.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-library-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a temporary directory is gone when the broker has stopped', async () => {
  const broker = await startBroker();
  try {
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([broker.dataDirectory]);
  } finally {
    await broker.stop();
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('no temporary directory is left behind by a broker that can’t start', async () => {
  const started = startBroker({ properties: { 'process.roles': 'broker' } });
  await expect(started).rejects.toThrow(/process\.roles/);
  expect(readdirSync(folder)).toEqual([]);
});

test('a directory that was given is kept at the end', async () => {
  const dataDirectory = join(folder, 'given');
  const broker = await startBroker({ dataDirectory });
  await broker.stop();
  await broker.stop();
  expect(existsSync(join(dataDirectory, 'meta.properties'))).toBe(true);
});
