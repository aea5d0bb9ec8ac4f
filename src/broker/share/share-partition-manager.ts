// The share partitions of this broker and the sessions of the members that fetch from them: found or loaded when a
// member asks, dropped when the partition moves away, the group empties or the share coordinator fences them.
// Kafka: SharePartitionManager, SharePartitionCache.

import type { Persister } from '../../coordinator/share/persister.ts';
import type { Clock } from '../../io/io.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { type DelayedOperations, WatchKey } from '../delayed-operations.ts';
import type { MetadataCache } from '../metadata-cache.ts';
import type { Partition } from '../partition.ts';
import type { ReplicaManager } from '../replica-manager.ts';
import type { ClientPeer } from '../request-context.ts';
import type { AcknowledgementBatch } from './acknowledge.ts';
import type { ShareFetchTarget } from './share-fetch.ts';
import type { ShareGroupSettings, ShareGroupSettingsLookup } from './share-group-settings.ts';
import { isFencing, SharePartition } from './share-partition.ts';
import { type ShareSession, ShareSessions, type TopicPartitionIds } from './share-session.ts';

export interface SharePartitionManagerOptions {
  readonly clock: Clock;
  readonly metadata: MetadataCache;
  readonly replicas: ReplicaManager;
  readonly delayed: DelayedOperations;
  readonly persister: Persister;
  readonly settings: ShareGroupSettingsLookup;
  /** group.share.max.share.sessions */
  readonly maxSessions: number;
  readonly log: (line: string) => void;
}

interface Held {
  readonly sharePartition: SharePartition;
  readonly leader: Partition;
  readonly changes: WatchKey;
  readonly forgetLeader: () => void;
}

/** What became of one partition's acknowledgements; undefined: they are kept. */
export interface Acknowledged extends TopicPartitionIds {
  readonly error: ApiError | undefined;
}

export class SharePartitionManager {
  readonly sessions: ShareSessions;
  readonly #options: SharePartitionManagerOptions;
  /** By group, then by topic id and partition. */
  readonly #held = new Map<string, Map<string, Held>>();
  #isClosed = false;

  constructor(options: SharePartitionManagerOptions) {
    this.#options = options;
    this.sessions = new ShareSessions(options.maxSessions);
  }

  settings(groupId: string): ShareGroupSettings {
    return this.#options.settings(groupId);
  }

  /** Share partitions in memory. */
  get size(): number {
    let size = 0;
    for (const group of this.#held.values()) size += group.size;
    return size;
  }

  // Partitions

  /** Loads it when it isn't held yet. @throws ApiError UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER */
  target(groupId: string, { topicId, partition }: TopicPartitionIds): ShareFetchTarget {
    const key = `${topicId}:${partition}`;
    const known = this.#held.get(groupId)?.get(key);
    const held = known ?? this.#load(groupId, topicId, partition);
    const { sharePartition, leader, changes } = held;
    return { topicId, partition, sharePartition, leader, changes };
  }

  #load(groupId: string, topicId: string, partition: number): Held {
    if (this.#isClosed) throw new ApiError(Errors.NOT_LEADER_OR_FOLLOWER);
    const { metadata, replicas, clock, persister, delayed, log } = this.#options;
    const topic = metadata.topicById(topicId);
    if (topic === undefined) throw new ApiError(Errors.UNKNOWN_TOPIC_ID);
    const leader = replicas.leading(topic.name, partition);
    const changes = new WatchKey();
    const drop = (): void => this.#drop(groupId, held);
    const sharePartition = new SharePartition({
      key: { groupId, topicId, partition },
      leaderEpoch: leader.leaderEpoch,
      clock,
      persister,
      settings: () => this.settings(groupId),
      resetOffset: () => this.#resetOffset(groupId, leader),
      onChanged: () => delayed.touch(changes, 1),
      onFenced: (error) => {
        log(`share partition ${groupId}:${leader.name} is fenced: ${error.message}`);
        drop();
      },
      log,
    });
    const forgetLeader = replicas.listen(leader, { onAppend: () => {}, onGone: drop });
    const held: Held = { sharePartition, leader, changes, forgetLeader };
    const group = this.#held.get(groupId) ?? new Map<string, Held>();
    this.#held.set(groupId, group);
    group.set(`${topicId}:${partition}`, held);
    sharePartition.ready.catch((error: Error) => {
      log(`share partition ${groupId}:${leader.name} could not be loaded: ${error.message}`);
      drop();
    });
    return held;
  }

  #resetOffset(groupId: string, leader: Partition): number {
    const { offsetReset } = this.settings(groupId);
    if (offsetReset.kind === 'earliest') return leader.log.logStartOffset;
    if (offsetReset.kind === 'latest') return leader.log.highWatermark;
    const timestamp = this.#options.clock.nowMs() - offsetReset.durationMs;
    const found = leader.offsetFor(timestamp, 'high-watermark');
    // Nothing as young has been produced: Kafka has members ask again until something is.
    if (found === undefined) throw new ApiError(Errors.OFFSET_NOT_AVAILABLE);
    return found.offset;
  }

