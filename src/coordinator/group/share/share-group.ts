// A share group (KIP-932): members, epochs, the target assignment and which partitions have state. Every change comes
// from a record. It takes no decisions about assignments, and keeps no offsets. Kafka: ShareGroup.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { ListedGroup } from '../../../protocol/generated/apis/list-groups-response.ts';
import { TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import { NO_PARTITIONS, type TopicPartitions } from '../consumer/partitions.ts';
import type { CommitValidator, Group, OffsetExpiryBase } from '../group.ts';
import type { GroupRecord } from '../records.ts';
import type { ShareMember } from './share-member.ts';
import { shareGroupTombstones, shareMemberTombstones } from './share-records.ts';
import { NO_STATE_PARTITIONS, type StatePartitions } from './state-partitions.ts';

export type ShareGroupState = 'Empty' | 'Stable';

export function shareSessionTimer(groupId: string, memberId: string): string {
  return `share-session\0${groupId}\0${memberId}`;
}

/** Of group and assignment alike: where a group stays that was made for its offsets and never had a member. */
const INITIAL_EPOCH = 1;

export class ShareGroup implements Group {
  readonly type = 'Share';
  readonly groupId: string;
  readonly members: TrackedMap<string, ShareMember>;
  readonly targets: TrackedMap<string, TopicPartitions>;
  readonly #epochs: TrackedMap<'group' | 'assignment' | 'timestamp' | 'hash', number>;
  readonly #states: TrackedMap<'states', StatePartitions>;
  /** Version of the topics' metadata that the epoch was last checked against; not replayed. */
  #metadataHash = 0n;
  #checkedVersion = -1;
  /** What isAllAssigned was last true of. */
  #assigned: { epoch: number; states: StatePartitions | undefined } | undefined;
  readonly #undo: UndoLog;

  constructor(groupId: string, undo: UndoLog) {
    this.groupId = groupId;
    this.#undo = undo;
    this.members = new TrackedMap(undo);
    this.targets = new TrackedMap(undo);
    this.#epochs = new TrackedMap(undo);
    this.#states = new TrackedMap(undo);
  }

  // Epochs

  /** Grows with every change of members, subscriptions, their topics or the partitions that have state; 1 at first. */
  get groupEpoch(): number {
    return this.#epochs.get('group') ?? INITIAL_EPOCH;
  }

  /** The group epoch that the target assignment is for. */
  get assignmentEpoch(): number {
    return this.#epochs.get('assignment') ?? INITIAL_EPOCH;
  }

  get assignmentTimestampMs(): number {
    return this.#epochs.get('timestamp') ?? 0;
  }

  get metadataHash(): bigint {
    return this.#metadataHash;
  }

  setGroupEpoch(epoch: number, metadataHash: bigint): void {
    this.#epochs.set('group', epoch);
    const before = this.#metadataHash;
    this.#undo.push(() => {
      this.#metadataHash = before;
    });
    this.#metadataHash = metadataHash;
  }

  setAssignmentEpoch(epoch: number, timestampMs: number): void {
    this.#epochs.set('assignment', epoch);
    this.#epochs.set('timestamp', timestampMs);
  }

  get checkedVersion(): number {
    return this.#checkedVersion;
  }

  set checkedVersion(version: number) {
    const before = this.#checkedVersion;
    this.#undo.push(() => {
      this.#checkedVersion = before;
    });
    this.#checkedVersion = version;
  }

  /** Undefined: there is no record of any. */
  get states(): StatePartitions | undefined {
    return this.#states.get('states');
  }

  get knownStates(): StatePartitions {
    return this.states ?? NO_STATE_PARTITIONS;
  }

  setStates(states: StatePartitions | undefined): void {
    if (states === undefined) this.#states.delete('states');
    else this.#states.set('states', states);
  }

  /** Whether every partition that has state and that some member wants was given to somebody. */
  isAllAssigned(): boolean {
    const { states, assignmentEpoch: epoch } = this;
    if (this.#assigned?.epoch === epoch && this.#assigned.states === states) return true;
    if (this.#hasUnassigned()) return false;
    this.#assigned = { epoch, states };
    return true;
  }

  #hasUnassigned(): boolean {
    const { initialized } = this.knownStates;
    const given = new Map<string, Set<number>>();
    for (const target of this.targets.values()) {
      for (const [topicId, partitions] of target) {
        const known = given.get(topicId) ?? new Set();
        given.set(topicId, known);
        for (const partition of partitions) known.add(partition);
      }
    }
    for (const [topicId, { name, partitions }] of initialized) {
      if (!this.isSubscribedToTopic(name)) continue;
      const known = given.get(topicId);
      if (known === undefined || known.size !== partitions.size) return true;
      for (const partition of partitions) if (!known.has(partition)) return true;
    }
    return false;
  }

  // Members

  /** Throws UNKNOWN_MEMBER_ID. */
  member(memberId: string): ShareMember {
    const member = this.members.get(memberId);
    if (member !== undefined) return member;
    throw new ApiError(
      Errors.UNKNOWN_MEMBER_ID,
      `Member ${memberId} is not a member of group ${this.groupId}.`,
    );
  }

  target(memberId: string): TopicPartitions {
    return this.targets.get(memberId) ?? NO_PARTITIONS;
  }

  // State

  stateName(): ShareGroupState {
    return this.members.size === 0 ? 'Empty' : 'Stable';
  }

  isEmpty(): boolean {
    return this.members.size === 0;
  }

  isSubscribedToTopic(topic: string): boolean {
    for (const { subscribedTopicNames } of this.members.values()) {
      if (subscribedTopicNames.includes(topic)) return true;
    }
    return false;
  }

  // Offsets, which share groups don't commit, and deletion

  shouldExpire(): boolean {
    return false;
  }

  offsetExpiryBase(): OffsetExpiryBase {
    return undefined;
  }

  validateOffsetCommit(): CommitValidator | undefined {
    throw this.#hasNoOffsets();
  }

  validateOffsetFetch(): void {
    throw this.#hasNoOffsets();
  }

  validateOffsetDelete(): void {
    throw this.#hasNoOffsets();
  }

  #hasNoOffsets(): ApiError {
    return new ApiError(
      Errors.GROUP_ID_NOT_FOUND,
      `Group ${this.groupId} is not a consumer group.`,
    );
  }

  validateDelete(): void {
    if (!this.isEmpty()) throw new ApiError(Errors.NON_EMPTY_GROUP);
  }

  tombstones(): GroupRecord[] {
    const { groupId } = this;
    return [
      ...[...this.members.keys()].flatMap((memberId) => shareMemberTombstones(groupId, memberId)),
      ...shareGroupTombstones(groupId),
    ];
  }

  timerKeys(): string[] {
    return [...this.members.keys()].map((memberId) => shareSessionTimer(this.groupId, memberId));
  }

  asListedGroup(): ListedGroup {
    return {
      groupId: this.groupId,
      protocolType: 'share',
      groupState: this.stateName(),
      groupType: this.type,
    };
  }
}
