import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskError } from '../../src/io/io.ts';
import { nodeDisk } from '../../src/io/node-disk.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-disk-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a file', () => {
  test('opened for writing keeps what is in it, and truncating empties it', () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'hello');
    const kept = nodeDisk.open(path, 'write');
    kept.write(Buffer.from('J'), 0, 1, 0);
    kept.close();
    expect(readFileSync(path, 'utf8')).toBe('Jello');
    nodeDisk.open(path, 'truncate').close();
    expect(statSync(path).size).toBe(0);
  });

  test('reads fewer bytes than asked for only at its end', () => {
    const file = nodeDisk.open(join(folder, 'a'), 'write');
    file.writeAll([Buffer.from('abc'), Buffer.alloc(0), Buffer.from('defg')], 2);
    const buffer = Buffer.alloc(10);
    expect(file.read(buffer, 1, 9, 3)).toBe(6);
    expect(buffer.toString('latin1', 1, 7)).toBe('bcdefg');
    expect(file.sizeBytes()).toBe(9);
    file.close();
    file.close();
  });

  test('takes more buffers in one write than the system takes at once', () => {
    const file = nodeDisk.open(join(folder, 'a'), 'write');
    const buffers = Array.from({ length: 3000 }, (_, index) => Buffer.from([index & 0xff]));
    file.writeAll(buffers, 0);
    const back = Buffer.alloc(3000);
    expect(file.read(back, 0, 3000, 0)).toBe(3000);
    expect(back.equals(Buffer.concat(buffers))).toBe(true);
    file.close();
  });

  test('that is not there is a DiskError with its path', () => {
    const path = join(folder, 'none');
    expect(() => nodeDisk.open(path, 'read')).toThrow(DiskError);
    try {
      nodeDisk.open(path, 'read');
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOENT', path });
    }
  });

  test('on a full disk is refused with ENOSPC', { skip: process.platform !== 'linux' }, () => {
    const full = nodeDisk.open('/dev/full', 'write');
    expect(() => full.write(Buffer.from('x'), 0, 1, 0)).toThrow('ENOSPC');
    full.close();
  });

  test('gets the folders above it, and none where there can be none', () => {
    const path = join(folder, 'a/b/c');
    for (let time = 0; time < 2; time++) nodeDisk.makeDirectory(path, { mode: 0o700 });
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
    expect(statSync(path).isDirectory()).toBe(true);
    writeFileSync(join(folder, 'file'), '');
    const make = (name: string) => () => nodeDisk.makeDirectory(name);
    expect(make(join(folder, 'file'))).toThrow('EEXIST');
    expect(make(join(folder, 'file/below/it'))).toThrow('ENOTDIR');
    if (process.platform === 'linux') expect(make('/proc/none/below')).toThrow('ENOENT');
  });

  test('written atomically has the mode that was asked for, also over a readable one', () => {
    const path = join(folder, 'secret');
    writeFileSync(`${path}.tmp`, '', { mode: 0o644 });
    nodeDisk.writeFileAtomic(path, 'x', { mode: 0o600 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(nodeDisk.list(folder)).toEqual(['secret']);
  });
});

const HOLDER = `
import { nodeDisk } from '${new URL('../../src/io/node-disk.ts', import.meta.url).href}';
const lock = nodeDisk.lock(process.argv[1]);
process.stdout.write(lock === undefined ? 'refused' : 'held');
process.stdin.resume();
`;

/** The only way to fcntl from here; CI has it, a machine with nothing but Node may not. */
const hasPython =
  process.platform !== 'win32' && spawnSync('python3', ['-c', 'import fcntl']).status === 0;

describe('a lock', () => {
  test('is refused while this process holds it, and granted after its release', () => {
    const path = join(folder, '.lock');
    const lock = nodeDisk.lock(path);
    expect(nodeDisk.lock(path)).toBeUndefined();
    lock?.release();
    const again = nodeDisk.lock(path);
    expect(again).toBeDefined();
    again?.release();
    expect(statSync(path).size).toBe(0);
  });

  test('is refused while another process holds it, and free once that one was killed', async () => {
    const path = join(folder, '.lock');
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const said = await new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk) => resolve(String(chunk)));
    });
    expect(said).toBe('held');
    expect(nodeDisk.lock(path)).toBeUndefined();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const lock = nodeDisk.lock(path);
    expect(lock).toBeDefined();
    lock?.release();
  });

  test.runIf(hasPython)('of ours refuses a process that locks the file as the JVM does', () => {
    const path = join(folder, '.lock');
    const lock = nodeDisk.lock(path);
    // fcntl on the whole file, which is what FileChannel.tryLock comes down to.
    const attempt = `import fcntl,sys
f=open(sys.argv[1],'r+')
try: fcntl.lockf(f, fcntl.LOCK_EX|fcntl.LOCK_NB); print('locked')
except OSError: print('refused')`;
    const said = () => execFileSync('python3', ['-c', attempt, path], { encoding: 'utf8' }).trim();
    expect(said()).toBe('refused');
    lock?.release();
    expect(said()).toBe('locked');
  });

  test('in a folder that is not there is a DiskError', () => {
    expect(() => nodeDisk.lock(join(folder, 'none', '.lock'))).toThrow(DiskError);
  });
});
