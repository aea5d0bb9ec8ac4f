// Where records without a key go (KIP-794): for batch.size bytes to one partition, then to another, drawn by queue length.

import { describe, expect, it } from 'vitest';
import { StickyPartitioner } from '../../src/client/producer/sticky-partitioner.ts';
import { VirtualRandom } from '../simulation/virtual-random.ts';

const ALL = [0, 1, 2, 3];

/** How often each partition was drawn. */
function draws(partitioner: StickyPartitioner, times: number, available = ALL): number[] {
  const counts = new Array<number>(4).fill(0);
  for (let round = 0; round < times; round++) {
    counts[partitioner.peek(available, 4)]!++;
    partitioner.onAppended(1000, true);
  }
  return counts;
}

describe('the sticky partitioner', () => {
  it('stays until batch.size bytes went in, and leaves when a batch is complete', () => {
    const partitioner = new StickyPartitioner(1000, new VirtualRandom(1));
    const first = partitioner.peek([0], 1);
    expect(first).toBe(0);
    const seen = new Set<number>();
    for (let round = 0; round < 50; round++) {
      const partition = partitioner.peek(ALL, 4);
      partitioner.onAppended(999, true);
      expect(partitioner.peek(ALL, 4)).toBe(partition);
      partitioner.onAppended(1, false);
      expect(partitioner.peek(ALL, 4)).toBe(partition);
      partitioner.onAppended(0, true);
      seen.add(partitioner.peek(ALL, 4));
    }
    expect(seen.size).toBe(4);
  });

  it('leaves after twice batch.size in any case', () => {
    const partitioner = new StickyPartitioner(1000, new VirtualRandom(2));
    const seen = new Set<number>();
    for (let round = 0; round < 50; round++) {
      const partition = partitioner.peek(ALL, 4);
      partitioner.onAppended(1999, false);
      expect(partitioner.peek(ALL, 4)).toBe(partition);
      partitioner.onAppended(1, false);
      seen.add(partition);
    }
    expect(seen.size).toBe(4);
  });

  it('draws all partitions alike, those without a leader never', () => {
    const partitioner = new StickyPartitioner(1000, new VirtualRandom(3));
    for (const count of draws(partitioner, 8000)) {
      expect(count).toBeGreaterThan(1800);
      expect(count).toBeLessThan(2200);
    }
    expect(draws(partitioner, 1000, [1, 3])[0]).toBe(0);
  });

  it('draws long queues less often: weights are the longest queue, plus one, less the own', () => {
    const partitioner = new StickyPartitioner(1000, new VirtualRandom(4));
    partitioner.updateLoads(ALL, [0, 1, 4, 4]);
    const counts = draws(partitioner, 11_000);
    for (const [partition, weight] of [5, 4, 1, 1].entries()) {
      expect(counts[partition]! / 1000).toBeGreaterThan(weight * 0.85);
      expect(counts[partition]! / 1000).toBeLessThan(weight * 1.15);
    }
    partitioner.updateLoads(ALL, [3, 3, 3, 3]);
    expect(Math.min(...draws(partitioner, 8000))).toBeGreaterThan(1800);
  });
});
