// An offset index that is read from its file: every lookup finds what a plain walk over its entries finds, and a reader
// who goes forwards doesn't search the file anew each time.

import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/io/io.ts';
import { OffsetIndex } from '../../src/log/offset-index.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';

const ENTRIES = 1000;

function virtualDisk(): Disk {
  const disk = new VirtualWorld(1).process().disk;
  disk.makeDirectory('/log');
  return disk;
}

/** The disk again, with the reads of its files counted. */
function countingReads(disk: Disk): { disk: Disk; reads(): number } {
  let reads = 0;
  const counting = Object.create(disk) as Disk;
  counting.open = (path, mode) => {
    const file = disk.open(path, mode);
    const read = file.read.bind(file);
    file.read = (...where) => {
      reads++;
      return read(...where);
    };
    return file;
  };
  return { disk: counting, reads: () => reads };
}

function offsetOf(n: number): number {
  return 100 + n * 7 + (n % 3);
}

function trimmedIndex(disk: Disk, entries: number): OffsetIndex {
  const index = new OffsetIndex(disk, '/log/0.index', 100, 1 << 16);
  index.reset();
  for (let n = 0; n < entries; n++) index.append(offsetOf(n + 1), n * 4096);
  index.trim();
  return index;
}

function floorByWalk(offset: number, entries: number): number {
  let found = -1;
  for (let n = 0; n < entries; n++) if (offsetOf(n + 1) <= offset) found = n;
  return found;
}

describe('an offset index in its file', () => {
  for (const [order, step] of [
    ['forwards', 1],
    ['backwards', -1],
    ['in jumps', 3347],
  ] as const) {
    it(`finds the entry at or before every offset, asked ${order}`, () => {
      const index = trimmedIndex(virtualDisk(), ENTRIES);
      const span = 7 * ENTRIES + 40;
      for (let n = 0; n < span; n++) {
        const offset = 90 + ((((n * step) % span) + span) % span);
        const found = index.lookup(offset);
        expect(found).toBe(floorByWalk(offset, ENTRIES));
        if (found >= 0) expect(index.positionAt(found)).toBe(found * 4096);
      }
    });
  }

  it('forgets what it held of the file when entries go and others come', () => {
    const index = trimmedIndex(virtualDisk(), 10);
    expect(index.lookup(offsetOf(6))).toBe(5);
    index.truncateToOffset(offsetOf(4));
    index.append(offsetOf(8), 99_999);
    index.trim();
    expect(index.lookup(offsetOf(6))).toBe(2);
    expect(index.positionAt(index.lookup(offsetOf(9)))).toBe(99_999);
  });

  it('reads the file a few times, not for every lookup, when a reader goes forwards', () => {
    const counted = countingReads(virtualDisk());
    const index = trimmedIndex(counted.disk, ENTRIES);
    const before = counted.reads();
    for (let n = 0; n < ENTRIES; n++) index.lookup(offsetOf(n + 1));
    expect(counted.reads() - before).toBeLessThan(ENTRIES / 4);
  });
});
