// A share partition over a share coordinator with its log in memory, on virtual time, with records that are made up:
// batches by their offsets alone.

import type { AcknowledgementBatch } from '../../../../src/broker/share/acknowledge.ts';
import type { AcquiredRun, FetchedBatch } from '../../../../src/broker/share/fetched-batches.ts';
import type { ShareGroupSettings } from '../../../../src/broker/share/share-group-settings.ts';
import { SharePartition } from '../../../../src/broker/share/share-partition.ts';
import type { ShareCoordinatorConfig } from '../../../../src/coordinator/share/share-coordinator-config.ts';
import { KEY, ShareHarness } from '../../../coordinator/support/share-harness.ts';

const NO_BYTES = Buffer.alloc(0);

export const SETTINGS: ShareGroupSettings = {
  recordLockDurationMs: 30_000,
  deliveryCountLimit: 5,
  maxRecordLocks: 2000,
  isRenewEnabled: true,
  isReadCommitted: false,
  offsetReset: { kind: 'earliest' },
};

export interface FetchOptions {
  readonly maxRecords?: number;
  readonly batchSize?: number;
  readonly isRecordLimit?: boolean;
  /** How many batches of the log the read gives. */
  readonly maxBatches?: number;
}

export class PartitionHarness {
  readonly coordinator: ShareHarness;
  settings: ShareGroupSettings;
  /** The batches of the log, [first, last], in order; compaction may leave gaps. */
  log: { first: number; last: number }[] = [];
  logStart = 0;
  changes = 0;
  fenced = 0;
  leaderEpoch = 0;
  partition!: SharePartition;

  private constructor(coordinator: ShareHarness, settings: Partial<ShareGroupSettings>) {
    this.coordinator = coordinator;
    this.settings = { ...SETTINGS, ...settings };
  }

  static async start(
    settings: Partial<ShareGroupSettings> = {},
    config: Partial<ShareCoordinatorConfig> = {},
    seed = 1,
  ): Promise<PartitionHarness> {
    const coordinator = await ShareHarness.start(config, seed);
    const harness = new PartitionHarness(coordinator, settings);
    await coordinator.initialize(1, -1);
    await harness.load();
    return harness;
  }

  get clock() {
    return this.coordinator.clock;
  }

  get logEnd(): number {
    return (this.log[this.log.length - 1]?.last ?? this.logStart - 1) + 1;
  }

  /** As another leader, or this one started again: what isn't with the share coordinator is forgotten. */
  async load(): Promise<void> {
    this.partition?.fence();
    this.leaderEpoch++;
    this.partition = new SharePartition({
      key: KEY,
      leaderEpoch: this.leaderEpoch,
      clock: this.clock,
      persister: {
        initialize: (key, epoch, offset) => this.coordinator.service.initialize(key, epoch, offset),
        read: (key, epoch) => this.coordinator.service.read(key, epoch),
        write: (key, state) => this.coordinator.service.write(key, state),
        delete: (key) => this.coordinator.service.delete(key),
        readSummary: (key) => this.coordinator.service.readSummary(key),
      },
      settings: () => this.settings,
      resetOffset: () => this.logStart,
      onChanged: () => {
        this.changes++;
      },
      onFenced: () => {
        this.fenced++;
      },
      log: () => {},
    });
    await this.coordinator.run(this.partition.ready);
  }

  /** Appends one batch of so many records. */
  produce(count: number): void {
    const first = this.logEnd;
    this.log.push({ first, last: first + count - 1 });
  }

  /** What a member is given; undefined when there is nothing to be read. */
  fetch(memberId: string, options: FetchOptions = {}): readonly AcquiredRun[] {
    const { maxRecords = 500, batchSize = 500, isRecordLimit = false, maxBatches = 100 } = options;
    const { partition } = this;
    if (!partition.canAcquire) return [];
    const fetchOffset = partition.nextFetchOffset;
    if (fetchOffset < this.logStart) {
      partition.window.moveToLogStart(this.logStart);
      return [];
    }
    const batches = this.log
      .filter(({ last }) => last >= fetchOffset)
      .slice(0, maxBatches)
      .map(
        ({ first, last }): FetchedBatch => ({ baseOffset: first, lastOffset: last, at: 0, end: 0 }),
      );
    return partition.acquire({
      memberId,
      isRecordLimit,
      batchSize,
      maxRecords,
      fetchOffset,
      records: NO_BYTES,
      batches,
      abortedTransactions: [],
    });
  }

  /** Rejects with what the member is told. */
  async acknowledge(memberId: string, ...batches: AcknowledgementBatch[]): Promise<void> {
    await this.coordinator.run(this.partition.acknowledge(memberId, batches));
  }

  /** One type for a range. */
  all(memberId: string, firstOffset: number, lastOffset: number, type: number): Promise<void> {
    return this.acknowledge(memberId, { firstOffset, lastOffset, acknowledgeTypes: [type] });
  }

  async release(memberId: string): Promise<void> {
    await this.coordinator.run(this.partition.release(memberId));
  }
}
