// The controller's state and its log: records are encoded, tried on the image, appended, and the image moves on; when
// they are committed, publishers see the change. Snapshots by size and age (SnapshotGenerator, MetadataLoader).
// The only place of the controller that does I/O; it decides nothing about topics or brokers.
import { join } from 'node:path';
import type { BrokerConfig } from '../../config/server-properties.ts';
import type { Io, Timer } from '../../io/io.ts';
import { METADATA_DIRECTORY, MetadataLog } from '../../raft/raft-log.ts';
import { imageRecords } from '../image/image-writer.ts';
import type { MetadataDelta } from '../image/metadata-delta.ts';
import { EMPTY_IMAGE, type MetadataImage } from '../image/metadata-image.ts';
import type { MetadataPublisher } from '../image/publisher.ts';
import { MetadataReplay } from '../metadata-replay.ts';
import { encodeRecord, type RecordDraft } from '../records.ts';

export interface RuntimeOptions {
  readonly io: Io;
  readonly config: BrokerConfig;
  /** A fault after which nothing can be trusted: a flush that failed, a publisher that threw. */
  readonly onFault: (error: unknown) => void;
  /** Told, a line each, of damage to the log that could be made good again. */
  readonly warn?: (line: string) => void;
}

/** How often old snapshots and segments are looked for (KafkaRaftClient's RaftMetadataLogCleanerManager). */
const CLEAN_EVERY_MS = 60_000;

interface Unpublished {
  readonly endOffset: number;
  readonly delta: MetadataDelta;
  readonly image: MetadataImage;
}

export class MetadataRuntime {
  readonly log: MetadataLog;
  readonly #options: RuntimeOptions;
  readonly #replay: MetadataReplay;
  readonly #publishers: MetadataPublisher[] = [];
  #unpublished: Unpublished[] = [];
  #committed: MetadataImage = EMPTY_IMAGE;
  #bytesSinceSnapshot = 0;
  #lastSnapshotMs: number;
  #lastAppendMs: number;
  #timers: Timer[] = [];
  #isClosed = false;
  /** The last batch that the opening saw. */
  #recovered: { lastOffset: number; epoch: number; timestampMs: number } | undefined;

