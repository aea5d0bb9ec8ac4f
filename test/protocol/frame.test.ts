// Chunks in, frames out: whatever the cuts, in place where it can be, with bounds.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MalformedError } from '../../src/protocol/codec-errors.ts';
import { FrameSplitter } from '../../src/protocol/frame.ts';
import { seeded } from '../support/seeded.ts';

function frameOf(body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

function drain(splitter: FrameSplitter): Buffer[] {
  const frames: Buffer[] = [];
  for (let frame = splitter.next(); frame !== undefined; frame = splitter.next())
    frames.push(frame);
  return frames;
}

describe('frames', () => {
  it('come out whole wherever the stream is cut', () => {
    const random = seeded(11);
    for (let round = 0; round < 200; round++) {
      const bodies = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, i) =>
        Buffer.alloc(Math.floor(random() ** 3 * 3000), i + 1),
      );
      const stream = Buffer.concat(bodies.map(frameOf));
      const splitter = new FrameSplitter(3000);
      const frames: Buffer[] = [];
      for (let at = 0; at < stream.length; ) {
        const end = Math.min(stream.length, at + 1 + Math.floor(random() ** 2 * 900));
        splitter.push(stream.subarray(at, end));
        at = end;
        if (random() < 0.6) frames.push(...drain(splitter));
      }
      frames.push(...drain(splitter));
      expect(frames).toEqual(bodies);
      expect(splitter.bufferedBytes).toBe(0);
    }
  });

  it('come byte by byte', () => {
    const stream = Buffer.concat([frameOf(Buffer.from('ab')), frameOf(Buffer.alloc(0))]);
    const splitter = new FrameSplitter();
    const frames: Buffer[] = [];
    for (const byte of stream) {
      splitter.push(Buffer.from([byte]));
      frames.push(...drain(splitter));
    }
    expect(frames).toEqual([Buffer.from('ab'), Buffer.alloc(0)]);
  });

  it('are views on the chunk that holds all of them', () => {
    const chunk = Buffer.concat([frameOf(Buffer.from('abc')), frameOf(Buffer.from('defg'))]);
    const splitter = new FrameSplitter();
    splitter.push(chunk);
    for (const frame of drain(splitter)) expect(frame.buffer).toBe(chunk.buffer);
  });

  it('of many small chunks are copied in linear time', () => {
    const splitter = new FrameSplitter();
    const body = Buffer.alloc(24 * 1024 * 1024);
    for (let at = 0; at < body.length; at += 65_536) body[at] = at / 65_536;
    const stream = frameOf(body);
    for (let at = 0; at < stream.length; at += 1024) splitter.push(stream.subarray(at, at + 1024));
    expect(splitter.bufferedBytes).toBe(stream.length);
    expect(splitter.next()!.equals(body)).toBe(true);
    expect(splitter.next()).toBeUndefined();
  });
});

describe('a size', () => {
  it('that is larger than allowed is refused at once', () => {
    const splitter = new FrameSplitter(100);
    splitter.push(Buffer.from('00000065', 'hex'));
    expect(() => splitter.next()).toThrow(
      new MalformedError('Invalid receive (size = 101 larger than 100)', 0),
    );
  });

  it('that is negative is refused', () => {
    const splitter = new FrameSplitter(100);
    splitter.push(Buffer.from('ffffffff', 'hex'));
    expect(() => splitter.next()).toThrow('Invalid receive (size = -1)');
  });

  it('that is just allowed is a frame', () => {
    const splitter = new FrameSplitter(100);
    splitter.push(frameOf(Buffer.alloc(100)));
    expect(splitter.next()!.length).toBe(100);
  });

  it('that claims much takes no memory until the bytes come', () => {
    const program = join(import.meta.dirname, 'programs/claimed-frames.ts');
    const taken = Number(execFileSync(process.execPath, [program, '200'], { encoding: 'utf8' }));
    // 16 KiB each, far from the 100 MiB that each one claims.
    expect(taken).toBeLessThan(200 * 20 * 1024);
  });
});
