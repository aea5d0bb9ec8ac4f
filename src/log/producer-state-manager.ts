// The producers of a partition: their entries, open transactions, snapshots and expiry.
// (org.apache.kafka.storage.internals.log.ProducerStateManager)

import { javaHashOrder } from '../common/java.ts';
import { javaLongHash } from '../common/java-hash.ts';
import type { Disk } from '../io/io.ts';
import { joinPath, offsetName, offsetOfName, SNAPSHOT_SUFFIX } from './file-names.ts';
import { DamagedFileError } from './log-errors.ts';
import {
  type AppendOrigin,
  type CompletedTransaction,
  ProducerAppendInfo,
} from './producer-append-info.ts';
import { readProducerSnapshot, writeProducerSnapshot } from './producer-snapshot.ts';
import type { ProducerStateConfig } from './producer-state-config.ts';
import { ProducerStateEntry } from './producer-state-entry.ts';
import { VerificationStateEntry } from './verification-state.ts';

interface OpenTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of the marker; -1 while it is open. */
  lastOffset: number;
}

export interface ProducerStateOptions {
  readonly config: ProducerStateConfig;
  readonly onWarning: (text: string) => void;
}

export class ProducerStateManager {
  readonly #disk: Disk;
  readonly #partition: string;
  readonly #options: ProducerStateOptions;
  readonly #directory: string;
  readonly #entries = new Map<number, ProducerStateEntry>();
  /** Of a HashMap that held as many as there ever were: it never shrinks, and its order hangs on it. */
  #tableCapacity = 16;
  /** By first offset, in order. */
  readonly #ongoing: OpenTransaction[] = [];
  /** Ended, but the marker isn't below the high watermark yet. */
  readonly #unreplicated: OpenTransaction[] = [];
  /** Producers whose transaction the coordinator is being asked for. */
  readonly #verifications = new Map<number, VerificationStateEntry>();
  /** Offsets of snapshot files that are there, ascending. */
  #snapshots: number[] = [];
  /** The offset up to which the state is known. */
  mapEndOffset = 0;
  #lastSnapshotOffset = 0;

  constructor(disk: Disk, partition: string, directory: string, options: ProducerStateOptions) {
    this.#disk = disk;
    this.#partition = partition;
    this.#directory = directory;
    this.#options = options;
  }

