// __cluster_metadata-0 with a single voter: opened with a replay of snapshot and log, led in a new epoch at each
// start, appended to, committed in groups, snapshotted and cleaned (KafkaRaftClient, KafkaMetadataLog).
// High watermark = what was flushed. It never knows what a record means, and never has a second voter.
import { join } from 'node:path';
import { assert } from '../common/assert.ts';
import { METADATA_TOPIC_ID } from '../common/uuid.ts';
import type { Io } from '../io/io.ts';
import { writeProducerSnapshot } from '../log/producer-snapshot.ts';
import * as batch from '../records/record-batch.ts';
import { RecordCursor } from '../records/record-cursor.ts';
import {
  type DynamicQuorum,
  leaderChangeBatch,
  quorumBatch,
  readControlBatch,
} from './control-batches.ts';
import { GroupCommit } from './group-commit.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import { MetadataSegment, segmentName } from './metadata-segment.ts';
import { readQuorumState, writeQuorumState } from './quorum-state.ts';
import { MetadataLogError } from './raft-errors.ts';
import {
  buildSnapshot,
  listSnapshots,
  readSnapshotFile,
  type SnapshotId,
  snapshotPath,
  snapshotTimestamp,
  valuesBatch,
  writeSnapshotFile,
} from './snapshot.ts';

export const METADATA_DIRECTORY = '__cluster_metadata-0';

const PARTITION_METADATA_FILE = 'partition.metadata';
const ROLL_AT_SNAPSHOT_BYTES = 1 << 20;

export interface MetadataLogOptions {
  readonly io: Io;
  /** The folder __cluster_metadata-0 itself. */
  readonly directory: string;
  readonly nodeId: number;
  /** Ids of controller.quorum.voters; empty with a dynamic quorum, whose voters are in the log. */
  readonly staticVoterIds: readonly number[];
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly retentionBytes: number;
  readonly retentionMs: number;
  /** Told, a line each, of damage that could be made good again. */
  readonly warn?: (line: string) => void;
}

export interface LogBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly epoch: number;
  readonly timestampMs: number;
  readonly sizeBytes: number;
  /** Empty for a control batch. The buffers are the visitor's to keep. */
  readonly values: readonly Buffer[];
}

/** What a replay sees: at most one snapshot, then every batch after it. */
export interface ReplayVisitor {
  snapshot(id: SnapshotId, lastContainedLogTimestampMs: number, values: readonly Buffer[]): void;
  batch(batch: LogBatch): void;
}

export interface Appended {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly sizeBytes: number;
  /** Settles when the records are flushed. Rejects when they can't be: the log is then closed for good. */
  readonly committed: Promise<void>;
}

interface DamagedSnapshot {
  readonly id: SnapshotId;
  readonly error: MetadataLogError;
}

export class MetadataLog {
  readonly #options: MetadataLogOptions;
  readonly #epochs: LeaderEpochs;
  #segments: MetadataSegment[] = [];
  #snapshots: SnapshotId[] = [];
  #quorum: DynamicQuorum | undefined;
  /** Where the log says so; -1 where a snapshot does. */
  #quorumOffset = -1;
  /** The voters are known only from the snapshot that `format` wrote, not from the log. */
  #isQuorumUnlogged = false;
  readonly #commits: GroupCommit;
  #epoch = 0;
  #segmentStartMs: number;

  /** Throws MetadataLogError, DiskError; the visitor's errors go through. */
  static open(options: MetadataLogOptions, visitor: ReplayVisitor): MetadataLog {
    const log = new MetadataLog(options);
    log.#load(visitor);
    return log;
  }

