import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NoBootstrapError } from '../../../src/client/errors.ts';
import { describeError } from '../../../src/commands/support/describe-error.ts';
import { DiskError } from '../../../src/io/io.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { type FileError, loadProperties } from '../../../src/tools/support/properties.ts';

function failure(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it was read');
}

test('a file that isn’t there or is a folder is named with what is wrong with it, to Java by its own words', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kafta-words-'));
  try {
    const path = join(folder, 'absent.properties');
    const absent = failure(() => loadProperties(nodeIo(), path)) as FileError;
    expect(describeError(absent, false)).toBe(`${path}: no such file`);
    expect([absent.exception, absent.message]).toEqual(['java.nio.file.NoSuchFileException', path]);
    const directory = failure(() => loadProperties(nodeIo(), folder)) as FileError;
    expect(describeError(directory, false)).toBe(`${folder}: a folder, not a file`);
    expect(directory.message).toBe('Is a directory');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a full disk is named; behind standard output it is told as that', () => {
  expect(describeError(new DiskError('ENOSPC', '/d/f', 'write'), false)).toBe(
    'The disk that holds /d/f is full.',
  );
  expect(describeError(new DiskError('ENOSPC', 'stdout', 'write'), false)).toBe(
    "Standard output can't be written: no space is left where it goes.",
  );
});

test('with --verbose where an error came from is told as well', () => {
  expect(describeError(new Error('broken'), true)).toMatch(/broken\n\s+at /);
  expect(describeError(new Error('broken'), false)).toBe('broken');
});

test('servers whose names nobody knows are named', () => {
  const known = describeError(
    new NoBootstrapError(['one.invalid:9092', 'two.invalid:9092']),
    false,
  );
  expect(known).toBe(
    'No host is known by the name in one.invalid:9092, two.invalid:9092: check --bootstrap-server.',
  );
  expect(describeError(new NoBootstrapError(['']), false)).toBe(
    '--bootstrap-server names no server: give host:port.',
  );
});
