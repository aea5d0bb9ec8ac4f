// One partition of __share_group_state in memory: the delivery state of its share partitions, as a state machine for
// the runtime. Whoever is behind the leader epoch or the state epoch that it knows is refused.
// Kafka: ShareCoordinatorShard.

import { Errors, errorInfo } from '../../protocol/errors.ts';
import type { CoordinatorResult } from '../runtime/coordinator-result.ts';
import type { CoordinatorShard, ShardServices } from '../runtime/coordinator-shard.ts';
import { TrackedMap } from '../runtime/undo-log.ts';
import {
  coordinatorKey,
  type PersistedState,
  type PersistedSummary,
  type SharePartitionKey,
  type StateWrite,
  UNINITIALIZED_START_OFFSET,
  UNKNOWN_COUNT,
} from './persister.ts';
import {
  type ShareRecord,
  ShareRecordType,
  snapshotRecord,
  stateTombstone,
  updateRecord,
} from './records.ts';
import type { ShareCoordinatorConfig } from './share-coordinator-config.ts';
import { type ShareState, stateOfSnapshot, withUpdate } from './share-state.ts';
import { combineBatches } from './state-batches.ts';

type Result<T> = CoordinatorResult<ShareRecord, T>;

/** Whether a partition exists, by topic id. */
export type PartitionLookup = (topicId: string, partition: number) => boolean;

/** A request that the state refuses: the answer, not a failure of the coordinator. */
export class StateRefusal extends Error {
  readonly code: number;
  constructor(code: number, message = errorInfo(code).message ?? '') {
    super(message);
    this.name = 'StateRefusal';
    this.code = code;
  }
}

interface Entry {
  readonly key: SharePartitionKey;
  readonly state: ShareState;
  /** Updates since the snapshot. */
  readonly updates: number;
  /** Of the snapshot, in the log. */
  readonly snapshotOffset: number;
  /** Whoever is behind these is refused. Other than in the state, they don't fall when it is initialized anew. */
  readonly highestLeaderEpoch: number;
  readonly highestStateEpoch: number;
}

const NO_RECORDS: readonly ShareRecord[] = [];

export class ShareCoordinatorShard implements CoordinatorShard<ShareRecord> {
  readonly #services: ShardServices<ShareRecord>;
  readonly #config: ShareCoordinatorConfig;
  readonly #exists: PartitionLookup;
  readonly #entries: TrackedMap<string, Entry>;
  /** Of the last tombstone: when nothing is left, all before it says nothing any more. */
  #tombstoneOffset = -1;

  constructor(
    services: ShardServices<ShareRecord>,
    config: ShareCoordinatorConfig,
    exists: PartitionLookup,
  ) {
    this.#services = services;
    this.#config = config;
    this.#exists = exists;
    this.#entries = new TrackedMap(services.undo);
  }

  /** For tests. */
  stateOf(key: SharePartitionKey): ShareState | undefined {
    return this.#entries.get(coordinatorKey(key))?.state;
  }

  // Operations. They throw a StateRefusal.

  /** From here on the share partition has a state. @throws StateRefusal */
  initialize(key: SharePartitionKey, stateEpoch: number, startOffset: number): Result<undefined> {
    this.#checkKey(key);
    const entry = this.#entries.get(coordinatorKey(key));
    if (stateEpoch !== -1 && entry !== undefined && entry.highestStateEpoch > stateEpoch) {
      throw new StateRefusal(Errors.FENCED_STATE_EPOCH);
    }
    this.#checkExists(key);
    const known = entry?.state;
    const nowMs = this.#services.clock.nowMs();
    const record = snapshotRecord(key, {
      snapshotEpoch: known === undefined ? 0 : known.snapshotEpoch + 1,
      stateEpoch,
      leaderEpoch: 0,
      startOffset,
      deliveryCompleteCount: startOffset === UNINITIALIZED_START_OFFSET ? UNKNOWN_COUNT : 0,
      stateBatches: [],
      createTimestampMs: nowMs,
      writeTimestampMs: nowMs,
    });
    return { records: [record], response: undefined };
  }

