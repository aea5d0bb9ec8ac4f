// A share group (KIP-932): members, epochs, the target assignment and which partitions have state. Every change comes
// from a record. It takes no decisions about assignments, and keeps no offsets. Kafka: ShareGroup.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import { TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import { NO_PARTITIONS, type TopicPartitions } from '../consumer/partitions.ts';
import type { CommitValidator, Group, OffsetExpiryBase } from '../group.ts';
import { INITIAL_METADATA, ModernGroup } from '../modern-group.ts';
import type { GroupRecord } from '../records.ts';
import type { ShareMember } from './share-member.ts';
import { shareGroupTombstones, shareMemberTombstones } from './share-records.ts';
import { NO_STATE_PARTITIONS, type StatePartitions } from './state-partitions.ts';

export type ShareGroupState = 'Empty' | 'Stable';

export function shareSessionTimer(groupId: string, memberId: string): string {
  return `share-session\0${groupId}\0${memberId}`;
}

export class ShareGroup extends ModernGroup<ShareMember, TopicPartitions> implements Group {
  readonly type = 'Share';
  readonly #states: TrackedMap<'states', StatePartitions>;
  /** What isAllAssigned was last true of. */
  #assigned: { epoch: number; states: StatePartitions | undefined } | undefined;

  constructor(groupId: string, undo: UndoLog) {
    super(groupId, undo, { metadata: INITIAL_METADATA, target: NO_PARTITIONS });
    this.#states = new TrackedMap(undo);
  }

  // Partitions that have state

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

  // State

  stateName(): ShareGroupState {
    return this.members.size === 0 ? 'Empty' : 'Stable';
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
}
