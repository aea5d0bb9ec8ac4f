// Murmur2 as Kafka's default partitioner computes it (org.apache.kafka.common.utils.Utils.murmur2).
// Works on a range of a buffer; nothing is allocated.

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The signed 32-bit hash of buffer[start, end). */
export function murmur2(buffer: Uint8Array, start = 0, end: number = buffer.length): number {
  const length = end - start;
  let h = SEED ^ length;
  const wordsEnd = start + (length & ~3);
  let at = start;
  for (; at < wordsEnd; at += 4) {
    let k =
      buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const tail = end - at;
  if (tail === 3) h ^= buffer[at + 2]! << 16;
  if (tail >= 2) h ^= buffer[at + 1]! << 8;
  if (tail >= 1) {
    h ^= buffer[at]!;
    h = Math.imul(h, M);
  }
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h | 0;
}

/** Kafka's partition of a record with a key: (murmur2 & 0x7fffffff) % partitionCount. */
export function partitionForKey(
  buffer: Uint8Array,
  start: number,
  end: number,
  partitionCount: number,
): number {
  return (murmur2(buffer, start, end) & 0x7fffffff) % partitionCount;
}