  /** The leader of the partition begins: one of an earlier epoch can't write any more. */
  read(key: SharePartitionKey, leaderEpoch: number): Result<PersistedState> {
    this.#checkKey(key);
    const { state, highestLeaderEpoch } = this.#initialized(key, 'Read');
    if (leaderEpoch !== -1 && highestLeaderEpoch > leaderEpoch) {
      throw new StateRefusal(Errors.FENCED_LEADER_EPOCH);
    }
    this.#checkExists(key);
    const { stateEpoch, startOffset, stateBatches, deliveryCompleteCount } = state;
    const response = { errorCode: 0, errorMessage: null, stateEpoch, startOffset, stateBatches };
    if (leaderEpoch === -1 || leaderEpoch === highestLeaderEpoch) {
      return { records: NO_RECORDS, response };
    }
    const write = { stateEpoch, leaderEpoch, startOffset, deliveryCompleteCount, stateBatches: [] };
    return { records: [this.#stateRecord(key, write, leaderEpoch)], response };
  }

  /** By a leader that isn't behind; which one leads is kept as `read` was told it. */
  write(key: SharePartitionKey, write: StateWrite): Result<undefined> {
    this.#checkKey(key);
    const { state, highestLeaderEpoch, highestStateEpoch } = this.#initialized(key, 'Write');
    if (write.leaderEpoch !== -1 && highestLeaderEpoch > write.leaderEpoch) {
      throw new StateRefusal(Errors.FENCED_LEADER_EPOCH);
    }
    if (write.stateEpoch !== -1 && highestStateEpoch > write.stateEpoch) {
      throw new StateRefusal(Errors.FENCED_STATE_EPOCH);
    }
    this.#checkExists(key);
    return { records: [this.#stateRecord(key, write, state.leaderEpoch)], response: undefined };
  }

  readSummary(key: SharePartitionKey): PersistedSummary {
    this.#checkKey(key);
    this.#checkExists(key);
    const state = this.#entries.get(coordinatorKey(key))?.state;
    return {
      errorCode: Errors.NONE,
      errorMessage: null,
      stateEpoch: state?.stateEpoch ?? 0,
      leaderEpoch: state?.leaderEpoch ?? 0,
      startOffset: state?.startOffset ?? UNINITIALIZED_START_OFFSET,
      deliveryCompleteCount: state?.deliveryCompleteCount ?? UNKNOWN_COUNT,
    };
  }

  /** What isn't there is deleted already. */
  delete(key: SharePartitionKey): Result<undefined> {
    this.#checkKey(key);
    this.#checkExists(key);
    const isThere = this.#entries.has(coordinatorKey(key));
    return { records: isThere ? [stateTombstone(key)] : NO_RECORDS, response: undefined };
  }

  onTopicsDeleted(topicIds: ReadonlySet<string>): Result<undefined> {
    const records = [...this.#entries.values()]
      .filter(({ key }) => topicIds.has(key.topicId))
      .map(({ key }) => stateTombstone(key));
    return { records, response: undefined, atomic: false };
  }

  // Keeping the log short

  /** All records before this offset are superseded; undefined: none that anybody knows of. */
  redundantBefore(): number | undefined {
    let first = Number.POSITIVE_INFINITY;
    for (const { snapshotOffset } of this.#entries.values()) {
      first = Math.min(first, snapshotOffset);
    }
    const offset = first === Number.POSITIVE_INFINITY ? this.#tombstoneOffset : first;
    return offset > 0 ? offset : undefined;
  }

  /** New snapshots of what hasn't changed for long: the old ones would keep the log from being cut. */
  snapshotCold(): Result<undefined> {
    const entries = [...this.#entries.values()];
    const areAllCold = entries.every(
      ({ state }) => state.createTimestampMs !== state.writeTimestampMs,
    );
    if (areAllCold) return { records: NO_RECORDS, response: undefined };
    const nowMs = this.#services.clock.nowMs();
    const records = entries
      .filter(({ state }) => nowMs - state.writeTimestampMs >= this.#config.coldSnapshotIntervalMs)
      .map(({ key, state }) =>
        snapshotRecord(key, {
          ...state,
          snapshotEpoch: state.snapshotEpoch + 1,
          writeTimestampMs: nowMs,
        }),
      );
    return { records, response: undefined, atomic: false };
  }

  /** An update, or every so many of them a snapshot of all. */
  #stateRecord(key: SharePartitionKey, write: StateWrite, leaderEpoch: number): ShareRecord {
    const { state, updates } = this.#entries.get(coordinatorKey(key))!;
    const { deliveryCompleteCount } = write;
    if (updates < this.#config.updatesPerSnapshot) {
      return updateRecord(key, {
        snapshotEpoch: state.snapshotEpoch,
        leaderEpoch,
        startOffset: write.startOffset,
        deliveryCompleteCount,
        stateBatches: combineBatches([], write.stateBatches, write.startOffset),
      });
    }
    const startOffset =
      write.startOffset === UNINITIALIZED_START_OFFSET ? state.startOffset : write.startOffset;
    const nowMs = this.#services.clock.nowMs();
    return snapshotRecord(key, {
      snapshotEpoch: state.snapshotEpoch + 1,
      stateEpoch: state.stateEpoch,
      leaderEpoch,
      startOffset,
      deliveryCompleteCount,
      stateBatches: combineBatches(state.stateBatches, write.stateBatches, startOffset),
      createTimestampMs: nowMs,
      writeTimestampMs: nowMs,
    });
  }

  #initialized(key: SharePartitionKey, operation: string): Entry {
    const entry = this.#entries.get(coordinatorKey(key));
    if (entry !== undefined) return entry;
    throw new StateRefusal(
      Errors.INVALID_REQUEST,
      `${operation} operation on uninitialized share partition not allowed.`,
    );
  }

  #checkKey({ partition }: SharePartitionKey): void {
    if (partition >= 0) return;
    throw new StateRefusal(Errors.INVALID_REQUEST, 'The partition id cannot be a negative number.');
  }

  #checkExists({ topicId, partition }: SharePartitionKey): void {
    if (!this.#exists(topicId, partition))
      throw new StateRefusal(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  }

  // Replay

  replay(record: ShareRecord, offset: number): void {
    const { groupId, topicId, partition } = record.key;
    const key = { groupId, topicId, partition };
    if (record.type === ShareRecordType.SNAPSHOT) this.#replaySnapshot(key, record.value, offset);
    else if (record.value !== null) this.#replayUpdate(key, record.value);
  }

  #replaySnapshot(
    key: SharePartitionKey,
    value: Parameters<typeof stateOfSnapshot>[0] | null,
    offset: number,
  ): void {
    const id = coordinatorKey(key);
    if (value === null) {
      this.#entries.delete(id);
      const before = this.#tombstoneOffset;
      this.#services.undo.push(() => {
        this.#tombstoneOffset = before;
      });
      this.#tombstoneOffset = offset;
      return;
    }
    const state = stateOfSnapshot(value);
    const { leaderEpoch, stateEpoch } = state;
    const before = this.#entries.get(id);
    const updates = before?.updates ?? 0;
    this.#entries.set(id, {
      key,
      state,
      // A snapshot that comes before it is due (initialized anew, cold) doesn't put off the next one.
      updates: updates < this.#config.updatesPerSnapshot ? updates : 0,
      snapshotOffset: offset,
      highestLeaderEpoch: Math.max(before?.highestLeaderEpoch ?? leaderEpoch, leaderEpoch),
      highestStateEpoch: Math.max(before?.highestStateEpoch ?? stateEpoch, stateEpoch),
    });
  }

  /** Without its snapshot, which was cut off with a tombstone behind it, an update says nothing. */
  #replayUpdate(key: SharePartitionKey, value: Parameters<typeof withUpdate>[1]): void {
    const id = coordinatorKey(key);
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const state = withUpdate(entry.state, value);
    const highestLeaderEpoch = Math.max(entry.highestLeaderEpoch, value.leaderEpoch);
    this.#entries.set(id, { ...entry, state, updates: entry.updates + 1, highestLeaderEpoch });
  }

  replayEndTransactionMarker(): void {}

  onLoaded(): void {}

  onUnloaded(): void {}
}
