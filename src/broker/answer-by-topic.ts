// An answer whose topics come together from several sources: what the broker refuses itself stands first, what the
// coordinator says comes behind it. Kafka: OffsetCommitResponse.Builder, OffsetDeleteResponse.Builder. It never sorts.

interface TopicAnswer<P> {
  readonly partitions?: readonly P[] | undefined;
}

export class AnswerByTopic<P, T extends TopicAnswer<P>> {
  /** In the order in which they were named first. */
  readonly topics: T[] = [];
  readonly #keyOf: (topic: T) => string | undefined;
  readonly #byKey = new Map<string | undefined, number>();

  constructor(keyOf: (topic: T) => string | undefined) {
    this.#keyOf = keyOf;
  }

  add(topic: T): void {
    const key = this.#keyOf(topic);
    const at = this.#byKey.get(key);
    if (at === undefined) {
      this.#byKey.set(key, this.topics.length);
      this.topics.push(topic);
      return;
    }
    const known = this.topics[at]!;
    this.topics[at] = {
      ...known,
      partitions: [...(known.partitions ?? []), ...(topic.partitions ?? [])],
    };
  }

  addAll(topics: readonly T[]): void {
    for (const topic of topics) this.add(topic);
  }
}
