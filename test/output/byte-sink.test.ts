import { describe, expect, test } from 'vitest';
import { nodeClock } from '../../src/io/node-clock.ts';
import type { ByteTarget } from '../../src/io/stdio.ts';
import { ByteSink } from '../../src/output/byte-sink.ts';

/** Takes a write when it is let, and keeps what it took. */
class Target implements ByteTarget {
  readonly isTerminal = false;
  readonly columns = 80;
  taken = Buffer.alloc(0);
  writes = 0;
  isGone = false;
  readonly #gates: (() => void)[] = [];
  #isOpen = true;

  hold(): void {
    this.#isOpen = false;
  }

  release(): void {
    this.#isOpen = true;
    for (const gate of this.#gates.splice(0)) gate();
  }

  async write(bytes: Uint8Array): Promise<boolean> {
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#gates.push(resolve));
    this.writes++;
    if (this.isGone) return false;
    this.taken = Buffer.concat([this.taken, bytes]);
    return true;
  }

  writeSync(bytes: Uint8Array): boolean {
    this.taken = Buffer.concat([this.taken, bytes]);
    return true;
  }
}

function make(): { target: Target; sink: ByteSink } {
  const target = new Target();
  return { target, sink: new ByteSink(target, nodeClock) };
}

const nextTurn = () => new Promise<void>((resolve) => nodeClock.defer(resolve));

describe('a byte sink', () => {
  test('writes the lines of one turn together, without a flush', async () => {
    const { target, sink } = make();
    for (let index = 0; index < 100; index++) sink.line(`line ${index}`);
    expect(target.writes).toBe(0);
    await nextTurn();
    await nextTurn();
    expect(target.writes).toBe(1);
    expect(target.taken.toString().split('\n')).toHaveLength(101);
  });

  test('keeps the order of bytes, text and pieces larger than a buffer', async () => {
    const { target, sink } = make();
    const big = Buffer.alloc(700_000, 0x62);
    sink.text('é');
    sink.bytes(Buffer.from('xabcx'), 1, 4);
    sink.bytes(big, 0, big.length);
    sink.byte(0x0a);
    await sink.flush();
    const expected = Buffer.concat([Buffer.from('éabc'), big, Buffer.from('\n')]);
    expect(target.taken.equals(expected)).toBe(true);
  });

  test('has no room while the reader is slow, and has it again when it has read', async () => {
    const { target, sink } = make();
    target.hold();
    const chunk = Buffer.alloc(100_000, 0x61);
    for (let index = 0; index < 8; index++) sink.bytes(chunk, 0, chunk.length);
    expect(sink.hasRoom).toBe(false);
    let isReady = false;
    const ready = sink.ready().then(() => {
      isReady = true;
    });
    await nextTurn();
    expect(isReady).toBe(false);
    target.release();
    await ready;
    expect(sink.hasRoom).toBe(true);
    await sink.flush();
    expect(target.taken.length).toBe(800_000);
  });

  test('says once that the reader is gone, and drops what comes after', async () => {
    const { target, sink } = make();
    target.isGone = true;
    let count = 0;
    sink.onClosed(() => count++);
    sink.line('a');
    await sink.flush();
    sink.line('b');
    await sink.flush();
    await sink.ready();
    expect([count, sink.isClosed, target.taken.length]).toEqual([1, true, 0]);
  });

  test('puts pending lines out before last words', () => {
    const { target, sink } = make();
    sink.line('first');
    sink.flushSync();
    expect(target.taken.toString()).toBe('first\n');
  });

  test('does not hold back a line that came while another was being written', async () => {
    const { target, sink } = make();
    target.hold();
    sink.line('a');
    await nextTurn();
    sink.line('b');
    await nextTurn();
    target.release();
    await nextTurn();
    await nextTurn();
    await nextTurn();
    expect(target.taken.toString()).toBe('a\nb\n');
  });
});
