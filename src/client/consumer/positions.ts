// Brings every assigned partition to a position: committed offset, else auto.offset.reset; checks positions when leaders
// change (KIP-320). Works in rounds, each at most one request per kind and broker (Kafka's OffsetFetcher).

import type { Io } from '../../io/io.ts';
import type { OffsetReset } from '../config/consumer-config.ts';
import { ClientError } from '../errors.ts';
import type { MetadataManager } from '../metadata/metadata-manager.ts';
import { type CommittedOffset, OffsetSpec, type TopicPartition } from '../types.ts';
import type { OffsetLookup } from './offset-lookup.ts';
import type { PartitionState, ResetTo } from './partition-state.ts';

const UNKNOWN_EPOCH = -1;

export interface PositionsOptions {
  readonly io: Io;
  readonly lookup: OffsetLookup;
  readonly metadata: MetadataManager;
  readonly policy: OffsetReset;
  readonly retryBackoffMs: number;
  /** Committed offsets by partition key; undefined without a group, or when they can't be had now. */
  readonly committed:
    | ((
        partitions: readonly TopicPartition[],
      ) => Promise<Map<string, CommittedOffset | undefined> | undefined>)
    | undefined;
  readonly onProgress: () => void;
}

export class Positions {
  readonly #options: PositionsOptions;
  #isBusy = false;
  #failure: ClientError | undefined;

  constructor(options: PositionsOptions) {
    this.#options = options;
  }

  /** Begins a round when there is something to find out and none is under way. Throws what the last one failed with. */
  advance(states: Iterable<PartitionState>, nowMs: number): void {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    // Before the first metadata nobody knows whom to ask; the manager says when it came.
    if (this.#isBusy || this.#options.metadata.updateCount === 0) return;
    const open = [...states].filter(
      (state) => state.state !== 'fetching' && state.retryAtMs <= nowMs,
    );
    if (open.length === 0) return;
    this.#isBusy = true;
    this.#round(open)
      .catch((error: unknown) => {
        this.#failure =
          error instanceof ClientError
            ? error
            : new ClientError('KafkaException', String(error), { cause: error });
      })
      .finally(() => {
        this.#isBusy = false;
        this.#options.onProgress();
      });
  }

  /** The fetch position lies outside the log. Throws by the policy none. */
  outOfRange(state: PartitionState): void {
    const to = this.#resetTarget();
    if (to === undefined) {
      this.#failure = outOfRange(state, this.#options.metadata);
      return;
    }
    state.requestReset(to);
  }

  /** After new metadata: positions that were read under an older leader must be checked before reading on. */
  leadersChanged(states: Iterable<PartitionState>): void {
    for (const state of states) {
      if (state.state !== 'fetching' || state.positionEpoch < 0) continue;
      const topic = this.#options.metadata.topic(state.topic);
      const current = topic?.partitions[state.partition]?.leaderEpoch ?? UNKNOWN_EPOCH;
      if (current <= state.positionEpoch || current === state.validatedEpoch) continue;
      state.state = 'validating';
    }
  }

  async #round(open: readonly PartitionState[]): Promise<void> {
    await this.#findCommitted(open.filter((state) => state.state === 'unknown'));
    await Promise.all([
      this.#reset(open.filter((state) => state.state === 'resetting')),
      this.#validate(open.filter((state) => state.state === 'validating')),
    ]);
  }

