// The topics of a test's cluster.

import type { TopicInfo, TopicLookup } from '../../../src/coordinator/group/topic-lookup.ts';

export class TestTopics implements TopicLookup {
  version = 1;
  readonly #topics = new Map<string, TopicInfo>();

  put(name: string, partitionCount: number): void {
    const id = Buffer.from(name.padEnd(16, '.').slice(0, 16)).toString('base64url');
    this.#topics.set(name, { id, name, partitionCount });
    this.version++;
  }

  remove(name: string): void {
    this.#topics.delete(name);
    this.version++;
  }

  byName(name: string): TopicInfo | undefined {
    return this.#topics.get(name);
  }

  byId(id: string): TopicInfo | undefined {
    return [...this.#topics.values()].find((topic) => topic.id === id);
  }

  names(): Iterable<string> {
    return this.#topics.keys();
  }
}
