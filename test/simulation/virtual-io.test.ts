// The virtual world itself: its time, its disk with crashes, its network. What is simulated on it is only worth as
// much as this holds.

import { describe, expect, it } from 'vitest';
import type { Connection, DiskFile } from '../../src/io/io.ts';
import { DeadlockError } from './scheduler.ts';
import { CrashError } from './virtual-disk.ts';
import { ignoreCrash, VirtualWorld } from './virtual-io.ts';

function put(file: DiskFile, text: string, position: number): void {
  file.write(Buffer.from(text), 0, text.length, position);
}

describe('virtual time', () => {
  it('runs timers in the order in which they are due, without waiting', async () => {
    const world = new VirtualWorld(1);
    const { clock } = world.process().io;
    const seen: string[] = [];
    await world.scheduler.run(async () => {
      clock.setTimer(3_600_000, () => seen.push('an hour'));
      clock.setTimer(5, () => seen.push('second'));
      clock.setTimer(5, () => seen.push('third'));
      clock.setTimer(1, () => seen.push('cancelled')).cancel();
      clock.defer(() => seen.push('first'));
      await world.scheduler.sleep(3_600_001);
    });
    expect(seen).toEqual(['first', 'second', 'third', 'an hour']);
    expect(clock.monotonicMs()).toBe(3_600_001);
  });

  it('tells when nothing is left to happen', async () => {
    const { scheduler } = new VirtualWorld(1);
    await expect(scheduler.run(() => new Promise(() => {}))).rejects.toThrow(DeadlockError);
  });
});

describe('a virtual disk', () => {
  it('reads back what was written, with zeros between', () => {
    const { disk } = new VirtualWorld(1).process();
    disk.makeDirectory('/a/b');
    const file = disk.open('/a/b/f', 'write');
    put(file, 'xy', 5);
    file.truncate(10_000_000);
    expect(disk.stat('/a/b/f')!.sizeBytes).toBe(10_000_000);
    const target = Buffer.alloc(10, 1);
    expect(file.read(target, 0, 10, 9_999_995)).toBe(5);
    expect(file.read(target, 0, 10, 0)).toBe(10);
    expect(target.toString('latin1')).toBe('\0\0\0\0\0xy\0\0\0');
    expect(disk.list('/a')).toEqual(['b']);
    disk.rename('/a', '/c');
    expect(disk.readFile('/c/b/f').length).toBe(10_000_000);
    disk.remove('/c');
    expect(disk.exists('/c/b/f')).toBe(false);
    expect(disk.list('/')).toEqual([]);
  });

  it('names what is wrong', () => {
    const { disk } = new VirtualWorld(1).process();
    expect(() => disk.open('/missing/f', 'write')).toThrow('ENOENT');
    expect(() => disk.open('/f', 'read')).toThrow('ENOENT');
    expect(() => disk.list('/nowhere')).toThrow('ENOENT');
    const file = disk.open('/f', 'write');
    file.close();
    expect(() => file.sizeBytes()).toThrow('EBADF');
  });

  it('fails to order', () => {
    const { disk } = new VirtualWorld(1).process();
    disk.faults.push({ operation: 'write', path: /\/f$/, code: 'EIO', times: 1 });
    const file = disk.open('/f', 'write');
    expect(() => put(file, 'abc', 0)).toThrow('EIO');
    put(file, 'abc', 0);
    expect(disk.readFile('/f').toString()).toBe('abc');
  });

  it('fills up', () => {
    const world = new VirtualWorld(1);
    world.storage.capacityBytes = 5;
    const { disk } = world.process();
    const file = disk.open('/f', 'write');
    put(file, 'abc', 0);
    expect(disk.space('/')).toEqual({ totalBytes: 5, usableBytes: 2 });
    expect(() => put(file, 'defg', 3)).toThrow('ENOSPC');
    expect(disk.readFile('/f').toString()).toBe('abcde');
  });

  it('locks a path for one process, until that dies', () => {
    const world = new VirtualWorld(1);
    const first = world.process();
    const second = world.process();
    expect(first.disk.lock('/.lock')).toBeDefined();
    expect(second.disk.lock('/.lock')).toBeUndefined();
    first.disk.kill();
    expect(second.disk.lock('/.lock')).toBeDefined();
  });
});

describe('a process that dies in a write', () => {
  it('leaves the part that was ordered, and can do nothing more', () => {
    const world = new VirtualWorld(1);
    const { disk } = world.process();
    const file = disk.open('/f', 'write');
    put(file, '0123', 0);
    disk.crashAt(1, 0.5);
    put(file, '4567', 4);
    expect(() => put(file, '89ab', 8)).toThrow(CrashError);
    expect(() => put(file, 'zz', 0)).toThrow(CrashError);
    expect(() => disk.exists('/f')).toThrow(CrashError);
    world.restart('process');
    expect(world.process().disk.readFile('/f').toString()).toBe('0123456789');
  });

  it('does not run its timers any more', async () => {
    const world = new VirtualWorld(1);
    const { io, disk } = world.process();
    let fired = false;
    io.clock.setTimer(1, () => {
      fired = true;
    });
    disk.kill();
    await world.scheduler.advance(10);
    expect(fired).toBe(false);
  });

  it('takes its connections and its ports with it', async () => {
    const world = new VirtualWorld(1);
    const server = world.process();
    const client = world.process();
    const codes: (string | undefined)[] = [];
    await world.scheduler.run(async () => {
      const listening = { host: 'localhost', port: 9092 };
      await server.io.network.listen(listening, (connection) => {
        connection.onData(() => server.disk.makeDirectory('/x'));
        connection.onClose(() => codes.push('the dead were called'));
      });
      const connection = await client.io.network.connect({ ...listening, timeoutMs: 100 });
      connection.onClose((error) => codes.push(error?.code));
      server.disk.crashAt(0);
      connection.write([Buffer.from('x')]);
      await world.scheduler.sleep(100);
      const again = client.io.network.connect({ ...listening, timeoutMs: 100 });
      await expect(again).rejects.toThrow('ECONNREFUSED');
    });
    expect(codes).toEqual(['ECONNRESET']);
  });

  it('is told from other failures', () => {
    expect(() => ignoreCrash(new CrashError('x'))).not.toThrow();
    expect(() => ignoreCrash(new Error('x'))).toThrow('x');
  });
});

