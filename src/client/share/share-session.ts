// A share session with one broker (KIP-932): which partitions it serves us, by what changed since the last request.
// Pure bookkeeping (Kafka's ShareSessionHandler).

const INITIAL_EPOCH = 0;
const FINAL_EPOCH = -1;
const LAST_EPOCH = 2 ** 31 - 1;

export interface SharePartition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

export interface SessionChange {
  readonly epoch: number;
  readonly toAdd: readonly SharePartition[];
  readonly toForget: readonly SharePartition[];
}

export class ShareSession {
  #epoch = INITIAL_EPOCH;
  #served = new Map<string, SharePartition>();

  /** Whether the broker knows of it: only then may anything be acknowledged. */
  get isOpen(): boolean {
    return this.#epoch !== INITIAL_EPOCH;
  }

  /** The next fetch: of these partitions, by key. */
  fetch(wanted: ReadonlyMap<string, SharePartition>): SessionChange {
    const toForget = this.isOpen
      ? [...this.#served].filter(([key]) => !wanted.has(key)).map(([, each]) => each)
      : [];
    const toAdd = [...wanted]
      .filter(([key]) => !this.isOpen || !this.#served.has(key))
      .map(([, each]) => each);
    this.#served = new Map(wanted);
    return { epoch: this.#epoch, toAdd, toForget };
  }

  /** The broker took the last request: the next one has the next number. */
  advance(): void {
    this.#epoch = this.#epoch === LAST_EPOCH ? 1 : this.#epoch + 1;
  }

  get currentEpoch(): number {
    return this.#epoch;
  }

  get finalEpoch(): number {
    return FINAL_EPOCH;
  }

  /** Starts over: the broker and we no longer agree, or the connection is gone. */
  reset(): void {
    this.#epoch = INITIAL_EPOCH;
    this.#served.clear();
  }
}
