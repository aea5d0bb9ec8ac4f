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
  let combined = [...known];
  for (const batch of added) combined = overlay(combined, batch);
  return merged(startOffset === -1 ? combined : cutBefore(combined, startOffset));
}

function overlay(list: readonly PersistedBatch[], batch: PersistedBatch): PersistedBatch[] {
  const result: PersistedBatch[] = [];
  let i = 0;
  while (i < list.length && list[i]!.lastOffset < batch.firstOffset) result.push(list[i++]!);
  let from = batch.firstOffset;
  for (; i < list.length && list[i]!.firstOffset <= batch.lastOffset; i++) {
    const old = list[i]!;
    if (old.firstOffset < from) {
      result.push({ ...old, lastOffset: from - 1 });
    } else if (old.firstOffset > from) {
      result.push({ ...batch, firstOffset: from, lastOffset: old.firstOffset - 1 });
      from = old.firstOffset;
    }
    const lastOffset = Math.min(old.lastOffset, batch.lastOffset);
    const later = isLater(old, batch) ? old : batch;
    result.push({ ...later, firstOffset: from, lastOffset });
    if (old.lastOffset > lastOffset) result.push({ ...old, firstOffset: lastOffset + 1 });
    from = lastOffset + 1;
  }
  if (from <= batch.lastOffset) result.push({ ...batch, firstOffset: from });
  while (i < list.length) result.push(list[i++]!);
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
