// Lays new stretches of delivery state over known ones. Where two overlap, the one that was delivered more often is
// later, and of equals the one that is further on. Kafka: PersisterStateBatchCombiner. Pure.

import type { PersistedBatch } from './persister.ts';

/**
 * `known` is sorted and without overlaps, and so is the result; `added` may be in any order and overlap.
 * What is before `startOffset` goes (-1: nothing does). Neighbours in the same state are one.
 */
export function combineBatches(
  known: readonly PersistedBatch[],
  added: readonly PersistedBatch[],
  startOffset: number,
): PersistedBatch[] {
  const combined = overlay(known, inOrder(added));
  return merged(startOffset === -1 ? combined : cutBefore(combined, startOffset));
}

/** Sorted and without overlaps, as they are already but for a leader that writes the same offset twice. */
function inOrder(added: readonly PersistedBatch[]): readonly PersistedBatch[] {
  const isInOrder = added.every((one, i) => i === 0 || one.firstOffset > added[i - 1]!.lastOffset);
  if (isInOrder) return added;
  let list: PersistedBatch[] = [];
  for (const one of added) list = overlay(list, [one]);
  return list;
}

/** Both are sorted and without overlaps, and so is the result. One pass. */
function overlay(a: readonly PersistedBatch[], b: readonly PersistedBatch[]): PersistedBatch[] {
  const result: PersistedBatch[] = [];
  let [i, j] = [0, 0];
  let [x, y] = [a[0], b[0]];
  while (x !== undefined && y !== undefined) {
    if (x.lastOffset < y.firstOffset) {
      result.push(x);
      x = a[++i];
    } else if (y.lastOffset < x.firstOffset) {
      result.push(y);
      y = b[++j];
    } else if (x.firstOffset < y.firstOffset) {
      result.push({ ...x, lastOffset: y.firstOffset - 1 });
      x = { ...x, firstOffset: y.firstOffset };
    } else if (y.firstOffset < x.firstOffset) {
      result.push({ ...y, lastOffset: x.firstOffset - 1 });
      y = { ...y, firstOffset: x.firstOffset };
    } else {
      const lastOffset = Math.min(x.lastOffset, y.lastOffset);
      result.push({ ...(isLater(x, y) ? x : y), lastOffset });
      const firstOffset = lastOffset + 1;
      x = x.lastOffset > lastOffset ? { ...x, firstOffset } : a[++i];
      y = y.lastOffset > lastOffset ? { ...y, firstOffset } : b[++j];
    }
  }
  if (x !== undefined) result.push(x, ...a.slice(i + 1));
  if (y !== undefined) result.push(y, ...b.slice(j + 1));
  return result;
}

function isLater(a: PersistedBatch, b: PersistedBatch): boolean {
  if (a.deliveryCount !== b.deliveryCount) return a.deliveryCount > b.deliveryCount;
  return a.deliveryState > b.deliveryState;
}

function cutBefore(list: readonly PersistedBatch[], startOffset: number): PersistedBatch[] {
  return list
    .filter(({ lastOffset }) => lastOffset >= startOffset)
    .map((batch) =>
      batch.firstOffset >= startOffset ? batch : { ...batch, firstOffset: startOffset },
    );
}

function merged(list: readonly PersistedBatch[]): PersistedBatch[] {
  const result: PersistedBatch[] = [];
  for (const batch of list) {
    const last = result[result.length - 1];
    const continues =
      last !== undefined &&
      last.lastOffset + 1 === batch.firstOffset &&
      last.deliveryState === batch.deliveryState &&
      last.deliveryCount === batch.deliveryCount;
    if (continues) result[result.length - 1] = { ...last, lastOffset: batch.lastOffset };
    else result.push(batch);
  }
  return result;
}