describe('a power failure', () => {
  it('keeps what was flushed, and a beginning of the rest', async () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const world = new VirtualWorld(seed);
      const { disk } = world.process();
      const file = disk.open('/f', 'write');
      put(file, '0123', 0);
      await world.scheduler.run(() => file.flush());
      disk.flushDirectory('/');
      put(file, '4567', 4);
      put(file, '89ab', 8);
      world.restart('power');
      const content = world.process().disk.readFile('/f').toString();
      // Zeros stand where the size came onto the disk before the bytes.
      const written = content.replace(/\0+$/, '');
      expect('0123456789ab'.startsWith(written)).toBe(true);
      lengths.add(written.length);
    }
    expect([...lengths].sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('may lose a name whose directory was not flushed, with its file', () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const world = new VirtualWorld(seed);
      const { disk } = world.process();
      disk.writeFileAtomic('/old', 'content');
      disk.rename('/old', '/new');
      world.restart('power');
      found.add(world.process().disk.list('/').join());
    }
    expect([...found].sort()).toEqual(['new', 'old']);
  });

  it('leaves the old or the new content of a file written atomically', () => {
    const found = new Set<string>();
    for (let operation = 0; operation < 6; operation++) {
      for (let seed = 0; seed < 20; seed++) {
        const world = new VirtualWorld(seed);
        const { disk } = world.process();
        disk.writeFileAtomic('/f', 'the old one');
        disk.crashAt(operation, 0.5);
        try {
          disk.writeFileAtomic('/f', 'the new one');
        } catch (error) {
          ignoreCrash(error);
        }
        world.restart('power');
        found.add(world.process().disk.readFile('/f').toString());
      }
    }
    expect([...found].sort()).toEqual(['the new one', 'the old one']);
  });
});

describe('a virtual network', () => {
  async function pair(world: VirtualWorld): Promise<[Connection, Connection]> {
    let server: Connection | undefined;
    const network = world.network.endpoint();
    const { port } = await network.listen({ host: 'localhost', port: 0 }, (connection) => {
      server = connection;
    });
    const client = await network.connect({ host: 'localhost', port, timeoutMs: 100 });
    return [client, server!];
  }

  it('carries bytes in order, in other chunks, and then the end', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = new VirtualWorld(seed);
      const received: Buffer[] = [];
      let ended: unknown = 'open';
      const sent = Buffer.alloc(300_000);
      for (let i = 0; i < sent.length; i++) sent[i] = i % 251;
      await world.scheduler.run(async () => {
        const [client, server] = await pair(world);
        server.onData((chunk) => received.push(chunk));
        server.onClose((error) => {
          ended = error;
        });
        client.onData(() => {});
        client.onClose(() => {});
        for (let at = 0; at < sent.length; at += 7_001) {
          client.write([sent.subarray(at, at + 7_001)]);
        }
        expect(client.bytesQueued).toBe(300_000);
        client.end();
        await world.scheduler.sleep(1_000);
      });
      expect(Buffer.concat(received).equals(sent)).toBe(true);
      expect(ended).toBeUndefined();
      expect(world.network.connectionCount).toBe(0);
    }
  });

  it('holds a writer back whose reader is slow', async () => {
    const world = new VirtualWorld(3);
    await world.scheduler.run(async () => {
      const [client, server] = await pair(world);
      let drained = 0;
      let bytes = 0;
      client.onDrain(() => drained++);
      server.onData((chunk) => {
        bytes += chunk.length;
      });
      server.pause();
      expect(client.write([Buffer.alloc(200_000)])).toBe(false);
      await world.scheduler.sleep(100);
      expect(bytes).toBe(0);
      expect(client.bytesQueued).toBe(200_000 - world.network.conditions.windowBytes);
      expect(drained).toBe(0);
      server.resume();
      await world.scheduler.sleep(1_000);
      expect(bytes).toBe(200_000);
      expect(client.bytesQueued).toBe(0);
      expect(drained).toBe(1);
    });
  });

  it('refuses where nobody listens, and resets what is cut', async () => {
    const world = new VirtualWorld(4);
    await world.scheduler.run(async () => {
      const options = { host: 'localhost', port: 1, timeoutMs: 100 };
      await expect(world.network.endpoint().connect(options)).rejects.toThrow(
        'ECONNREFUSED localhost:1',
      );
      const [client, server] = await pair(world);
      const codes: (string | undefined)[] = [];
      client.onClose((error) => codes.push(error?.code));
      server.onClose((error) => codes.push(error?.code));
      world.network.cut();
      await world.scheduler.sleep(1);
      expect(codes).toEqual(['ECONNRESET', 'ECONNRESET']);
      expect(client.write([Buffer.alloc(1)])).toBe(false);
    });
  });
});
