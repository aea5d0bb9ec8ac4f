import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogFile } from '../../src/daemon/log-file.ts';
import { lastLines } from '../../src/daemon/tail.ts';
import { DiskError } from '../../src/io/io.ts';
import { nodeIo } from '../../src/io/node.ts';

const io = nodeIo();
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-log-'));
  path = join(folder, 'broker.log');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the log of a broker', () => {
  test('goes on where it ended, with a time on each line', () => {
    for (const text of ['one', 'two']) {
      const log = new LogFile(io, path);
      log.line(text);
      log.close();
    }
    expect(readFileSync(path, 'utf8')).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] one\n\[[^\]]+\] two\n$/,
    );
  });

  test('is rotated past its size, and old ones fall off', () => {
    const log = new LogFile(io, path, 100);
    for (let index = 0; index < 40; index++) log.line(`${index} ${'x'.repeat(40)}`);
    log.close();
    expect(readFileSync(path, 'utf8')).toContain('39 ');
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('38 ');
    expect(existsSync(`${path}.5`)).toBe(true);
    expect(existsSync(`${path}.6`)).toBe(false);
  });

  test('loses lines while its disk refuses, and goes on when it takes them again', () => {
    let nowMs = 1000;
    let isFull = false;
    let attempts = 0;
    const open: typeof io.disk.open = (name, mode) => {
      attempts++;
      const file = io.disk.open(name, mode);
      const write = file.write.bind(file);
      file.write = (...bytes) => {
        if (isFull) throw new DiskError('ENOSPC', name, 'write');
        write(...bytes);
      };
      return file;
    };
    const clock = { ...io.clock, monotonicMs: () => nowMs };
    const log = new LogFile({ ...io, clock, disk: { ...io.disk, open } }, path);
    log.line('before');
    isFull = true;
    log.line('lost');
    isFull = false;
    log.line('lost too');
    expect(attempts).toBe(1);
    nowMs += 10_000;
    log.line('after');
    log.close();
    log.line('too late');
    expect(readFileSync(path, 'utf8').match(/\] .*/g)).toEqual(['] before', '] after']);
  });

  test('is shown from its last lines, however long they are', () => {
    const log = new LogFile(io, path);
    for (let index = 0; index < 5; index++) log.line(`${index} ${'y'.repeat(50_000)}`);
    log.close();
    const { text, endsAt } = lastLines(io, path, 2);
    expect(text.match(/\] \d/g)).toEqual(['] 3', '] 4']);
    expect(text.endsWith('\n')).toBe(true);
    expect(endsAt).toBe(readFileSync(path).length);
    expect(lastLines(io, path, 0).text).toBe('');
    expect(lastLines(io, path, 100).text.length).toBe(endsAt);
  });
});
