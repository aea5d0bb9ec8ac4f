// Kafka's BuiltInPartitioner for records without a key (KIP-794): stay with a partition for batch.size bytes, then
// draw the next one, at random with weights by queue length (adaptive). One object per topic; allocates only when loads change.

import type { Random } from '../../io/io.ts';

const NONE = -1;

export class StickyPartitioner {
  readonly #random: Random;
  readonly #stickyBatchBytes: number;
  #current = NONE;
  #producedBytes = 0;
  /** Cumulative frequencies over `candidates`, empty while all partitions weigh the same. */
  #cumulative: number[] = [];
  #candidates: readonly number[] = [];

  constructor(stickyBatchBytes: number, random: Random) {
    this.#stickyBatchBytes = Math.max(1, stickyBatchBytes);
    this.#random = random;
  }

  /** The partition for the next record. `available` are those with a leader, `count` all; the first wins when there are any. */
  peek(available: readonly number[], count: number): number {
    if (this.#current === NONE || this.#current >= count)
      this.#current = this.#draw(available, count);
    return this.#current;
  }

  /**
   * Tells that `bytes` went into the current partition. Switches at batch.size when a batch was just completed
   * (so that batches aren't cut short), and at twice that in any case (BuiltInPartitioner.updatePartitionInfo).
   */
  onAppended(bytes: number, batchCompleted: boolean): void {
    this.#producedBytes += bytes;
    const reached = this.#producedBytes >= this.#stickyBatchBytes && batchCompleted;
    if (reached || this.#producedBytes >= 2 * this.#stickyBatchBytes) {
      this.#producedBytes = 0;
      this.#current = NONE;
    }
  }

  /**
   * Queue lengths (batches waiting) of partitions with a leader. Longer queues get fewer draws:
   * weight = longest + 1 - own. Fewer than two partitions, or all queues alike, leave the draw uniform.
   */
  updateLoads(partitions: readonly number[], queueSizes: readonly number[]): void {
    this.#cumulative = [];
    this.#candidates = [];
    if (partitions.length < 2) return;
    let longest = 0;
    let allEqual = true;
    for (const size of queueSizes) {
      if (size > longest) longest = size;
      if (size !== queueSizes[0]) allEqual = false;
    }
    if (allEqual) return;
    let sum = 0;
    this.#candidates = [...partitions];
    this.#cumulative = queueSizes.map((size) => {
      sum += longest + 1 - size;
      return sum;
    });
  }

  #draw(available: readonly number[], count: number): number {
    if (this.#cumulative.length > 0) return this.#drawWeighted(count);
    if (available.length === 0) return this.#random.int(count);
    return available[this.#random.int(available.length)]!;
  }

  #drawWeighted(count: number): number {
    const ticket = this.#random.int(this.#cumulative[this.#cumulative.length - 1]!);
    let at = 0;
    while (this.#cumulative[at]! <= ticket) at++;
    const partition = this.#candidates[at]!;
    return partition < count ? partition : this.#random.int(count);
  }
}
