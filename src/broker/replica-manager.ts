// The partitions of this broker: opened, changed and deleted as the metadata image says, found by name or id.
// What happens in a partition wakes the requests that wait for it. Kafka's ReplicaManager, for local replicas.

import { topicNameError } from '../common/topic-name.ts';
import type { Clock, Timer } from '../io/io.ts';
import { isPassing } from '../log/log-errors.ts';
import type { LogManager } from '../log/log-manager.ts';
import type { UnifiedLog } from '../log/unified-log.ts';
import { ConfigResourceType, resourceOf } from '../metadata/image/configs-image.ts';
import type { MetadataDelta } from '../metadata/image/metadata-delta.ts';
import { EMPTY_IMAGE, type MetadataImage } from '../metadata/image/metadata-image.ts';
import type { LocalPartition } from '../metadata/image/topics-delta.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import type { DelayedOperations } from './delayed-operations.ts';
import { Partition } from './partition.ts';
import type { StorageFailures } from './storage-failures.ts';
import type { TopicLogConfigs } from './topic-log-configs.ts';

/** Somebody who follows one partition: a coordinator. */
export interface PartitionFollower {
  /** Records were appended; the high watermark may have moved. */
  onAppend(partition: Partition): void;
  /** The partition was deleted, or this broker leads it no more. */
  onGone(): void;
}

/** A partition that should be here, but whose log can't be opened. */
interface Unopened {
  readonly change: LocalPartition;
  /** It never was here. */
  readonly isNew: boolean;
}

/** How often it is tried again to make what a full disk had no room for. */
const RETRY_MS = 1000;

export interface ReplicaManagerOptions {
  readonly clock: Clock;
  readonly nodeId: number;
  readonly logs: LogManager;
  readonly configs: TopicLogConfigs;
  readonly delayed: DelayedOperations;
  readonly failures: StorageFailures;
  readonly log: (line: string) => void;
}

export class ReplicaManager {
  readonly logs: LogManager;
  readonly #nodeId: number;
  readonly #configs: TopicLogConfigs;
  readonly #delayed: DelayedOperations;
  readonly failures: StorageFailures;
  readonly #log: (line: string) => void;
  /** A partition lies in another directory now. Set by the owner. */
  onMoved: () => void = () => {};
  #hasImage = false;
  readonly #byTopic = new Map<string, Map<number, Partition>>();
  /** The partition is here now, some time after its leader was elected. Set by the owner. */
  onOpened: (partition: LocalPartition) => void = () => {};
  readonly #clock: Clock;
  #image: MetadataImage = EMPTY_IMAGE;
  /** By name. */
  readonly #unopened = new Map<string, Unopened>();
  /** Those of them that a disk had no room for. */
  readonly #waiting = new Set<string>();
  #retry: Timer | undefined;
  #isClosed = false;
  readonly #followers = new Map<Partition, Set<PartitionFollower>>();

  constructor(options: ReplicaManagerOptions) {
    this.#clock = options.clock;
    this.#nodeId = options.nodeId;
    this.logs = options.logs;
    this.#configs = options.configs;
    this.#delayed = options.delayed;
    this.failures = options.failures;
    this.#log = options.log;
  }

