// The order in which Kafka's coordinators walk their tables (org.apache.kafka.timeline.BaseHashTable): it shows in answers
// that list all there is. Pure functions.

/** 2^64 divided by the golden ratio: 0x9e3779b97f4a7c15, in the pieces that doubles multiply exactly. */
const HIGH = 0x9e37_79b9 | 0;
const LOW_HIGH = 0x7f4a;
const LOW_LOW = 0x7c15;
const LOAD_FACTOR = 0.75;

/** The keys, which came in this order, as such a table gives them back; `hashOf` is their hashCode. */
export function timelineOrder<K>(keys: readonly K[], hashOf: (key: K) => number): K[] {
  let bits = 1;
  while (keys.length * LOAD_FACTOR > 2 ** bits) bits += 1;
  // What shares a slot comes back last in, first out.
  return keys
    .map((key, index) => ({ key, index, slot: scattered(hashOf(key)) >>> (32 - bits) }))
    .sort((a, b) => a.slot - b.slot || b.index - a.index)
    .map(({ key }) => key);
}

/** The upper 32 bits of the product of 64. */
function scattered(hash: number): number {
  const carried = hash * LOW_HIGH + Math.floor((hash * LOW_LOW) / 0x1_0000);
  return Math.imul(hash, HIGH) + Math.floor(carried / 0x1_0000);
}
