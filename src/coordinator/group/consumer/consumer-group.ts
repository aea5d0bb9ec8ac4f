// A consumer group (KIP-848): members, epochs, the target assignment and who owns which partition now. Every change
// comes from a record. Kafka: ConsumerGroup, ModernGroup. It takes no decisions about assignments.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import { TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import type { CommitValidator, Group, OffsetExpiryBase } from '../group.ts';
import { INITIAL_METADATA, ModernGroup } from '../modern-group.ts';
import type { GroupRecord } from '../records.ts';
import { type ConsumerMember, hasRegex, isReconciledTo } from './consumer-member.ts';
import { groupTombstones, memberTombstones, regexTombstone } from './consumer-records.ts';
import { consumerTimers } from './consumer-timers.ts';
import { NO_PARTITIONS, type PartitionEpochs, type TopicPartitions } from './partitions.ts';

export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable';

/** What a regular expression matched when it was last looked at. */
export interface ResolvedRegex {
  readonly topics: readonly string[];
  /** Of the topics' metadata. */
  readonly version: number;
  readonly timestampMs: number;
}

/** Members of the consumer protocol commit with their epoch from this version of OffsetCommit on. */
const MEMBER_EPOCH_VERSION = 9;

export class ConsumerGroup extends ModernGroup<ConsumerMember, TopicPartitions> implements Group {
  readonly type = 'Consumer';
  /** Member id by instance id. */
  readonly staticMembers: TrackedMap<string, string>;
  readonly regexes: TrackedMap<string, ResolvedRegex>;
  readonly #owners: TrackedMap<string, string>;

  constructor(groupId: string, undo: UndoLog) {
    super(groupId, undo, { metadata: INITIAL_METADATA, target: NO_PARTITIONS });
    this.staticMembers = new TrackedMap(undo);
    this.regexes = new TrackedMap(undo);
    this.#owners = new TrackedMap(undo);
  }

  // Members

  staticMember(instanceId: string): ConsumerMember | undefined {
    const memberId = this.staticMembers.get(instanceId);
    return memberId === undefined ? undefined : this.members.get(memberId);
  }

  override putMember(member: ConsumerMember): void {
    const before = this.members.get(member.memberId);
    if (before !== undefined) this.#disown(before);
    super.putMember(member);
    if (member.instanceId !== null) this.staticMembers.set(member.instanceId, member.memberId);
    this.#own(member.memberId, member.assigned);
    this.#own(member.memberId, member.pendingRevocation);
  }

  override deleteMember(memberId: string): void {
    const member = this.members.get(memberId);
    if (member === undefined) return;
    this.#disown(member);
    super.deleteMember(memberId);
    const { instanceId } = member;
    // A member that replaced it has the instance id by now.
    if (instanceId !== null && this.staticMembers.get(instanceId) === memberId) {
      this.staticMembers.delete(instanceId);
    }
  }

  /** Whether some member holds the partition, or hasn't given it back yet. */
  isOwned(topicId: string, partition: number): boolean {
    return this.#owners.has(`${topicId}${partition}`);
  }

  #own(memberId: string, held: PartitionEpochs): void {
    for (const [topicId, partitions] of held) {
      for (const partition of partitions.keys())
        this.#owners.set(`${topicId}${partition}`, memberId);
    }
  }

  #disown(member: ConsumerMember): void {
    for (const held of [member.assigned, member.pendingRevocation]) {
      for (const [topicId, partitions] of held) {
        for (const partition of partitions.keys()) {
          const key = `${topicId}${partition}`;
          if (this.#owners.get(key) === member.memberId) this.#owners.delete(key);
        }
      }
    }
  }

  /** Whether a partition of the member's target is still somebody else's. */
  isWaitingForPartitions({ memberId, assigned }: ConsumerMember): boolean {
    for (const [topicId, partitions] of this.target(memberId)) {
      for (const partition of partitions) {
        const isMissing = assigned.get(topicId)?.has(partition) !== true;
        if (isMissing && this.isOwned(topicId, partition)) return true;
      }
    }
    return false;
  }

  // State

  stateName(): ConsumerGroupState {
    if (this.members.size === 0) return 'Empty';
    if (this.groupEpoch > this.assignmentEpoch) return 'Assigning';
    for (const member of this.members.values()) {
      if (!isReconciledTo(member, this.assignmentEpoch)) return 'Reconciling';
    }
    return 'Stable';
  }

  isSubscribedToTopic(topic: string): boolean {
    for (const member of this.members.values()) {
      if (member.subscribedTopicNames.includes(topic)) return true;
      if (!hasRegex(member)) continue;
      if (this.regexes.get(member.subscribedTopicRegex!)?.topics.includes(topic)) return true;
    }
    return false;
  }

  // Offsets and deletion

  shouldExpire(): boolean {
    return true;
  }

  offsetExpiryBase(): OffsetExpiryBase {
    return ({ commitTimestamp }) => commitTimestamp;
  }

  /** A commit of an earlier epoch is right for partitions that the member has held since. */
  validateOffsetCommit(
    memberId: string,
    groupInstanceId: string | null,
    memberEpoch: number,
    transactional: boolean,
    requestVersion: number,
  ): CommitValidator | undefined {
    if (memberEpoch < 0 && this.isEmpty()) return undefined;
    const isSimple = memberEpoch === -1 && memberId === '' && groupInstanceId === null;
    if (transactional && isSimple) return undefined;
    const member = this.member(memberId);
    const usesClassic = member.classicMetadata !== null;
    if (!transactional && !usesClassic && requestVersion < MEMBER_EPOCH_VERSION) {
      throw new ApiError(
        Errors.UNSUPPORTED_VERSION,
        `OffsetCommit version ${MEMBER_EPOCH_VERSION} or above must be used by members using the consumer group protocol`,
      );
    }
    if (memberEpoch === member.memberEpoch) return undefined;
    const stale = usesClassic ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
    if (memberEpoch > member.memberEpoch) throw new ApiError(stale);
    return (topicId, partition) => {
      const epoch =
        member.assigned.get(topicId)?.get(partition) ??
        member.pendingRevocation.get(topicId)?.get(partition);
      if (epoch === undefined || memberEpoch < epoch) throw new ApiError(stale);
    };
  }

  validateOffsetFetch(memberId: string | null, memberEpoch: number): void {
    if (memberId === null && memberEpoch < 0) return;
    const member = this.member(memberId ?? '');
    if (member.memberEpoch === memberEpoch) return;
    const usesClassic = member.classicMetadata !== null;
    throw new ApiError(usesClassic ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH);
  }

  validateOffsetDelete(): void {}

  tombstones(): GroupRecord[] {
    const { groupId } = this;
    return [
      ...[...this.members.keys()].flatMap((memberId) => memberTombstones(groupId, memberId)),
      ...[...this.regexes.keys()].map((regex) => regexTombstone(groupId, regex)),
      ...groupTombstones(groupId),
    ];
  }

  timerKeys(): string[] {
    return [...this.members.keys()].flatMap((memberId) => [
      consumerTimers.session(this.groupId, memberId),
      consumerTimers.rebalance(this.groupId, memberId),
      consumerTimers.join(this.groupId, memberId),
      consumerTimers.sync(this.groupId, memberId),
    ]);
  }
}
