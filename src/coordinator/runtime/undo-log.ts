// How a coordinator takes back what it has applied but couldn't append (docs/decisions: coordinator runtime).
// Every change of replayed state pushes its inverse; a batch that is in the log drops them, a batch that
// isn't runs them backwards. Off while loading: what comes from the log is never taken back.

/** One change, and how to take it back. */
export interface Inverse {
  undo(): void;
}

export class UndoLog {
  readonly #inverses: Inverse[] = [];
  /** Changes are recorded only while this is true. */
  recording = false;

  push(inverse: () => void): void {
    if (this.recording) this.#inverses.push({ undo: inverse });
  }

  /** As push; nobody needs to make it while nothing is recorded. */
  add(inverse: Inverse): void {
    this.#inverses.push(inverse);
  }

  get size(): number {
    return this.#inverses.length;
  }

  /** The changes are in the log now. Popped one by one: the array keeps its room for the next batch. */
  forget(): void {
    const inverses = this.#inverses;
    while (inverses.length > 0) inverses.pop();
  }

  /** Takes the changes back, the last one first. */
  revert(): void {
    this.revertTo(0);
  }

  /** Takes back what was changed since `size` was `mark`. */
  revertTo(mark: number): void {
    const recording = this.recording;
    this.recording = false;
    for (let i = this.#inverses.length - 1; i >= mark; i--) this.#inverses[i]!.undo();
    this.#inverses.length = mark;
    this.recording = recording;
  }
}

/** What a key of a map stood for; one small object per change, since there is one per committed offset. */
class MapInverse<K, V> implements Inverse {
  readonly #map: Map<K, V>;
  readonly #key: K;
  readonly #before: V | undefined;

  constructor(map: Map<K, V>, key: K, before: V | undefined) {
    this.#map = map;
    this.#key = key;
    this.#before = before;
  }

  undo(): void {
    if (this.#before === undefined) this.#map.delete(this.#key);
    else this.#map.set(this.#key, this.#before);
  }
}

/** A Map whose changes can be taken back. */
export class TrackedMap<K, V extends {}> {
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
    this.#undo.add(new MapInverse(this.#map, key, this.#map.get(key)));
  }
}