  /** False: transactional records are taken without a word of the coordinator. */
  get verifiesTransactions(): boolean {
    return this.#options.config.verifiesTransactions;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** In the order of Kafka's HashMap, which a client and a snapshot show. */
  get producersInOrder(): ProducerStateEntry[] {
    return javaHashOrder(
      [...this.#entries.values()],
      ({ producerId }) => javaLongHash(producerId),
      this.#tableCapacity,
    );
  }

  get snapshotOffsets(): readonly number[] {
    return this.#snapshots;
  }

  get latestSnapshotOffset(): number | undefined {
    return this.#snapshots.at(-1);
  }

  /** The first offset that a committed read must not pass: an open transaction, or an ended one above the watermark. */
  get firstUnstableOffset(): number | undefined {
    const open = this.#ongoing[0]?.firstOffset;
    const ended = this.#unreplicated[0]?.firstOffset;
    if (open === undefined) return ended;
    return ended === undefined ? open : Math.min(open, ended);
  }

  /** First offset of the oldest open transaction. */
  get firstUndecidedOffset(): number | undefined {
    return this.#ongoing[0]?.firstOffset;
  }

  entry(producerId: number): ProducerStateEntry | undefined {
    return this.#entries.get(producerId);
  }

  /** Whether the producer has written to a transaction of this very epoch that is still open. */
  hasOngoingTransaction(producerId: number, epoch: number): boolean {
    const entry = this.#entries.get(producerId);
    return (
      entry !== undefined &&
      entry.currentTransactionFirstOffset >= 0 &&
      entry.producerEpoch === epoch
    );
  }

  verification(producerId: number): VerificationStateEntry | undefined {
    return this.#verifications.get(producerId);
  }

  startVerification(
    producerId: number,
    sequence: number,
    epoch: number,
    supportsEpochBump: boolean,
    nowMs: number,
  ): VerificationStateEntry {
    let verification = this.#verifications.get(producerId);
    if (verification === undefined) {
      verification = new VerificationStateEntry(nowMs, sequence, epoch, supportsEpochBump);
      this.#verifications.set(producerId, verification);
    }
    verification.join(sequence, epoch);
    return verification;
  }

  endVerification(producerId: number): void {
    this.#verifications.delete(producerId);
  }

  /** For one append: nothing changes before apply. */
  prepare(producerId: number, origin: AppendOrigin): ProducerAppendInfo {
    return new ProducerAppendInfo({
      partition: this.#partition,
      current: this.#entries.get(producerId) ?? new ProducerStateEntry(producerId),
      origin,
      verification: this.#verifications.get(producerId),
    });
  }

  apply(info: ProducerAppendInfo): void {
    let entry = this.#entries.get(info.producerId);
    if (entry === undefined) {
      entry = new ProducerStateEntry(info.producerId);
      this.#add(entry);
    }
    info.applyTo(entry);
    for (const firstOffset of info.startedTransactions) {
      this.#ongoing.push({ producerId: info.producerId, firstOffset, lastOffset: -1 });
    }
  }

  #add(entry: ProducerStateEntry): void {
    this.#entries.set(entry.producerId, entry);
    while (this.#entries.size > this.#tableCapacity * 0.75) this.#tableCapacity *= 2;
  }

  /** The last stable offset once this transaction has ended. */
  lastStableOffset(completed: CompletedTransaction): number {
    const next = this.#ongoing.find((open) => open.producerId !== completed.producerId);
    return next?.firstOffset ?? completed.lastOffset + 1;
  }

  completeTransaction(completed: CompletedTransaction): void {
    const index = this.#ongoing.findIndex((open) => open.firstOffset === completed.firstOffset);
    if (index < 0) return;
    const [open] = this.#ongoing.splice(index, 1);
    open!.lastOffset = completed.lastOffset;
    this.#unreplicated.push(open!);
    this.#unreplicated.sort((a, b) => a.firstOffset - b.firstOffset);
  }

  onHighWatermark(offset: number): void {
    let keep = 0;
    for (const ended of this.#unreplicated) {
      if (ended.lastOffset >= offset) this.#unreplicated[keep++] = ended;
    }
    this.#unreplicated.length = keep;
  }

  /** Forgets producers that wrote nothing for the expiration time and have no open transaction. */
  removeExpired(nowMs: number): void {
    for (const [id, entry] of this.#entries) {
      if (this.#isExpired(entry, nowMs)) this.#entries.delete(id);
    }
    for (const [id, { startedMs }] of this.#verifications) {
      if (nowMs - startedMs >= this.#options.config.expirationMs) this.#verifications.delete(id);
    }
  }

  #isExpired(entry: ProducerStateEntry, nowMs: number): boolean {
    return (
      entry.currentTransactionFirstOffset < 0 &&
      nowMs - entry.lastTimestamp >= this.#options.config.expirationMs
    );
  }

  /** Finds the snapshots among the folder's names; removes strays between segments, but keeps the newest. */
  scanSnapshots(names: readonly string[], segmentBaseOffsets: ReadonlySet<number>): void {
    this.#snapshots = [];
    for (const name of names) {
      if (!name.endsWith(SNAPSHOT_SUFFIX)) continue;
      const offset = offsetOfName(name);
      if (offset !== undefined) this.#snapshots.push(offset);
    }
    this.#snapshots.sort((a, b) => a - b);
    const newest = this.#snapshots.at(-1);
    for (const offset of [...this.#snapshots]) {
      if (offset !== newest && !segmentBaseOffsets.has(offset)) this.removeSnapshot(offset);
    }
  }

  /**
   * Loads the newest snapshot that is readable, within [logStartOffset, logEndOffset] and not past `replayFrom`;
   * unreadable ones are removed.
   * Afterwards mapEndOffset says from where the log has to be replayed.
   */
  reload(
    logStartOffset: number,
    logEndOffset: number,
    nowMs: number,
    replayFrom = Number.POSITIVE_INFINITY,
  ): void {
    for (const offset of this.#snapshots.filter((o) => o > logEndOffset || o <= logStartOffset)) {
      this.removeSnapshot(offset);
    }
    this.clear();
    for (;;) {
      const offset = this.#snapshots.findLast((o) => o <= replayFrom);
      if (offset === undefined) break;
      if (this.#loadSnapshot(offset, nowMs)) return;
      this.removeSnapshot(offset);
    }
    this.mapEndOffset = logStartOffset;
    this.#lastSnapshotOffset = logStartOffset;
  }

  #loadSnapshot(offset: number, nowMs: number): boolean {
    const path = this.#snapshotPath(offset);
    try {
      for (const entry of readProducerSnapshot(this.#disk, path)) {
        if (this.#isExpired(entry, nowMs)) continue;
        this.#add(entry);
        const firstOffset = entry.currentTransactionFirstOffset;
        if (firstOffset < 0) continue;
        this.#ongoing.push({ producerId: entry.producerId, firstOffset, lastOffset: -1 });
      }
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      this.#options.onWarning(`Failed to load producer snapshot: ${error.message}; rebuilding`);
      this.clear();
      return false;
    }
    this.#ongoing.sort((a, b) => a.firstOffset - b.firstOffset);
    this.mapEndOffset = offset;
    this.#lastSnapshotOffset = offset;
    return true;
  }

  clear(): void {
    this.#entries.clear();
    this.#ongoing.length = 0;
    this.#unreplicated.length = 0;
    this.mapEndOffset = 0;
    this.#lastSnapshotOffset = 0;
  }

  /** Writes the state at mapEndOffset, unless it was written at that offset already. */
  takeSnapshot(sync = false): void {
    const offset = this.mapEndOffset;
    if (offset <= this.#lastSnapshotOffset) return;
    writeProducerSnapshot(this.#disk, this.#snapshotPath(offset), this.producersInOrder, sync);
    this.#lastSnapshotOffset = offset;
    if (!this.#snapshots.includes(offset)) {
      this.#snapshots.push(offset);
      this.#snapshots.sort((a, b) => a - b);
    }
  }

  removeSnapshot(offset: number): void {
    this.#disk.remove(this.#snapshotPath(offset));
    this.#snapshots = this.#snapshots.filter((o) => o !== offset);
  }

  /** Snapshots before the log start serve nobody. */
  removeSnapshotsBefore(offset: number): void {
    for (const snapshot of this.#snapshots.filter((o) => o < offset)) this.removeSnapshot(snapshot);
  }

  removeAllSnapshots(): void {
    for (const snapshot of [...this.#snapshots]) this.removeSnapshot(snapshot);
  }

  /** Everything from scratch at `offset`. */
  truncateFullyAndStartAt(offset: number): void {
    this.clear();
    this.removeAllSnapshots();
    this.mapEndOffset = offset;
    this.#lastSnapshotOffset = 0;
  }

  #snapshotPath(offset: number): string {
    return joinPath(this.#directory, offsetName(offset) + SNAPSHOT_SUFFIX);
  }
}
