// Which of the numbered records went where, until the brokers have answered: by partition and by index there.
// As many as are under way, which the producer's buffer.memory bounds.

export class SentNumbers {
  readonly #partitions = new Map<number, Map<number, number>>();

  put(partition: number, index: number, sent: number): void {
    let numbers = this.#partitions.get(partition);
    if (numbers === undefined) {
      numbers = new Map();
      this.#partitions.set(partition, numbers);
    }
    numbers.set(index, sent);
  }

  /** Once for each. */
  take(partition: number, index: number): number {
    const numbers = this.#partitions.get(partition);
    const sent = numbers?.get(index);
    if (numbers === undefined || sent === undefined) throw new Error('No such record was sent');
    numbers.delete(index);
    return sent;
  }
}
