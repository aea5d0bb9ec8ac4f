// When records were handed to the producer, by partition and by their index there: a ring per partition that grows with
// what is under way, which buffer.memory bounds.

const FIRST_CAPACITY = 1024;

interface SentRecord {
  startMs: number;
  bytes: number;
  isSteady: boolean;
}

class PartitionTimes {
  #startsMs = new Float64Array(FIRST_CAPACITY);
  /** Bytes; negative (less one) in steady state. */
  #sizes = new Int32Array(FIRST_CAPACITY);
  #first = 0;
  #end = 0;
  /** One object, used again. */
  readonly #taken: SentRecord = { startMs: 0, bytes: 0, isSteady: false };

  put(index: number, startMs: number, bytes: number, isSteady: boolean): void {
    if (this.#first === this.#end) this.#first = index;
    if (index - this.#first >= this.#startsMs.length) this.#grow();
    const at = index & (this.#startsMs.length - 1);
    this.#startsMs[at] = startMs;
    this.#sizes[at] = isSteady ? -1 - bytes : bytes;
    this.#end = index + 1;
  }

  /** Valid until the next call. */
  take(index: number): Readonly<SentRecord> {
    const at = index & (this.#startsMs.length - 1);
    const size = this.#sizes[at]!;
    this.#taken.startMs = this.#startsMs[at]!;
    this.#taken.bytes = size < 0 ? -1 - size : size;
    this.#taken.isSteady = size < 0;
    if (index >= this.#first) this.#first = index + 1;
    return this.#taken;
  }

  #grow(): void {
    const startsMs = this.#startsMs;
    const sizes = this.#sizes;
    const capacity = startsMs.length * 2;
    this.#startsMs = new Float64Array(capacity);
    this.#sizes = new Int32Array(capacity);
    for (let index = this.#first; index < this.#end; index++) {
      const from = index & (startsMs.length - 1);
      const to = index & (capacity - 1);
      this.#startsMs[to] = startsMs[from]!;
      this.#sizes[to] = sizes[from]!;
    }
  }
}

export class SendTimes {
  readonly #partitions: PartitionTimes[] = [];

  of(partition: number): PartitionTimes {
    let times = this.#partitions[partition];
    if (times === undefined) {
      times = new PartitionTimes();
      this.#partitions[partition] = times;
    }
    return times;
  }
}
