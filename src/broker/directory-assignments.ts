// Tells the controller in which of log.dirs each replica lies, where the metadata don't know it yet or say otherwise
// (KIP-858, AssignmentsManager). With one directory the controller knows by itself, and nothing is ever sent.

import type { LogManager } from '../log/log-manager.ts';
import type { Controller } from '../metadata/controller/controller.ts';
import { directoryOf } from '../metadata/image/topics-image.ts';
import type { DirectoryData } from '../protocol/generated/apis/assign-replicas-to-dirs-request.ts';
import type { Partition } from './partition.ts';

export interface DirectoryAssignmentsOptions {
  readonly controller: Controller;
  readonly logs: LogManager;
  readonly nodeId: number;
  readonly brokerEpoch: () => number;
  readonly logDirs: readonly string[];
  /** Log directory → its id, of those that could be read. */
  readonly directoryIds: ReadonlyMap<string, string>;
  /** What is here. */
  readonly partitions: () => Iterable<Partition>;
  readonly log: (line: string) => void;
}

/** AssignReplicasToDirsRequest.MAX_ASSIGNMENTS_PER_REQUEST */
const MAX_ASSIGNMENTS = 2250;

export class DirectoryAssignments {
  readonly #options: DirectoryAssignmentsOptions;
  #isScheduled = false;

  constructor(options: DirectoryAssignmentsOptions) {
    this.#options = options;
  }

  /** After a change of topics: compares and sends, not before the change is done with. */
  schedule(): void {
    if (this.#isScheduled || this.#options.logDirs.length < 2) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#send().catch((error: Error) => {
        this.#options.log(`could not assign replicas to directories: ${error.message}`);
      });
    });
  }

  async #send(): Promise<void> {
    const { controller, nodeId, brokerEpoch } = this.#options;
    if (brokerEpoch() < 0) return;
    const { directories, count } = this.#misplaced();
    if (count === 0) return;
    const request = { brokerId: nodeId, brokerEpoch: brokerEpoch(), directories };
    await controller.assignReplicasToDirs(request);
    if (count === MAX_ASSIGNMENTS) this.schedule();
  }

  #misplaced(): { directories: DirectoryData[]; count: number } {
    const { controller, logs, nodeId, directoryIds } = this.#options;
    const found = new Map<string, Map<string, number[]>>();
    let count = 0;
    for (const { topic, topicId, index } of this.#options.partitions()) {
      const log = logs.getLog(topic, index);
      const actual = log && directoryIds.get(logs.logDirOf(log) ?? '');
      const registered = controller.image.topics.getTopicById(topicId)?.partitions[index];
      if (actual === undefined || registered === undefined) continue;
      if (directoryOf(registered, nodeId) === actual) continue;
      if (count++ === MAX_ASSIGNMENTS) break;
      const topics = found.get(actual) ?? new Map<string, number[]>();
      found.set(actual, topics);
      topics.set(topicId, [...(topics.get(topicId) ?? []), index]);
    }
    const directories = [...found].map(([id, topics]) => ({
      id,
      topics: [...topics].map(([topicId, partitions]) => ({
        topicId,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
      })),
    }));
    return { directories, count: Math.min(count, MAX_ASSIGNMENTS) };
  }
}