  #drop(groupId: string, held: Held): void {
    const group = this.#held.get(groupId);
    const { topicId, partition } = held.sharePartition.key;
    const key = `${topicId}:${partition}`;
    if (group?.get(key) === held) {
      group.delete(key);
      if (group.size === 0) this.#held.delete(groupId);
    }
    held.forgetLeader();
    // One that couldn't be loaded tells those who wait why.
    if (held.sharePartition.status !== 'failed') held.sharePartition.fence();
    this.#options.delayed.touch(held.changes, 1);
  }

  /** Nobody of the group fetches any more: what is kept is with the share coordinator. */
  #dropGroup(groupId: string): void {
    for (const held of [...(this.#held.get(groupId)?.values() ?? [])]) this.#drop(groupId, held);
  }

  /** share.version was taken back, or the broker is leaving. */
  dropAll(): void {
    for (const groupId of [...this.#held.keys()]) this.#dropGroup(groupId);
  }

  close(): void {
    this.#isClosed = true;
    this.dropAll();
  }

  // Members

  /** One answer for each partition, when all are decided. */
  acknowledge(
    groupId: string,
    memberId: string,
    acknowledgements: readonly (TopicPartitionIds & {
      readonly batches: readonly AcknowledgementBatch[];
    })[],
  ): Promise<Acknowledged[]> {
    return Promise.all(
      acknowledgements.map(({ topicId, partition, batches }) =>
        this.#outcome(groupId, { topicId, partition }, (held) =>
          held.sharePartition.acknowledge(memberId, batches),
        ),
      ),
    );
  }

  async #outcome(
    groupId: string,
    { topicId, partition }: TopicPartitionIds,
    operation: (held: Held) => Promise<void>,
  ): Promise<Acknowledged> {
    const held = this.#held.get(groupId)?.get(`${topicId}:${partition}`);
    if (held === undefined) {
      const error = new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      return { topicId, partition, error };
    }
    try {
      await operation(held);
      return { topicId, partition, error: undefined };
    } catch (error) {
      return { topicId, partition, error: this.failed(groupId, held.sharePartition, error) };
    }
  }

  /** What to tell the member; the share partition is dropped when the error means that it isn't ours any more. */
  failed(groupId: string, sharePartition: SharePartition, error: unknown): ApiError {
    if (!(error instanceof ApiError)) {
      this.#options.log(`share partition failed: ${(error as Error)?.stack ?? String(error)}`);
      return new ApiError(Errors.UNKNOWN_SERVER_ERROR);
    }
    if (isFencing(error)) {
      const { topicId, partition } = sharePartition.key;
      const held = this.#held.get(groupId)?.get(`${topicId}:${partition}`);
      if (held?.sharePartition === sharePartition) this.#drop(groupId, held);
    }
    return error;
  }

  openSession(
    groupId: string,
    memberId: string,
    partitions: Iterable<TopicPartitionIds>,
    peer: ClientPeer,
  ): ShareSession {
    return this.sessions.create(groupId, memberId, partitions, peer, (session) => {
      this.closeSession(session).catch(() => {});
    });
  }

  /** What the member holds goes back; the group's share partitions go with its last member. */
  async closeSession(session: ShareSession): Promise<Acknowledged[]> {
    if (!this.sessions.remove(session)) return [];
    const { groupId, memberId } = session;
    const outcomes = await Promise.all(
      [...session.partitions.values()].map((target) =>
        this.#outcome(groupId, target, ({ sharePartition }) => sharePartition.release(memberId)),
      ),
    );
    if (!this.sessions.hasMembers(groupId)) this.#dropGroup(groupId);
    return outcomes;
  }
}