  async #findCommitted(states: readonly PartitionState[]): Promise<void> {
    if (states.length === 0) return;
    const { committed } = this.#options;
    const generations = states.map((state) => state.generation);
    const offsets = committed === undefined ? new Map() : await committed(states);
    if (offsets === undefined) {
      this.#retryLater(states);
      return;
    }
    const lost: PartitionState[] = [];
    for (const [index, state] of states.entries()) {
      if (state.state !== 'unknown' || state.generation !== generations[index]) continue;
      const found: CommittedOffset | undefined = offsets.get(state.key);
      if (found !== undefined) state.seek(found.offset, found.leaderEpoch ?? UNKNOWN_EPOCH);
      else {
        const to = this.#resetTarget();
        if (to === undefined) lost.push(state);
        else state.requestReset(to);
      }
    }
    if (lost.length > 0) throw noOffset(lost);
    this.leadersChanged(states);
  }

  async #reset(states: readonly PartitionState[]): Promise<void> {
    if (states.length === 0) return;
    const generations = states.map((state) => state.generation);
    const queries = states.map((state) => ({
      topic: state.topic,
      partition: state.partition,
      timestamp: timestampOf(state.resetTo),
    }));
    const answers = await this.#options.lookup.byTime(queries);
    for (const [index, state] of states.entries()) {
      if (state.state !== 'resetting' || state.generation !== generations[index]) continue;
      const answer = answers.get(state.key);
      if (answer === undefined || 'error' in answer) this.#failed(state, answer?.error);
      else if (answer.value.offset >= 0) state.seek(answer.value.offset, answer.value.leaderEpoch);
      // Nothing is that young: by_duration then means the end.
      else state.requestReset('latest');
    }
  }

  async #validate(states: readonly PartitionState[]): Promise<void> {
    if (states.length === 0) return;
    const generations = states.map((state) => state.generation);
    const queries = states.map((state) => ({
      topic: state.topic,
      partition: state.partition,
      leaderEpoch: state.positionEpoch,
    }));
    const answers = await this.#options.lookup.byEpoch(queries);
    for (const [index, state] of states.entries()) {
      if (state.state !== 'validating' || state.generation !== generations[index]) continue;
      const answer = answers.get(state.key);
      if (answer === undefined || 'error' in answer) {
        this.#failed(state, answer?.error);
        continue;
      }
      const end = answer.value;
      const topic = this.#options.metadata.topic(state.topic);
      state.validatedEpoch = topic?.partitions[state.partition]?.leaderEpoch ?? UNKNOWN_EPOCH;
      if (end === undefined || end.endOffset < 0 || end.endOffset >= state.position) {
        state.state = 'fetching';
      } else {
        this.#truncated(state, end.endOffset, end.leaderEpoch);
      }
    }
  }

  /** The new leader's log ends before our position: records that we read are gone. */
  #truncated(state: PartitionState, endOffset: number, leaderEpoch: number): void {
    if (this.#options.policy.kind !== 'none') {
      state.seek(endOffset, leaderEpoch);
      return;
    }
    const { position } = state;
    state.state = 'fetching';
    throw new ClientError(
      'org.apache.kafka.clients.consumer.LogTruncationException',
      `Detected log truncation for partition ${state.key} at offset ${position}: the leader's log ends at ${endOffset}`,
    );
  }

  #failed(state: PartitionState, error: ClientError | undefined): void {
    if (error !== undefined && !error.retriable) throw error;
    if (error === undefined || error.refreshMetadata) this.#options.metadata.requestUpdateLater();
    this.#retryLater([state]);
  }

  #retryLater(states: readonly PartitionState[]): void {
    const atMs = this.#options.io.clock.monotonicMs() + this.#options.retryBackoffMs;
    for (const state of states) state.retryAtMs = atMs;
  }

  #resetTarget(): ResetTo | undefined {
    const { policy, io } = this.#options;
    if (policy.kind === 'none') return undefined;
    if (policy.kind !== 'by_duration') return policy.kind;
    return { timestamp: io.clock.nowMs() - policy.durationMs };
  }
}

function timestampOf(to: ResetTo | undefined): number {
  if (to === 'earliest') return OffsetSpec.EARLIEST;
  if (to === undefined || to === 'latest') return OffsetSpec.LATEST;
  return to.timestamp;
}

/** FetchCollector's words, with a SubscriptionState.FetchPosition as Java shows it. */
function outOfRange(state: PartitionState, metadata: MetadataManager): ClientError {
  const { topic, partition, key, fetchOffset, positionEpoch } = state;
  const leader = metadata.leaderOf(topic, partition);
  const epoch = metadata.topic(topic)?.partitions[partition]?.leaderEpoch ?? UNKNOWN_EPOCH;
  const offsetEpoch = positionEpoch < 0 ? 'Optional.empty' : `Optional[${positionEpoch}]`;
  const node =
    leader === undefined
      ? 'Optional.empty'
      : `Optional[${leader.host}:${leader.port} (id: ${leader.id} rack: ${leader.rack} isFenced: false)]`;
  const shownEpoch = epoch < 0 ? 'absent' : String(epoch);
  return new ClientError(
    'org.apache.kafka.clients.consumer.OffsetOutOfRangeException',
    `Fetch position FetchPosition{offset=${fetchOffset}, offsetEpoch=${offsetEpoch}, ` +
      `currentLeader=LeaderAndEpoch{leader=${node}, epoch=${shownEpoch}}} is out of range for partition ${key}`,
    { code: 1 },
  );
}

function noOffset(states: readonly PartitionState[]): ClientError {
  const names = states.map((state) => state.key).join(', ');
  return new ClientError(
    'org.apache.kafka.clients.consumer.NoOffsetForPartitionException',
    `Undefined offset with no reset policy for partitions: [${names}]`,
  );
}
