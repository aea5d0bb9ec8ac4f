// One step of a member towards its target: first it gives back what it must, then it moves to the target's epoch, then
// it gets what others have given back. Kafka: CurrentAssignmentBuilder. Pure.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import { type ConsumerMember, isReconciledTo, MemberState } from './consumer-member.ts';
import {
  includesAny,
  NO_PARTITION_EPOCHS,
  type PartitionEpochs,
  type TopicPartitions,
} from './partitions.ts';

export interface OwnedPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export interface ReconcileInput {
  readonly targetEpoch: number;
  readonly target: TopicPartitions;
  /** What the member says it holds; null when it didn't say, and then it may hold everything still. */
  readonly owned: readonly OwnedPartitions[] | null;
  readonly subscriptionChanged: boolean;
  /** Ids of all topics that the member is subscribed to. */
  readonly subscribedTopicIds: ReadonlySet<string>;
  /** Whether somebody holds the partition at present. */
  readonly isOwned: (topicId: string, partition: number) => boolean;
}

/** The member after the step; the same object when nothing is to be done. */
export function reconcile(member: ConsumerMember, input: ReconcileInput): ConsumerMember {
  if (!input.subscriptionChanged && isReconciledTo(member, input.targetEpoch)) return member;
  switch (member.state) {
    case MemberState.STABLE:
      if (member.memberEpoch !== input.targetEpoch) return next(member, member.memberEpoch, input);
      return dropUnsubscribed(member, input);
    case MemberState.UNREVOKED_PARTITIONS:
      if (!mayHold(member.pendingRevocation, input)) return next(member, member.memberEpoch, input);
      return input.subscriptionChanged ? dropUnsubscribed(member, input) : member;
    case MemberState.UNRELEASED_PARTITIONS:
      return next(member, member.memberEpoch, input);
    default:
      if (input.owned === null || input.owned.length > 0) {
        throw new ApiError(
          Errors.FENCED_MEMBER_EPOCH,
          'The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.',
        );
      }
      return next(member, input.targetEpoch, input);
  }
}

/** Whether the member may still work on some of these. */
function mayHold(partitions: PartitionEpochs, { owned }: ReconcileInput): boolean {
  return owned === null || includesAny(owned, partitions);
}

function atEpoch(member: ConsumerMember, memberEpoch: number): ConsumerMember {
  return { ...member, memberEpoch, previousMemberEpoch: member.memberEpoch };
}

/** The target stays, but topics that the member doesn't want any more go at once. */
function dropUnsubscribed(member: ConsumerMember, input: ReconcileInput): ConsumerMember {
  const assigned = new Map(member.assigned);
  const pending = new Map(member.pendingRevocation);
  for (const [topicId, partitions] of member.assigned) {
    if (input.subscribedTopicIds.has(topicId)) continue;
    assigned.delete(topicId);
    pending.set(topicId, new Map([...(pending.get(topicId) ?? []), ...partitions]));
  }
  if (assigned.size === member.assigned.size) return member;
  if (mayHold(pending, input)) {
    const state = MemberState.UNREVOKED_PARTITIONS;
    return {
      ...atEpoch(member, member.memberEpoch),
      state,
      assigned,
      pendingRevocation: pending,
    };
  }
  return { ...atEpoch(member, member.memberEpoch), assigned };
}

interface Difference {
  readonly kept: Map<string, ReadonlyMap<number, number>>;
  readonly toRevoke: Map<string, ReadonlyMap<number, number>>;
  readonly toAssign: Map<string, number[]>;
  readonly hasUnreleased: boolean;
}

function next(member: ConsumerMember, epoch: number, input: ReconcileInput): ConsumerMember {
  const { kept, toRevoke, toAssign, hasUnreleased } = compare(member, input);
  if (toRevoke.size > 0 && mayHold(toRevoke, input)) {
    const state = MemberState.UNREVOKED_PARTITIONS;
    return { ...atEpoch(member, epoch), state, assigned: kept, pendingRevocation: toRevoke };
  }
  for (const [topicId, partitions] of toAssign) {
    const assigned = new Map(kept.get(topicId));
    for (const partition of partitions) assigned.set(partition, input.targetEpoch);
    kept.set(topicId, assigned);
  }
  return {
    ...atEpoch(member, input.targetEpoch),
    state: hasUnreleased ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE,
    assigned: kept,
    pendingRevocation: NO_PARTITION_EPOCHS,
  };
}

function compare(member: ConsumerMember, input: ReconcileInput): Difference {
  const kept = new Map<string, ReadonlyMap<number, number>>();
  const toRevoke = new Map<string, ReadonlyMap<number, number>>();
  const toAssign = new Map<string, number[]>();
  let hasUnreleased = false;
  for (const topicId of new Set([...input.target.keys(), ...member.assigned.keys()])) {
    const wanted = input.subscribedTopicIds.has(topicId) ? input.target.get(topicId) : undefined;
    const current = [...(member.assigned.get(topicId) ?? [])];
    const stays = current.filter(([partition]) => wanted?.has(partition));
    const goes = current.filter(([partition]) => !wanted?.has(partition));
    if (stays.length > 0) kept.set(topicId, new Map(stays));
    if (goes.length > 0) toRevoke.set(topicId, new Map(goes));
    const has = new Map(stays);
    const missing = [...(wanted ?? [])].filter((partition) => !has.has(partition));
    const free = missing.filter((partition) => {
      const isOwn = member.pendingRevocation.get(topicId)?.has(partition) === true;
      return isOwn || !input.isOwned(topicId, partition);
    });
    if (free.length < missing.length) hasUnreleased = true;
    if (free.length > 0) toAssign.set(topicId, free);
  }
  return { kept, toRevoke, toAssign, hasUnreleased };
}
