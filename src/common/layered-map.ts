// An immutable map that makes its successor cheaply: a large base that many share, and a small layer of changes over
// it, copied on each change and merged into a new base when it has grown to some roots of the base's size.
// Values are never undefined. It never changes once made.

/** undefined: removed. */
type Layer<K, V> = ReadonlyMap<K, V | undefined>;

const SMALLEST_LAYER = 64;

export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number;
  readonly #base: ReadonlyMap<K, V>;
  readonly #layer: Layer<K, V>;

  private constructor(base: ReadonlyMap<K, V>, layer: Layer<K, V>, size: number) {
    this.#base = base;
    this.#layer = layer;
    this.size = size;
  }

  /** The map after the changes; undefined removes. */
  static with<K, V>(map: ReadonlyMap<K, V>, changes: Layer<K, V>): ReadonlyMap<K, V> {
    if (changes.size === 0) return map;
    const from = map instanceof LayeredMap ? (map as LayeredMap<K, V>) : LayeredMap.#over(map);
    const layer = new Map([...from.#layer, ...changes]);
    if (layer.size > Math.max(SMALLEST_LAYER, 4 * Math.sqrt(from.#base.size))) {
      return LayeredMap.#over(merged(from.#base, layer));
    }
    return new LayeredMap(from.#base, layer, sizeOf(from.#base, layer));
  }

  static #over<K, V>(base: ReadonlyMap<K, V>): LayeredMap<K, V> {
    return new LayeredMap(base, new Map(), base.size);
  }

  get(key: K): V | undefined {
    return this.#layer.has(key) ? this.#layer.get(key) : this.#base.get(key);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.#base) {
      if (!this.#layer.has(key)) yield [key, value];
    }
    for (const [key, value] of this.#layer) {
      if (value !== undefined) yield [key, value];
    }
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}

function merged<K, V>(base: ReadonlyMap<K, V>, layer: Layer<K, V>): Map<K, V> {
  const result = new Map(base);
  for (const [key, value] of layer) {
    if (value === undefined) result.delete(key);
    else result.set(key, value);
  }
  return result;
}

function sizeOf<K, V>(base: ReadonlyMap<K, V>, layer: Layer<K, V>): number {
  let size = base.size;
  for (const [key, value] of layer) {
    const was = base.has(key) ? 1 : 0;
    size += (value === undefined ? 0 : 1) - was;
  }
  return size;
}
