// How a coordinator takes back what it has applied but couldn't append (docs/decisions: coordinator runtime).
// Every change of replayed state pushes its inverse; a batch that is in the log drops them, a batch that
// isn't runs them backwards. Off while loading: what comes from the log is never taken back.

export class UndoLog {
  #inverses: (() => void)[] = [];
  /** Changes are recorded only while this is true. */
  recording = false;

  push(inverse: () => void): void {
    if (this.recording) this.#inverses.push(inverse);
  }

  get size(): number {
    return this.#inverses.length;
  }

  /** The changes are in the log now. */
  forget(): void {
    if (this.#inverses.length > 0) this.#inverses = [];
  }

  /** Takes the changes back, the last one first. */
  revert(): void {
    this.revertTo(0);
  }

  /** Takes back what was changed since `size` was `mark`. */
  revertTo(mark: number): void {
    const recording = this.recording;
    this.recording = false;
    for (let i = this.#inverses.length - 1; i >= mark; i--) this.#inverses[i]!();
    this.#inverses.length = mark;
    this.recording = recording;
  }
}

/** A Map whose changes can be taken back. */
export class TrackedMap<K, V> {
  readonly #map = new Map<K, V>();
  readonly #undo: UndoLog;

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): void {
    if (this.#undo.recording) this.#remember(key);
    this.#map.set(key, value);
  }

  delete(key: K): boolean {
    if (!this.#map.has(key)) return false;
    if (this.#undo.recording) this.#remember(key);
    return this.#map.delete(key);
  }

  keys(): IterableIterator<K> {
    return this.#map.keys();
  }

  values(): IterableIterator<V> {
    return this.#map.values();
  }

  entries(): IterableIterator<[K, V]> {
    return this.#map.entries();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#map.entries();
  }

  #remember(key: K): void {
    const map = this.#map;
    if (map.has(key)) {
      const before = map.get(key) as V;
      this.#undo.push(() => map.set(key, before));
    } else {
      this.#undo.push(() => map.delete(key));
    }
  }
}
