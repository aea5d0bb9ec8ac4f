// A share coordinator over a log in memory and virtual time.

import type { SharePartitionKey } from '../../../src/coordinator/share/persister.ts';
import {
  DEFAULT_SHARE_COORDINATOR_CONFIG,
  type ShareCoordinatorConfig,
} from '../../../src/coordinator/share/share-coordinator-config.ts';
import { ShareCoordinatorService } from '../../../src/coordinator/share/share-coordinator-service.ts';
import { MemoryLog } from './memory-log.ts';
import { type SeededRandom, type VirtualClock, virtualIo } from './virtual-io.ts';

export const KEY: SharePartitionKey = {
  groupId: 'g',
  topicId: 'dG9waWNvZnRlc3Rz0000AA',
  partition: 0,
};

export class ShareHarness {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly log = new MemoryLog();
  readonly cuts: { partition: number; offset: number }[] = [];
  readonly lines: string[] = [];
  readonly #io: ReturnType<typeof virtualIo>['io'];
  readonly #config: ShareCoordinatorConfig;
  exists = true;
  service: ShareCoordinatorService;

  private constructor(config: Partial<ShareCoordinatorConfig>, seed: number) {
    const { io, clock, random } = virtualIo(seed);
    this.#io = io;
    this.clock = clock;
    this.random = random;
    this.#config = { ...DEFAULT_SHARE_COORDINATOR_CONFIG, stateTopicPartitions: 1, ...config };
    this.service = this.#newService();
  }

  static async start(
    config: Partial<ShareCoordinatorConfig> = {},
    seed = 1,
  ): Promise<ShareHarness> {
    const harness = new ShareHarness(config, seed);
    await harness.run(harness.service.onElection(0, 0));
    return harness;
  }

  #newService(): ShareCoordinatorService {
    return new ShareCoordinatorService({
      io: this.#io,
      config: this.#config,
      writer: this.log,
      exists: () => this.exists,
      deleteRecordsBefore: (partition, offset) => this.cuts.push({ partition, offset }),
      log: (line) => this.lines.push(line),
    });
  }

  /** As after kill -9: nothing is left but the log. */
  async restart(): Promise<void> {
    this.service.close();
    this.service = this.#newService();
    await this.run(this.service.onElection(0, 1));
  }

  async run<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => {});
    await this.clock.settle();
    return promise;
  }

  write(
    firstOffset: number,
    lastOffset: number,
    deliveryState: number,
    deliveryCount: number,
    fields: { startOffset?: number; leaderEpoch?: number; stateEpoch?: number } = {},
  ) {
    return this.run(
      this.service.write(KEY, {
        stateEpoch: 1,
        leaderEpoch: 0,
        startOffset: 0,
        deliveryCompleteCount: 0,
        stateBatches: [{ firstOffset, lastOffset, deliveryState, deliveryCount }],
        ...fields,
      }),
    );
  }

  read(leaderEpoch = 0) {
    return this.run(this.service.read(KEY, leaderEpoch));
  }

  initialize(stateEpoch = 1, startOffset = 0) {
    return this.run(this.service.initialize(KEY, stateEpoch, startOffset));
  }
}
