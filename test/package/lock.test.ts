// The lock file is complete: npm leaves the optional packages of other platforms out when it can't look them up, and
// `npm ci` then refuses the file on the next machine. scripts/complete-lock.ts puts them back.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { missingOptional } from '../../scripts/complete-lock.ts';

test('the lock file names every optional package of every platform', () => {
  const path = resolve(import.meta.dirname, '../../package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  expect(missingOptional(lock).map(({ place, version }) => `${place}@${version}`)).toEqual([]);
});
