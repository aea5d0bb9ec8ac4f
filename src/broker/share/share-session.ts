// Share sessions: which partitions a member of a share group fetches from over one connection, told once and then by
// changes (KIP-932). Bookkeeping alone; bounded by group.share.max.share.sessions. Kafka: ShareSessionCache.

import { ApiError, Errors } from '../../protocol/errors.ts';

export const INITIAL_EPOCH = 0;
export const FINAL_EPOCH = -1;
const MAX_EPOCH = 0x7fff_ffff;
/** As for fetch sessions. */
const MAX_SESSION_PARTITIONS = 100_000;
/** Of all sessions together: some 200 bytes each. Kafka counts them, without a bound. */
const MAX_PARTITIONS = 500_000;

/** A partition of a session; by its topic's id, whatever the topic is called. */
export interface SessionPartition {
  readonly topicId: string;
  readonly partition: number;
  /** The next answer must carry it though there is nothing new. */
  mustTell: boolean;
}

export interface ShareSession {
  readonly groupId: string;
  readonly memberId: string;
  epoch: number;
  /** By partitionKey. */
  readonly partitions: Map<string, SessionPartition>;
  /** Of the connection that it belongs to. */
  readonly connectionId: number;
  readonly forgetConnection: () => void;
}

export interface TopicPartitionIds {
  readonly topicId: string;
  readonly partition: number;
}

export function partitionKey({ topicId, partition }: TopicPartitionIds): string {
  return `${topicId}:${partition}`;
}

export class ShareSessions {
  readonly #maxSessions: number;
  readonly #sessions = new Map<string, ShareSession>();
  readonly #membersByGroup = new Map<string, number>();
  readonly #maxPartitions: number;
  #partitionCount = 0;

  /** `maxPartitions` is of all sessions together. */
  constructor(maxSessions: number, maxPartitions = MAX_PARTITIONS) {
    this.#maxSessions = maxSessions;
    this.#maxPartitions = maxPartitions;
  }

  get size(): number {
    return this.#sessions.size;
  }

  find(groupId: string, memberId: string): ShareSession | undefined {
    return this.#sessions.get(sessionKey(groupId, memberId));
  }

  /** @throws ApiError SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH */
  get(groupId: string, memberId: string, epoch: number): ShareSession {
    const session = this.find(groupId, memberId);
    if (session === undefined) throw new ApiError(Errors.SHARE_SESSION_NOT_FOUND);
    if (epoch !== FINAL_EPOCH && session.epoch !== epoch) {
      throw new ApiError(Errors.INVALID_SHARE_SESSION_EPOCH);
    }
    return session;
  }

  /** In place of the member's session before. @throws ApiError SHARE_SESSION_LIMIT_REACHED */
  create(
    groupId: string,
    memberId: string,
    partitions: Iterable<TopicPartitionIds>,
    connection: { readonly id: number; onGone(callback: () => void): () => void },
    onDisconnected: (session: ShareSession) => void,
  ): ShareSession {
    const before = this.find(groupId, memberId);
    if (before !== undefined) this.#drop(before);
    const isFull =
      this.#sessions.size >= this.#maxSessions || this.#partitionCount >= this.#maxPartitions;
    if (isFull) {
      throw new ApiError(Errors.SHARE_SESSION_LIMIT_REACHED);
    }
    const session: ShareSession = {
      groupId,
      memberId,
      epoch: INITIAL_EPOCH + 1,
      partitions: new Map(),
      connectionId: connection.id,
      forgetConnection: connection.onGone(() => onDisconnected(session)),
    };
    for (const target of partitions) this.#addPartition(session, target, false);
    this.#sessions.set(sessionKey(groupId, memberId), session);
    this.#membersByGroup.set(groupId, (this.#membersByGroup.get(groupId) ?? 0) + 1);
    return session;
  }

  /** The changes of a request; a partition that is new is told about in the answer. */
  update(
    session: ShareSession,
    added: Iterable<TopicPartitionIds>,
    forgotten: Iterable<TopicPartitionIds>,
  ): void {
    for (const target of added) this.#addPartition(session, target, true);
    for (const target of forgotten) {
      if (session.partitions.delete(partitionKey(target))) this.#partitionCount--;
    }
  }

  /** More than a session, or all of them, may have are left out: the client hears nothing of them. */
  #addPartition(
    { partitions }: ShareSession,
    { topicId, partition }: TopicPartitionIds,
    mustTell: boolean,
  ): void {
    const key = partitionKey({ topicId, partition });
    if (partitions.has(key) || partitions.size >= MAX_SESSION_PARTITIONS) return;
    if (this.#partitionCount >= this.#maxPartitions) return;
    partitions.set(key, { topicId, partition, mustTell });
    this.#partitionCount++;
  }

  /** False: it wasn't this member's session any more. */
  remove(session: ShareSession): boolean {
    if (this.find(session.groupId, session.memberId) !== session) return false;
    this.#drop(session);
    return true;
  }

  hasMembers(groupId: string): boolean {
    return this.#membersByGroup.has(groupId);
  }

  #drop(session: ShareSession): void {
    session.forgetConnection();
    this.#partitionCount -= session.partitions.size;
    this.#sessions.delete(sessionKey(session.groupId, session.memberId));
    const left = (this.#membersByGroup.get(session.groupId) ?? 1) - 1;
    if (left > 0) this.#membersByGroup.set(session.groupId, left);
    else this.#membersByGroup.delete(session.groupId);
  }
}

export function advanceEpoch(session: ShareSession): void {
  session.epoch = session.epoch === MAX_EPOCH ? 1 : session.epoch + 1;
}

function sessionKey(groupId: string, memberId: string): string {
  return `${groupId}\0${memberId}`;
}
