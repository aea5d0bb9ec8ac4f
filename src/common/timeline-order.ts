// The order in which Kafka's coordinators walk their tables (org.apache.kafka.timeline.BaseHashTable): it shows in answers
// that list all there is. Pure functions.

/** 2^64 divided by the golden ratio. */
const MULTIPLIER = 0x9e37_79b9_7f4a_7c15n;
const LOAD_FACTOR = 0.75;

/** The keys as a table that got them in this order gives them back; `hashOf` is their hashCode. */
export function timelineOrder<K>(keys: readonly K[], hashOf: (key: K) => number): K[] {
  let bits = 1n;
  while (keys.length * LOAD_FACTOR > 2 ** Number(bits)) bits += 1n;
  const slot = (key: K) =>
    Number(BigInt.asUintN(64, BigInt(hashOf(key)) * MULTIPLIER) >> (64n - bits));
  // What shares a slot comes back last in, first out.
  return keys
    .map((key, index) => ({ key, index, slot: slot(key) }))
    .sort((a, b) => a.slot - b.slot || b.index - a.index)
    .map(({ key }) => key);
}
