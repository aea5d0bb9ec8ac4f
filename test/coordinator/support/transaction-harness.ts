// A transaction coordinator over a log in memory and virtual time. Markers go to partitions that keep real producer state,
// so that what the log would refuse is refused here too.

import {
  DEFAULT_TRANSACTION_COORDINATOR_CONFIG,
  type TransactionCoordinatorConfig,
} from '../../../src/coordinator/transaction/transaction-config.ts';
import { TransactionCoordinator } from '../../../src/coordinator/transaction/transaction-coordinator.ts';
import type { ProducerIdAndEpoch } from '../../../src/coordinator/transaction/transaction-shard.ts';
import { ApiError } from '../../../src/protocol/errors.ts';
import { MemoryLog } from './memory-log.ts';
import { TransactedPartitions } from './transacted-partitions.ts';
import { type SeededRandom, type VirtualClock, virtualIo } from './virtual-io.ts';

export class TransactionHarness {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly log = new MemoryLog();
  readonly lines: string[] = [];
  readonly config: TransactionCoordinatorConfig;
  readonly partitions = new TransactedPartitions();
  transactionVersion = 2;
  nextProducerId = 1000;
  coordinator: TransactionCoordinator;
  readonly #io: ReturnType<typeof virtualIo>['io'];
  #epoch = 0;

  constructor(config: Partial<TransactionCoordinatorConfig> = {}, seed = 1) {
    const { io, clock, random } = virtualIo(seed);
    this.#io = io;
    this.clock = clock;
    this.random = random;
    this.config = { ...DEFAULT_TRANSACTION_COORDINATOR_CONFIG, ...config };
    this.coordinator = this.#newCoordinator();
  }

  static async start(
    config: Partial<TransactionCoordinatorConfig> = {},
    seed = 1,
  ): Promise<TransactionHarness> {
    const harness = new TransactionHarness(config, seed);
    await harness.run(harness.coordinator.onElection(0, 0));
    return harness;
  }

  #newCoordinator(): TransactionCoordinator {
    return new TransactionCoordinator({
      io: this.#io,
      config: this.config,
      writer: this.log,
      markers: this.partitions,
      nextProducerId: async () => this.nextProducerId++,
      partitionCount: () => 1,
      transactionVersion: () => this.transactionVersion,
      log: (line) => this.lines.push(line),
    });
  }

  /** As after kill -9: nothing is left but the logs. */
  async restart(): Promise<void> {
    this.coordinator.close();
    this.coordinator = this.#newCoordinator();
    await this.run(this.coordinator.onElection(0, ++this.#epoch));
  }

  /** The outcome of something that needs no time to pass. */
  async run<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => {});
    await this.clock.settle();
    return promise;
  }

  /** The error code of something that must fail. */
  async failure(promise: Promise<unknown>): Promise<number> {
    try {
      await this.run(promise);
    } catch (error) {
      if (error instanceof ApiError) return error.code;
      throw error;
    }
    throw new Error('it succeeded');
  }

  init(
    transactionalId: string,
    options: { expected?: ProducerIdAndEpoch; timeoutMs?: number } = {},
  ): Promise<ProducerIdAndEpoch> {
    const { expected, timeoutMs = 60_000 } = options;
    return this.run(
      this.coordinator.initProducerId({
        transactionalId,
        timeoutMs,
        expected,
        isTwoPhaseCommit: false,
        keepPreparedTransaction: false,
      }),
    );
  }

  add(
    transactionalId: string,
    producer: ProducerIdAndEpoch,
    topic: string,
    ...indexes: number[]
  ): Promise<void> {
    const partitions = new Map([[topic, new Set(indexes)]]);
    const clientVersion = this.transactionVersion >= 2 ? 2 : 0;
    const { producerId, producerEpoch } = producer;
    const request = { transactionalId, producerId, producerEpoch, partitions };
    return this.run(this.coordinator.addPartitions(request, clientVersion));
  }

  end(
    transactionalId: string,
    producer: ProducerIdAndEpoch,
    commit: boolean,
    clientVersion = this.transactionVersion >= 2 ? 2 : 0,
  ): Promise<ProducerIdAndEpoch> {
    const { producerId, producerEpoch } = producer;
    const request = { producerId, producerEpoch, commit, clientVersion };
    return this.run(this.coordinator.endTransaction(transactionalId, request));
  }

  describe(transactionalId: string) {
    return this.run(this.coordinator.describe(transactionalId));
  }
}