  /** Opens the log and replays it. Throws MetadataLogError, MetadataRecordError, DiskError. */
  constructor(options: RuntimeOptions) {
    const { io, config } = options;
    this.#options = options;
    this.#replay = new MetadataReplay(EMPTY_IMAGE);
    this.log = MetadataLog.open(
      {
        io,
        directory: join(config.metadataLogDir, METADATA_DIRECTORY),
        nodeId: config.nodeId,
        staticVoterIds: config.quorumVoters.map((voter) => voter.id),
        segmentBytes:
          config.numberOrNull('internal.metadata.log.segment.bytes') ??
          config.number('metadata.log.segment.bytes'),
        segmentMs: config.number('metadata.log.segment.ms'),
        retentionBytes: config.number('metadata.max.retention.bytes'),
        retentionMs: config.number('metadata.max.retention.ms'),
        ...(options.warn === undefined ? {} : { warn: options.warn }),
      },
      this.#replayVisitor(),
    );
    this.#lastAppendMs = io.clock.monotonicMs();
    this.#lastSnapshotMs = this.#lastAppendMs;
    this.log.onCommit((highWatermark) => this.#publishUpTo(highWatermark));
  }

  /** Everything appended, committed or not. */
  get image(): MetadataImage {
    return this.#replay.image;
  }

  get committedImage(): MetadataImage {
    return this.#committed;
  }

  get isTransactionOpen(): boolean {
    return this.#replay.isTransactionOpen;
  }

  get nextOffset(): number {
    return this.log.logEndOffset;
  }

  addPublisher(publisher: MetadataPublisher): void {
    this.#publishers.push(publisher);
    if (this.#committed === EMPTY_IMAGE) return;
    const replay = new MetadataReplay(EMPTY_IMAGE);
    replay.replayValues(encodedRecords(this.#committed));
    const { delta } = replay.finish(this.#committed.provenance);
    this.#guard(() => publisher.onMetadataUpdate(delta, this.#committed));
  }

  /** Settles when what the image tells now is committed. */
  whenCommitted(): Promise<void> {
    return this.log.pendingAppends();
  }

  /**
   * Appends the records as one batch and replays them. The promise settles when they are committed and published.
   * Throws what the replay or the disk says; nothing has changed then.
   */
  append(records: readonly RecordDraft[], options: { lazy?: boolean } = {}): Promise<void> {
    const values = records.map(encodeRecord);
    try {
      this.#replay.replayValues(values);
    } catch (error) {
      this.#replay.rollback();
      throw error;
    }
    const appended = this.#appendValues(values, options);
    return appended.catch((error: unknown) => {
      this.#options.onFault(error);
      throw error;
    });
  }

  #appendValues(values: readonly Buffer[], options: { lazy?: boolean }): Promise<void> {
    const { clock } = this.#options.io;
    const baseOffset = this.log.logEndOffset;
    const epoch = this.log.leaderEpoch;
    const lastContainedOffset = baseOffset + values.length - 1;
    // The image moves before the append, because a lazy append commits, and publishes, at once.
    const before = this.#replay.image;
    const { delta, image } = this.#replay.finish({
      lastContainedOffset,
      lastContainedEpoch: epoch,
      lastContainedLogTimeMs: clock.nowMs(),
    });
    this.#unpublished.push({ endOffset: lastContainedOffset + 1, delta, image });
    try {
      const { sizeBytes, committed } = this.log.append(values, options);
      this.#lastAppendMs = clock.monotonicMs();
      this.#bytesSinceSnapshot += sizeBytes;
      return committed;
    } catch (error) {
      this.#unpublished.pop();
      this.#replay.image = before;
      this.#replay.rollback();
      throw error;
    }
  }

  /** Begins the NoOp records and the cleaning of the log; to be called once the node leads. */
  startTimers(): void {
    const { config } = this.#options;
    const idleMs = config.number('metadata.max.idle.interval.ms');
    if (idleMs > 0) this.every(idleMs, () => this.#maybeAppendNoOp(idleMs));
    this.every(CLEAN_EVERY_MS, () => this.log.clean());
  }

  /** Calls back again and again until close. */
  every(intervalMs: number, callback: () => void): void {
    const { clock } = this.#options.io;
    const schedule = (): void => {
      const timer = clock.setTimer(
        intervalMs,
        () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
          if (this.#isClosed) return;
          this.#guard(callback);
          schedule();
        },
        { background: true },
      );
      this.#timers.push(timer);
    };
    schedule();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    await this.log.close();
  }

  #replayVisitor(): Parameters<typeof MetadataLog.open>[1] {
    const replay = this.#replay;
    return {
      snapshot: (id, lastContainedLogTimeMs, values) => {
        replay.replayValues(values);
        replay.finish({
          lastContainedOffset: id.endOffset - 1,
          lastContainedEpoch: id.epoch,
          lastContainedLogTimeMs,
        });
      },
      batch: (batch) => {
        this.#bytesSinceSnapshot += batch.sizeBytes;
        replay.replayValues(batch.values);
        this.#recovered = batch;
      },
    };
  }

  /** After the replay of the log, before leading: the image up to the log's end counts as committed. */
  finishRecovery(): void {
    const last = this.#recovered;
    const { provenance } = this.#replay.image;
    const isOpen = this.#replay.isTransactionOpen;
    this.#committed = this.#replay.finish({
      lastContainedOffset: last?.lastOffset ?? provenance.lastContainedOffset,
      lastContainedEpoch: last?.epoch ?? provenance.lastContainedEpoch,
      lastContainedLogTimeMs: last?.timestampMs ?? provenance.lastContainedLogTimeMs,
    }).image;
    if (!isOpen && this.#committed.features.metadataVersion === 0) this.#committed = EMPTY_IMAGE;
  }

  #publishUpTo(highWatermark: number): void {
    while (this.#unpublished.length > 0) {
      const next = this.#unpublished[0] as Unpublished;
      if (next.endOffset > highWatermark) break;
      this.#unpublished.shift();
      this.#committed = next.image;
      for (const publisher of this.#publishers) {
        publisher.onMetadataUpdate(next.delta, next.image);
      }
    }
    if (this.#isSnapshotDue()) this.#maybeWriteSnapshot();
  }

  /** Looked at with every commit, of NoOp records too: an idle log with none gets no snapshot (SnapshotGenerator). */
  #isSnapshotDue(): boolean {
    const { config, io } = this.#options;
    const maxBytes = config.number('metadata.log.max.record.bytes.between.snapshots');
    if (this.#bytesSinceSnapshot >= maxBytes) return true;
    const intervalMs = config.number('metadata.log.max.snapshot.interval.ms');
    return intervalMs > 0 && io.clock.monotonicMs() - this.#lastSnapshotMs >= intervalMs;
  }

  /** KIP-835: keeps the high watermark of an idle log moving. Not flushed for its own sake. */
  #maybeAppendNoOp(idleMs: number): void {
    if (this.#options.io.clock.monotonicMs() - this.#lastAppendMs < idleMs / 2) return;
    void this.append([{ type: 'NoOpRecord', version: 0, message: {} }], { lazy: true }).catch(
      this.#options.onFault,
    );
  }

  #maybeWriteSnapshot(): void {
    const { provenance } = this.#committed;
    const endOffset = provenance.lastContainedOffset + 1;
    if (endOffset <= (this.log.latestSnapshot?.endOffset ?? 0)) return;
    this.#bytesSinceSnapshot = 0;
    this.#lastSnapshotMs = this.#options.io.clock.monotonicMs();
    this.log.writeSnapshot(
      endOffset,
      provenance.lastContainedLogTimeMs,
      encodedRecords(this.#committed),
    );
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}

function* encodedRecords(image: MetadataImage): Generator<Buffer> {
  for (const record of imageRecords(image)) yield encodeRecord(record);
}
