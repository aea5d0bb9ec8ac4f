// What a consumer is asked of topics that it needn't read: their partitions, and offsets by time. Each question asks for
// metadata anew and waits for it.

import type { Clock } from '../../io/io.ts';
import { type ClientError, TimeoutError } from '../errors.ts';
import type { MetadataManager } from '../metadata/metadata-manager.ts';
import type { NetworkClient } from '../net/network-client.ts';
import type { Waiters } from '../net/waiters.ts';
import { type ListedOffset, partitionKey, type TopicPartition } from '../types.ts';
import type { OffsetLookup } from './offset-lookup.ts';

export interface TopicQueriesOptions {
  readonly clock: Clock;
  readonly network: NetworkClient;
  readonly metadata: MetadataManager;
  readonly lookup: OffsetLookup;
  readonly waiters: Waiters;
  readonly retryBackoffMs: number;
  /** Lets metadata be asked for the topic from now on. */
  readonly alsoKnow: (topic: string) => void;
  /** Throws once the consumer is closed. */
  readonly checkOpen: () => void;
}

export class TopicQueries {
  readonly #options: TopicQueriesOptions;

  constructor(options: TopicQueriesOptions) {
    this.#options = options;
  }

  /** [] when the topic doesn't exist (asking may have created it). Rejects with TimeoutError or the topic's error. */
  async partitionsFor(topic: string, timeoutMs: number): Promise<number[]> {
    const { clock, metadata, alsoKnow } = this.#options;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    alsoKnow(topic);
    await this.#freshMetadata(deadlineMs, () => {
      return new TimeoutError(
        `Timeout expired while fetching topic metadata for ${topic} after ${timeoutMs} ms`,
      );
    });
    const error = metadata.errorOf(topic);
    if (error !== undefined) throw error;
    return [...(metadata.topic(topic)?.partitions.keys() ?? [])];
  }

  /** By partition key; `timestamp` is an OffsetSpec or ms. Rejects with TimeoutError, or what a partition was refused with. */
  async offsetsFor(
    partitions: readonly (TopicPartition & { timestamp: number })[],
    timeoutMs: number,
  ): Promise<Map<string, ListedOffset>> {
    const { clock, network, lookup, retryBackoffMs, alsoKnow, checkOpen } = this.#options;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const timedOut = () => new TimeoutError(`Failed to get offsets by times in ${timeoutMs}ms`);
    for (const { topic } of partitions) alsoKnow(topic);
    const found = new Map<string, ListedOffset>();
    let pending = [...partitions];
    for (;;) {
      await this.#freshMetadata(deadlineMs, timedOut);
      const answers = await lookup.byTime(pending);
      for (const [key, answer] of answers) {
        if (!('error' in answer)) found.set(key, answer.value);
        else if (!answer.error.retriable) throw answer.error;
      }
      pending = pending.filter((item) => !found.has(partitionKey(item.topic, item.partition)));
      if (pending.length === 0) return found;
      if (clock.monotonicMs() + retryBackoffMs >= deadlineMs) throw timedOut();
      await network.sleep(retryBackoffMs);
      checkOpen();
    }
  }

  async #freshMetadata(deadlineMs: number, timedOut: () => ClientError): Promise<void> {
    const { clock, metadata, waiters, checkOpen } = this.#options;
    const before = metadata.updateCount;
    metadata.requestUpdate();
    while (metadata.updateCount === before) {
      if (metadata.fatalError !== undefined) throw metadata.fatalError;
      if (clock.monotonicMs() >= deadlineMs) throw timedOut();
      await waiters.wait(clock, deadlineMs);
      checkOpen();
    }
  }
}
