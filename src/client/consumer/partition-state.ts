// One assigned partition: where its reader stands, where fetching stands, what is still to be found out.
// State and its transitions; asks nobody (Kafka's SubscriptionState.TopicPartitionState).

import type { ClientError } from '../errors.ts';
import { partitionKey } from '../types.ts';
import type { FetchedBatch } from './fetched-records.ts';

export type ResetTo = 'earliest' | 'latest' | { readonly timestamp: number };

/** unknown: needs a committed offset or a reset; resetting: needs ListOffsets; validating: needs OffsetForLeaderEpoch. */
export type PositionState = 'unknown' | 'resetting' | 'validating' | 'fetching';

export class PartitionState {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  state: PositionState = 'unknown';
  /** The offset of the next record for the reader; -1 while unknown. */
  position = -1;
  /** The leader epoch of the last record read; -1 when not known. */
  positionEpoch = -1;
  resetTo: ResetTo | undefined;
  isPaused = false;
  /** Where the next fetch begins: behind what is buffered. */
  fetchOffset = -1;
  /** Batches fetched and not handed out yet, in order. */
  readonly buffered: FetchedBatch[] = [];
  bufferedBytes = 0;
  /** What lies behind the buffered batches and can't be read; thrown when the reader comes there. */
  readError: ClientError | undefined;
  /** Raised whenever buffered data and answers under way lost their meaning. */
  generation = 0;
  /** No request for it before; on Clock.monotonicMs. */
  retryAtMs = 0;
  /** KIP-392: fetch from this replica until then. */
  preferredReplica = -1;
  preferredUntilMs = 0;
  highWatermark = -1;
  /** The leader epoch against which the position was validated. */
  validatedEpoch = -1;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
    this.key = partitionKey(topic, partition);
  }

  get isFetchable(): boolean {
    return this.state === 'fetching' && !this.isPaused && this.readError === undefined;
  }

  /** Reads on from there. */
  seek(offset: number, leaderEpoch = -1): void {
    this.state = 'fetching';
    this.position = offset;
    this.positionEpoch = leaderEpoch;
    this.fetchOffset = offset;
    this.resetTo = undefined;
    this.dropBuffered();
  }

  requestReset(to: ResetTo): void {
    this.state = 'resetting';
    this.resetTo = to;
    this.position = -1;
    this.positionEpoch = -1;
    this.fetchOffset = -1;
    this.dropBuffered();
  }

  /** After data was handed out. */
  advance(offset: number, leaderEpoch: number): void {
    this.position = offset;
    if (leaderEpoch >= 0) this.positionEpoch = leaderEpoch;
  }

  dropBuffered(): void {
    this.generation++;
    this.buffered.length = 0;
    this.bufferedBytes = 0;
    this.readError = undefined;
    this.retryAtMs = 0;
    if (this.position >= 0) this.fetchOffset = this.position;
  }
}