  private constructor(options: MetadataLogOptions) {
    const { io, directory } = options;
    this.#options = options;
    if (!io.disk.exists(directory)) io.disk.makeDirectory(directory);
    if (!io.disk.exists(join(directory, PARTITION_METADATA_FILE))) {
      writePartitionMetadata(io, directory);
    }
    this.#epochs = new LeaderEpochs(io.disk, directory);
    this.#segmentStartMs = io.clock.nowMs();
    this.#commits = new GroupCommit(
      () => this.#active.flush(),
      () => this.logEndOffset,
    );
  }

  get logStartOffset(): number {
    return Math.max(this.#segments[0]?.baseOffset ?? 0, this.#snapshots[0]?.endOffset ?? 0);
  }

  get logEndOffset(): number {
    return this.#active.nextOffset;
  }

  /** Exclusive end of what is flushed. */
  get highWatermark(): number {
    return this.#commits.committedEndOffset;
  }

  get leaderEpoch(): number {
    return this.#epoch;
  }

  get kraftVersion(): 0 | 1 {
    return this.#quorum === undefined ? 0 : 1;
  }

  /** Of a dynamic quorum. */
  get voters(): DynamicQuorum['voters'] {
    return this.#quorum?.voters ?? [];
  }

  get latestSnapshot(): SnapshotId | undefined {
    return this.#snapshots.at(-1);
  }

  /** Starts the next epoch: quorum-state on disk first, then the leader change record. Throws MetadataLogError. */
  becomeLeader(): Appended {
    const { io, directory, nodeId, staticVoterIds } = this.#options;
    this.#checkSoleVoter();
    this.#epoch = Math.max(this.#votedEpoch(), this.#epochs.latestEpoch) + 1;
    writeQuorumState(io.disk, directory, {
      leaderId: nodeId,
      leaderEpoch: this.#epoch,
      currentVoters: this.#quorum === undefined ? staticVoterIds : undefined,
    });
    const place = { ...this.#nextPlace(), timestampMs: io.clock.nowMs() };
    const unlogged = this.#isQuorumUnlogged ? this.#quorum : undefined;
    this.#epochs.assign(this.#epoch, place.baseOffset);
    const appended = this.#appendBatch(leaderChangeBatch(nodeId, [nodeId], unlogged, place), false);
    this.#isQuorumUnlogged = false;
    return appended;
  }

  /**
   * Appends the values as one batch. `lazy` leaves the flush to a later append (NoOp records).
   * Throws DiskError, with the log as it was, when they can't be written.
   */
  append(values: readonly Buffer[], options: { lazy?: boolean } = {}): Appended {
    assert(this.#epoch > 0, 'only a leader appends');
    assert(values.length > 0, 'a batch of nothing');
    const timestampMs = this.#options.io.clock.nowMs();
    const bytes = valuesBatch(values, { ...this.#nextPlace(), timestampMs });
    return this.#appendBatch(bytes, options.lazy === true);
  }

  /** Writes kraft.version 1 and the voters into the log. Throws DiskError. */
  upgradeToDynamicQuorum(voters: DynamicQuorum['voters']): Appended {
    assert(this.#quorum === undefined, 'kraft.version is upgraded once');
    const quorum = { voters };
    const place = { ...this.#nextPlace(), timestampMs: this.#options.io.clock.nowMs() };
    const appended = this.#appendBatch(quorumBatch(quorum, place), false);
    this.#quorum = quorum;
    this.#quorumOffset = appended.baseOffset;
    return appended;
  }

  /** Settles when every append that is waited for is committed. */
  pendingAppends(): Promise<void> {
    return this.#commits.pending();
  }

  /** Called with the new high watermark after every advance. */
  onCommit(callback: (highWatermark: number) => void): void {
    this.#commits.onCommit(callback);
  }

  /** Writes the snapshot of everything before `endOffset`. */
  writeSnapshot(
    endOffset: number,
    lastContainedLogTimestampMs: number,
    values: Iterable<Buffer>,
  ): SnapshotId {
    const { io, directory } = this.#options;
    const id = { endOffset, epoch: this.#epochOf(endOffset - 1) };
    const bytes = buildSnapshot({
      epoch: id.epoch,
      lastContainedLogTimestampMs,
      quorum: endOffset > this.#quorumOffset ? this.#quorum : undefined,
      nowMs: io.clock.nowMs(),
      values,
    });
    writeSnapshotFile(io.disk, snapshotPath(directory, id), bytes);
    if (this.latestSnapshot?.endOffset !== endOffset) this.#snapshots.push(id);
    // What the snapshot stands for needn't be read again at the next start.
    if (this.#active.sizeBytes > ROLL_AT_SNAPSHOT_BYTES) this.#roll();
    return id;
  }

  /** Batches from `startOffset` on, for those who read the metadata partition (Fetch on a controller). */
  read(startOffset: number, maxBytes: number): Buffer {
    const segment = this.#segments.filter((s) => s.baseOffset <= startOffset).at(-1);
    return segment?.read(startOffset, maxBytes) ?? Buffer.alloc(0);
  }

  async close(): Promise<void> {
    await this.#commits.drain();
    this.#active.seal();
    for (const segment of this.#segments) segment.close();
    this.#writeProducerSnapshot();
  }

  /** A log of no producers has the snapshots of one too, as UnifiedLog.close leaves them: only the latest stays. */
  #writeProducerSnapshot(): void {
    const { io, directory } = this.#options;
    const name = `${segmentName(this.logEndOffset)}.snapshot`;
    for (const old of io.disk.list(directory)) {
      if (/^\d{20}\.snapshot$/.test(old) && old !== name) io.disk.remove(join(directory, old));
    }
    writeProducerSnapshot(io.disk, join(directory, name), [], true);
  }

  get #active(): MetadataSegment {
    return this.#segments.at(-1) as MetadataSegment;
  }

  /** A sole voter has nothing to lose with its vote: the log tells the epochs that it led in. */
  #votedEpoch(): number {
    const { io, directory } = this.#options;
    try {
      return readQuorumState(io.disk, directory)?.leaderEpoch ?? 0;
    } catch (error) {
      if (!(error instanceof MetadataLogError)) throw error;
      this.#warn(`${error.message}; it is written anew`);
      return 0;
    }
  }

  #warn(line: string): void {
    this.#options.warn?.(line);
  }

  #nextPlace(): { baseOffset: number; epoch: number } {
    return { baseOffset: this.logEndOffset, epoch: this.#epoch };
  }

  #appendBatch(bytes: Buffer, lazy: boolean): Appended {
    this.#commits.check();
    this.#maybeRoll(bytes.length);
    const baseOffset = batch.baseOffset(bytes, 0);
    this.#active.append(bytes);
    const committed = this.#commits.appended(lazy);
    const lastOffset = batch.lastOffset(bytes, 0);
    return { baseOffset, lastOffset, sizeBytes: bytes.length, committed };
  }

  #maybeRoll(bytes: number): void {
    const { io, segmentBytes, segmentMs } = this.#options;
    if (this.#active.sizeBytes === 0) return;
    const isOld = io.clock.nowMs() - this.#segmentStartMs > segmentMs;
    if (this.#active.sizeBytes + bytes > segmentBytes || isOld) this.#roll();
  }

  #roll(): void {
    const { io, directory } = this.#options;
    this.#active.seal();
    this.#segments.push(new MetadataSegment(io.disk, directory, this.logEndOffset));
    // What is flushed into a file whose name isn't on the disk is lost with it.
    io.disk.flushDirectory(directory);
    this.#segmentStartMs = io.clock.nowMs();
  }

  #epochOf(offset: number): number {
    const holder = this.#epochs.all().filter((entry) => entry.startOffset <= offset);
    return holder.at(-1)?.epoch ?? this.#epoch;
  }

  #checkSoleVoter(): void {
    const { nodeId, staticVoterIds, directory } = this.#options;
    const ids = this.#quorum?.voters.map((voter) => voter.voterId) ?? staticVoterIds;
    if (ids.length === 1 && ids[0] === nodeId) return;
    const reason =
      ids.length === 0
        ? 'no voters are known: format the directory with --standalone, or set controller.quorum.voters'
        : `its voters are ${ids.join(', ')}, and this node (${nodeId}) can lead only where it is the single voter`;
    throw new MetadataLogError(
      `The metadata quorum of ${directory} can't be led: ${reason}`,
      directory,
    );
  }

  #load(visitor: ReplayVisitor): void {
    const { io, directory } = this.#options;
    removeLeftovers(io, directory);
    this.#snapshots = listSnapshots(io.disk, directory);
    this.#openSegments(this.latestSnapshot?.endOffset ?? 0);
    const damaged: DamagedSnapshot[] = [];
    const from = this.#loadSnapshots(visitor, damaged);
    this.#checkBegins(from);
    this.#replaySegments(from, visitor);
    for (const snapshot of damaged) this.#forget(snapshot);
    this.#restartBehindSnapshot(from);
    this.#epochs.truncateFromEnd(this.logEndOffset);
    this.#checkEnds();
    this.#commits.reset(this.logEndOffset);
  }

  /**
   * The latest snapshot that can be read; damaged ones are left out where the log still has all that came since.
   * Answers the offset from which the log goes on. Throws MetadataLogError.
   */
  #loadSnapshots(visitor: ReplayVisitor, damaged: DamagedSnapshot[]): number {
    for (;;) {
      const latest = this.latestSnapshot;
      if (latest === undefined) return 0;
      try {
        this.#loadSnapshot(latest, visitor);
        return latest.endOffset;
      } catch (error) {
        const before = this.#snapshots.at(-2)?.endOffset ?? 0;
        const isKnown =
          this.#firstOffset <= before && this.#segments.some((segment) => segment.sizeBytes > 0);
        if (!(error instanceof MetadataLogError) || !isKnown) throw error;
        damaged.push({ id: latest, error });
        this.#snapshots.pop();
      }
    }
  }

  /** What a damaged snapshot stood for was read from the log instead. Throws MetadataLogError where it wasn't. */
  #forget({ id, error }: DamagedSnapshot): void {
    if (this.logEndOffset < id.endOffset) throw error;
    this.#warn(`${error.message}; it is removed, as the log tells the same`);
    this.#options.io.disk.remove(error.path);
  }

  #replaySegments(from: number, visitor: ReplayVisitor): void {
    const { damage } = this.#epochs;
    if (damage !== undefined) this.#warn(`${damage}; it is written anew from the log`);
    const visit = (buffer: Buffer, at: number): void => {
      const epoch = batch.partitionLeaderEpoch(buffer, at);
      this.#epochs.assign(epoch, batch.baseOffset(buffer, at));
      if (batch.baseOffset(buffer, at) >= from) this.#visitBatch(buffer, at, visitor);
    };
    for (const [index, segment] of this.#segments.entries()) {
      const next = this.#segments[index + 1];
      if (next !== undefined && next.baseOffset <= from && damage === undefined) continue;
      segment.recover(visit, next === undefined);
      if (next !== undefined) checkNext(segment, next);
    }
  }

  /** Throws MetadataLogError where the log lacks what neither it nor a snapshot tells. */
  #checkBegins(from: number): void {
    if (this.#firstOffset <= from) return;
    const { directory } = this.#options;
    const first = join(directory, `${segmentName(this.#firstOffset)}.log`);
    throw new MetadataLogError(
      `The metadata log in ${directory} begins at offset ${this.#firstOffset} (${first}), and no snapshot ` +
        `tells what came before: the records from offset ${from} on are missing`,
      first,
    );
  }

  /** A stop leaves a producer snapshot of the log's end. A log that ends before it has lost what was acknowledged. */
  #checkEnds(): void {
    const { io, directory } = this.#options;
    for (const name of io.disk.list(directory)) {
      const end = Number(/^(\d{20})\.snapshot$/.exec(name)?.[1] ?? 0);
      if (end <= this.logEndOffset) continue;
      this.#warn(
        `The metadata log ${this.#active.path} ends at offset ${this.logEndOffset} ` +
          `(position ${this.#active.sizeBytes}), but ended at offset ${end} when it was closed: ` +
          'the changes in between are lost',
      );
      io.disk.remove(join(directory, name));
    }
  }

  get #firstOffset(): number {
    return (this.#segments[0] as MetadataSegment).baseOffset;
  }

  #loadSnapshot(id: SnapshotId, visitor: ReplayVisitor): void {
    const { io, directory } = this.#options;
    const values: Buffer[] = [];
    let timestampMs = 0;
    let voters: DynamicQuorum['voters'] | undefined;
    readSnapshotFile(io.disk, snapshotPath(directory, id), (value) => values.push(value), {
      snapshotHeader: (timestamp) => {
        timestampMs = timestamp;
      },
      voters: (found) => {
        voters = found;
      },
    });
    if (voters !== undefined) {
      this.#quorum = { voters };
      this.#isQuorumUnlogged = id.endOffset === 0;
    }
    visitor.snapshot(id, timestampMs, values);
  }

  #openSegments(fromOffset: number): void {
    const { io, directory } = this.#options;
    const bases = io.disk
      .list(directory)
      .map((name) => /^(\d{20})\.log$/.exec(name)?.[1])
      .filter((name) => name !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
    if (bases.length === 0) bases.push(fromOffset);
    this.#segments = bases.map((base) => new MetadataSegment(io.disk, directory, base));
  }

  /**
   * A log that ends before its latest snapshot lost its tail: it begins anew at the snapshot's end, and forgets the
   * snapshots that it no longer goes on from (KafkaMetadataLog.truncateToLatestSnapshot).
   */
  #restartBehindSnapshot(snapshotEndOffset: number): void {
    if (this.logEndOffset >= snapshotEndOffset) return;
    const { io, directory } = this.#options;
    for (const id of this.#snapshots.splice(0, this.#snapshots.length - 1)) {
      io.disk.remove(snapshotPath(directory, id));
    }
    for (const segment of this.#segments) removeSegment(io, segment);
    this.#segments = [new MetadataSegment(io.disk, directory, snapshotEndOffset)];
  }

  #visitBatch(buffer: Buffer, at: number, visitor: ReplayVisitor): void {
    const values: Buffer[] = [];
    if (batch.isControl(buffer, at)) {
      readControlBatch(buffer, at, {
        voters: (voters) => {
          this.#quorum = { voters };
          this.#quorumOffset = batch.baseOffset(buffer, at);
          this.#isQuorumUnlogged = false;
        },
      });
    } else {
      const cursor = new RecordCursor();
      cursor.reset(buffer, at);
      while (cursor.next()) values.push(Buffer.from(cursor.value() ?? Buffer.alloc(0)));
    }
    visitor.batch({
      baseOffset: batch.baseOffset(buffer, at),
      lastOffset: batch.lastOffset(buffer, at),
      epoch: batch.partitionLeaderEpoch(buffer, at),
      timestampMs: batch.maxTimestamp(buffer, at),
      sizeBytes: batch.sizeInBytes(buffer, at),
      values,
    });
  }

  /** KafkaMetadataLog.maybeClean: the oldest snapshots go while there is too much, then the segments before the rest. */
  clean(): void {
    const { io, directory, retentionBytes } = this.#options;
    while (this.#snapshots.length >= 2) {
      const oldest = this.#snapshots[0] as SnapshotId;
      const isTooMuch = retentionBytes >= 0 && this.#totalBytes() > retentionBytes;
      if (!isTooMuch && !this.#isExpired(oldest)) break;
      io.disk.remove(snapshotPath(directory, oldest));
      this.#snapshots.shift();
      this.#removeSegmentsBefore((this.#snapshots[0] as SnapshotId).endOffset);
    }
  }

  /** By the time of the last record that it stands for, which its header tells. */
  #isExpired(id: SnapshotId): boolean {
    const { io, directory, retentionMs } = this.#options;
    if (retentionMs < 0) return false;
    const timestampMs = snapshotTimestamp(io.disk, snapshotPath(directory, id));
    return timestampMs !== undefined && io.clock.nowMs() - timestampMs > retentionMs;
  }

  #totalBytes(): number {
    const { io, directory } = this.#options;
    let bytes = 0;
    for (const segment of this.#segments) bytes += segment.sizeBytes;
    for (const id of this.#snapshots) {
      bytes += io.disk.stat(snapshotPath(directory, id))?.sizeBytes ?? 0;
    }
    return bytes;
  }

  #removeSegmentsBefore(offset: number): void {
    while (
      this.#segments.length >= 2 &&
      (this.#segments[1] as MetadataSegment).baseOffset <= offset
    ) {
      removeSegment(this.#options.io, this.#segments.shift() as MetadataSegment);
    }
    this.#epochs.truncateFromStart(this.logStartOffset);
  }
}

function writePartitionMetadata(io: Io, directory: string): void {
  const content = `version: 0\ntopic_id: ${METADATA_TOPIC_ID}`;
  io.disk.writeFileAtomic(join(directory, PARTITION_METADATA_FILE), content);
}

/** Throws MetadataLogError where records are missing between the two. */
function checkNext(segment: MetadataSegment, next: MetadataSegment): void {
  if (segment.nextOffset === next.baseOffset) return;
  throw new MetadataLogError(
    `The metadata log ${segment.path} ends at offset ${segment.nextOffset} (position ${segment.sizeBytes}), but ` +
      `${next.path} follows`,
    segment.path,
  );
}

/** What an unfinished write or a deletion left behind. */
function removeLeftovers(io: Io, directory: string): void {
  for (const name of io.disk.list(directory)) {
    if (/\.(part|deleted|tmp)$/.test(name)) io.disk.remove(join(directory, name));
  }
}

function removeSegment(io: Io, segment: MetadataSegment): void {
  segment.close();
  const stem = segment.path.slice(0, -'.log'.length);
  for (const suffix of ['log', 'index', 'timeindex', 'snapshot']) {
    io.disk.remove(`${stem}.${suffix}`);
  }
}
