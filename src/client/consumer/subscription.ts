// What a consumer wants to read: partitions by hand, topics by name, or topics by a test on their names.

import type { MetadataManager } from '../metadata/metadata-manager.ts';
import type { TopicPartition } from '../types.ts';

/** Applied to the name of every topic of the cluster, whenever metadata comes. */
export interface TopicFilter {
  readonly matches: (topic: string) => boolean;
}

/** Called within poll and close. onLost falls back on onRevoked, as in Java. */
export interface RebalanceListener {
  onAssigned?(partitions: readonly TopicPartition[]): void | Promise<void>;
  onRevoked?(partitions: readonly TopicPartition[]): void | Promise<void>;
  onLost?(partitions: readonly TopicPartition[]): void | Promise<void>;
}

export class Subscription {
  listener: RebalanceListener = {};
  #names: readonly string[] = [];
  #filter: TopicFilter | undefined;
  #assignedTopics = new Set<string>();
  #groupTopics = new Set<string>();
  readonly #extraTopics = new Set<string>();
  #kind: 'nothing' | 'by hand' | 'names' | 'filter' = 'nothing';

  get isAny(): boolean {
    return this.#kind !== 'nothing';
  }

  /** Topics that the user named: their errors are the user's. */
  get named(): Iterable<string> {
    return this.#kind === 'names' ? this.#names : this.#assignedTopics;
  }

  assignByHand(partitions: readonly TopicPartition[]): void {
    this.#kind = 'by hand';
    this.setAssigned(partitions);
  }

  subscribe(topics: readonly string[] | TopicFilter, listener: RebalanceListener): void {
    this.listener = listener;
    if ('matches' in topics) {
      this.#kind = 'filter';
      this.#filter = topics;
    } else {
      this.#kind = 'names';
      this.#names = [...new Set(topics)];
    }
  }

  setAssigned(partitions: readonly TopicPartition[]): void {
    this.#assignedTopics = new Set(partitions.map((item) => item.topic));
  }

  /** The topics of all members, which a leader has to know. */
  setGroupTopics(topics: readonly string[]): void {
    this.#groupTopics = new Set(topics);
  }

  /** A topic that was asked about by the way. */
  alsoKnow(topic: string): void {
    this.#extraTopics.add(topic);
  }

  /** What metadata is asked for; undefined is everything. */
  topicsToKnow(): readonly string[] | undefined {
    if (this.#kind === 'filter') return undefined;
    return [
      ...new Set([
        ...this.#names,
        ...this.#assignedTopics,
        ...this.#groupTopics,
        ...this.#extraTopics,
      ]),
    ];
  }

  /** The topics to join a group for. */
  topics(metadata: MetadataManager, excludeInternal: boolean): readonly string[] {
    if (this.#kind !== 'filter') return this.#names;
    const matching: string[] = [];
    for (const { name, isInternal } of metadata.allTopics()) {
      if (isInternal && excludeInternal) continue;
      if (this.#filter!.matches(name)) matching.push(name);
    }
    return matching;
  }
}