  /** Does what an image's change asks of this broker: deletes, makes and leads partitions, changes configs. */
  apply(delta: MetadataDelta, image: MetadataImage): void {
    this.#image = image;
    this.#applyTopics(delta, image);
    this.#applyConfigs(delta, image);
    if (!this.#hasImage) this.#tellStrays();
    this.#hasImage = true;
  }

  /** Folders that no topic owns: left alone, because only their owner knows whether somebody still wants them. */
  #tellStrays(): void {
    for (const log of this.logs.logs()) {
      if (this.find(log.topic, log.partition) !== undefined) continue;
      this.#log(`${log.directory} belongs to no topic of this cluster; it is left as it is`);
    }
    for (const directory of this.logs.moves.unclaimed) {
      this.#log(
        `${directory} is part of the move of no partition that is here; it is left as it is`,
      );
    }
  }

  #applyTopics(delta: MetadataDelta, image: MetadataImage): void {
    const changes = delta.topicsDelta?.localChanges(this.#nodeId);
    if (changes === undefined) return;
    for (const { topic, topicId, partition } of changes.deletes) {
      this.#remove(topic, topicId, partition);
    }
    for (const change of changes.leaders) this.#applyOne(change, image);
    for (const change of changes.followers) this.#applyOne(change, image);
  }

  /** A topic's config changes its logs, a broker's those of all topics. */
  #applyConfigs(delta: MetadataDelta, image: MetadataImage): void {
    const resources = [...(delta.configsDelta?.changes.keys() ?? [])].map(resourceOf);
    const isBroker = resources.some(({ type }) => type === ConfigResourceType.BROKER);
    if (isBroker) {
      this.logs.cleaner?.reconfigure(this.#configs.cleanerSettings(image));
      this.logs.producerState.reconfigure(this.#configs.producerState(image));
      this.logs.cordon(this.#configs.cordonedLogDirs(image));
      this.logs.moves.quota.bytesPerSecond = this.#configs.moveBytesPerSecond(image);
    }
    const changed = isBroker
      ? [...this.#byTopic.keys()]
      : resources.filter(({ type }) => type === ConfigResourceType.TOPIC).map(({ name }) => name);
    for (const topic of changed) {
      if (!this.#byTopic.has(topic)) continue;
      const config = this.#configs.forTopic(topic, image);
      this.logs.updateConfig(topic, config);
    }
  }

  find(topic: string, index: number): Partition | undefined {
    return this.#byTopic.get(topic)?.get(index);
  }

  /** All partitions that are here, topic by topic. */
  *partitions(): Generator<Partition> {
    for (const topic of this.#byTopic.values()) yield* topic.values();
  }

  partitionsOf(topic: string): Partition[] {
    return [...(this.#byTopic.get(topic)?.values() ?? [])];
  }

  /**
   * The partition, to be led by this broker.
   * @throws ApiError UNKNOWN_TOPIC_OR_PARTITION, KAFKA_STORAGE_ERROR, NOT_LEADER_OR_FOLLOWER
   */
  leading(topic: string, index: number): Partition {
    const partition = this.find(topic, index);
    if (partition === undefined) {
      if (this.isUnopened(topic, index)) {
        throw new ApiError(Errors.KAFKA_STORAGE_ERROR, `Partition ${topic}-${index} is offline`);
      }
      throw new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    partition.checkLeader();
    return partition;
  }

  /** The function returned takes the follower away. */
  listen(partition: Partition, follower: PartitionFollower): () => void {
    const followers = this.#followers.get(partition) ?? new Set();
    this.#followers.set(partition, followers);
    followers.add(follower);
    return () => {
      followers.delete(follower);
      if (followers.size === 0 && this.#followers.get(partition) === followers) {
        this.#followers.delete(partition);
      }
    };
  }

  /**
   * Begins to move a partition's log to another log directory, or names where it is to be made.
   * @throws ApiError LOG_DIR_NOT_FOUND, KAFKA_STORAGE_ERROR, INVALID_REPLICA_ASSIGNMENT for a cordoned one,
   * NOT_LEADER_OR_FOLLOWER for a partition that isn't here
   */
  moveToLogDir(topic: string, index: number, logDir: string): void {
    const { logs } = this;
    logs.checkMovable(logDir);
    const partition = this.find(topic, index);
    if (partition?.log.isClosed === true || this.isUnopened(topic, index)) {
      throw new ApiError(Errors.KAFKA_STORAGE_ERROR, `Partition ${topic}-${index} is offline`);
    }
    if (partition === undefined) {
      if (topicNameError(topic) === undefined) logs.moves.prefer(`${topic}-${index}`, logDir);
      throw new ApiError(Errors.NOT_LEADER_OR_FOLLOWER);
    }
    logs.move(partition.log, logDir, (moved) => this.#moved(partition, moved));
  }

  #moved(partition: Partition, log: UnifiedLog): void {
    partition.replaceLog(log);
    this.onMoved();
  }

  /** Their log directory failed: who waits for them is told, and who follows them gives up. */
  wentOffline(logs: readonly UnifiedLog[]): void {
    for (const log of logs) {
      const partition = this.find(log.topic, log.partition);
      if (partition === undefined) continue;
      this.#leave(partition);
    }
  }

  #leave(partition: Partition): void {
    const followers = this.#followers.get(partition);
    this.#followers.delete(partition);
    for (const follower of followers ?? []) follower.onGone();
    this.#delayed.wakeAll(partition.arrivals);
  }

  /** Whether the partition should be here, but its log can't be opened. */
  isUnopened(topic: string, index: number): boolean {
    return this.#unopened.has(`${topic}-${index}`);
  }

  #applyOne(change: LocalPartition, image: MetadataImage): void {
    const existing = this.find(change.topic, change.partition);
    if (existing !== undefined && existing.topicId === change.topicId) {
      if (existing.update(change.registration)) this.#delayed.wakeAll(existing.arrivals);
      return;
    }
    // The topic was deleted and made anew before this broker saw either.
    if (existing !== undefined) this.#remove(existing.topic, existing.topicId, existing.index);
    this.#tryToOpen(change, image);
  }

  /** Whether it is here now. */
  #tryToOpen(change: LocalPartition, image: MetadataImage): boolean {
    const name = `${change.topic}-${change.partition}`;
    const before = this.#unopened.get(name);
    // What couldn't be opened before may be in a directory that is offline: an empty one must not take its place.
    const isNew = before?.isNew ?? this.#hasImage;
    try {
      this.#open(change, image, isNew);
      this.#unopened.delete(name);
      this.#waiting.delete(name);
      return true;
    } catch (error) {
      this.#unopened.set(name, { change, isNew });
      if (isPassing(error)) {
        this.#waiting.add(name);
        this.#retryLater();
      } else {
        this.#waiting.delete(name);
      }
      this.failures.noticed(error, name);
      if (before === undefined) {
        this.#log(`cannot open partition ${name}: ${(error as Error).message}`);
      }
      return false;
    }
  }

  #retryLater(): void {
    if (this.#isClosed) return;
    this.#retry ??= this.#clock.setTimer(RETRY_MS, () => this.#openWaiting(), { background: true });
  }

  #openWaiting(): void {
    this.#retry = undefined;
    for (const name of [...this.#waiting]) {
      const { change } = this.#unopened.get(name)!;
      if (!this.#tryToOpen(change, this.#image)) continue;
      this.#log(`there is room for partition ${name} now`);
      this.onOpened(change);
    }
  }

  /** Opens nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
  }

  #open(change: LocalPartition, image: MetadataImage, isNew: boolean): void {
    const { topic, topicId, partition: index, registration } = change;
    // A folder that was left over when the topic was deleted isn't the new topic's. One that lost its id may be, as long
    // as this is what the broker found when it started.
    const leftOver = this.logs.getLog(topic, index);
    const isOthers =
      leftOver?.topicId === undefined ? this.#hasImage : leftOver.topicId !== topicId;
    if (leftOver !== undefined && isOthers) this.#makeRoom(leftOver);
    const config = this.#configs.forTopic(topic, image);
    const log = this.logs.createLog(topic, index, topicId, config, undefined, isNew);
    // A log that was there was opened before the topic's configs were known.
    if (leftOver === log) log.updateConfig(config);
    const partition = new Partition({
      topic,
      topicId,
      index,
      log,
      nodeId: this.#nodeId,
      failures: this.failures,
      registration,
      onAppend: (to, sizeBytes) => this.#appended(to, sizeBytes),
    });
    let partitions = this.#byTopic.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#byTopic.set(topic, partitions);
    }
    partitions.set(index, partition);
    this.logs.resumeMove(log, (moved) => this.#moved(partition, moved));
  }

  /** At the start nobody knows whether the topic was deleted or its id was damaged, so that what is there is kept. */
  #makeRoom(leftOver: UnifiedLog): void {
    const { topic, partition, topicId } = leftOver;
    if (this.#hasImage) this.logs.deleteLog(topic, partition);
    else this.logs.setAside(leftOver, `has the id of another topic, ${topicId}`);
  }

  #remove(topic: string, topicId: string, index: number): void {
    this.#unopened.delete(`${topic}-${index}`);
    this.#waiting.delete(`${topic}-${index}`);
    const partitions = this.#byTopic.get(topic);
    const partition = partitions?.get(index);
    if (partitions === undefined || partition === undefined) return;
    if (partition.topicId !== topicId) return;
    partitions.delete(index);
    if (partitions.size === 0) this.#byTopic.delete(topic);
    this.logs.deleteLog(topic, index);
    this.#leave(partition);
  }

  #appended(partition: Partition, sizeBytes: number): void {
    this.#delayed.touch(partition.arrivals, sizeBytes);
    const followers = this.#followers.get(partition);
    if (followers === undefined) return;
    for (const follower of followers) follower.onAppend(partition);
  }
}
