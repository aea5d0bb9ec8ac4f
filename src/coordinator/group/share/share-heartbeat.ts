// ShareGroupHeartbeat v1 (KIP-932): joining, staying, changing a subscription, being told one's partitions, leaving.
// Only partitions whose state is with the share coordinator are given out. Pure but for the timers.
// Kafka: GroupMetadataManager.shareGroupHeartbeat.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { ShareGroupHeartbeatRequest } from '../../../protocol/generated/apis/share-group-heartbeat-request.ts';
import type { ShareGroupHeartbeatResponse } from '../../../protocol/generated/apis/share-group-heartbeat-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { CoordinatorResult } from '../../runtime/coordinator-result.ts';
import {
  listPartitions,
  NO_PARTITIONS,
  samePartitions,
  type TopicPartitions,
} from '../consumer/partitions.ts';
import type { GroupRequestContext } from '../group.ts';
import { hasSameTopics, JOIN_EPOCH, LEAVE_EPOCH } from '../modern-member.ts';
import type { GroupRecord } from '../records.ts';
import { ShareGroup } from './share-group.ts';
import { hasSameMetadata, newShareMember, type ShareMember } from './share-member.ts';
import {
  shareCurrentRecord,
  shareEpochRecord,
  shareMemberRecord,
  shareTargetEpochRecord,
  shareTargetRecord,
} from './share-records.ts';
import type { ShareSessionTimers } from './share-session-timers.ts';
import { subscriptionHash } from './share-subscriptions.ts';
import { assignSimply } from './simple-assignor.ts';
import type { ShareStateKeeping } from './state-keeping.ts';
import type { TopicStates } from './state-partitions.ts';

/** The answer, and the partitions that the share coordinator is to be told of. */
export interface ShareBeat {
  readonly response: Draft<ShareGroupHeartbeatResponse>;
  readonly toInitialize: TopicStates;
  readonly groupEpoch: number;
}

type Result = CoordinatorResult<GroupRecord, ShareBeat>;

export class ShareHeartbeat {
  readonly #timers: ShareSessionTimers;
  readonly #states: ShareStateKeeping;

  constructor(timers: ShareSessionTimers, states: ShareStateKeeping) {
    this.#timers = timers;
    this.#states = states;
  }

  /** The request's fields have been checked. Throws an ApiError whose message is for the client. */
  heartbeat(context: GroupRequestContext, request: ShareGroupHeartbeatRequest): Result {
    const { groupId, memberId, memberEpoch } = request;
    if (memberEpoch === LEAVE_EPOCH) return this.#leave(groupId, memberId);
    const group = this.#groupFor(request);
    this.#checkRoom(group, memberId);
    const before = this.#memberFor(group, request);
    const updated = withRequest(before, context, request);
    const records: GroupRecord[] = [];
    const isNew = !group.members.has(memberId);
    if (isNew || !hasSameMetadata(before, updated)) {
      records.push(shareMemberRecord(groupId, updated));
    }
    const members = new Map(group.members);
    members.set(memberId, updated);
    const groupEpoch = this.#groupEpoch(group, members, !hasSameTopics(before, updated), records);
    const target = this.#target(group, members, memberId, groupEpoch, records);
    const reconciled = reconcile(updated, target.epoch, target.partitions);
    if (reconciled !== updated) records.push(shareCurrentRecord(groupId, reconciled));
    this.#timers.schedule(groupId, memberId);
    const toInitialize = this.#states.begin(group, members.values(), records);
    const isTold =
      memberEpoch === JOIN_EPOCH ||
      request.subscribedTopicNames !== null ||
      !samePartitions(before.assigned, reconciled.assigned);
    const response = {
      memberId,
      memberEpoch: reconciled.memberEpoch,
      heartbeatIntervalMs: this.#timers.settings(groupId).heartbeatIntervalMs,
      assignment: isTold ? { topicPartitions: listPartitions(reconciled.assigned) } : null,
    };
    return { records, response: { response, toInitialize, groupEpoch } };
  }

  // Who it is

  #groupFor({ groupId, memberEpoch }: ShareGroupHeartbeatRequest): ShareGroup {
    const { groups, undo } = this.#timers.services;
    const group = groups.find(groupId);
    if (group instanceof ShareGroup) return group;
    if (group !== undefined) throw notFound(`Group ${groupId} is not a share group.`);
    if (memberEpoch !== JOIN_EPOCH) throw notFound(`Share group ${groupId} not found.`);
    return new ShareGroup(groupId, undo);
  }

  #checkRoom(group: ShareGroup, memberId: string): void {
    const { maxSize } = this.#timers.services.config;
    if (group.members.size < maxSize || group.members.has(memberId)) return;
    throw new ApiError(
      Errors.GROUP_MAX_SIZE_REACHED,
      `The share group has reached its maximum capacity of ${maxSize} members.`,
    );
  }

  /** A member may repeat the heartbeat whose answer it lost. */
  #memberFor(
    group: ShareGroup,
    { memberId, memberEpoch: received }: ShareGroupHeartbeatRequest,
  ): ShareMember {
    const known = group.members.get(memberId);
    if (received === JOIN_EPOCH) return known ?? newShareMember(memberId);
    const member = group.member(memberId);
    const { memberEpoch, previousMemberEpoch } = member;
    if (received === memberEpoch || received === previousMemberEpoch) return member;
    const known1 = `than the one known by the group coordinator (${memberEpoch})`;
    throw new ApiError(
      Errors.FENCED_MEMBER_EPOCH,
      received > memberEpoch
        ? `The share group member has a greater member epoch (${received}) ${known1}. The member must abandon all its partitions and rejoin.`
        : `The share group member has a smaller member epoch (${received}) ${known1}, and it does not match the previous member epoch (${previousMemberEpoch}). The member must abandon all its partitions and rejoin.`,
    );
  }

  // What it changes

  /** Another epoch when a subscription or a subscribed topic changed, or when partitions got their state. */
  #groupEpoch(
    group: ShareGroup,
    members: ReadonlyMap<string, ShareMember>,
    subscriptionChanged: boolean,
    records: GroupRecord[],
  ): number {
    const { topics, log } = this.#timers.services;
    const isAssigned = group.groupEpoch <= group.assignmentEpoch;
    let isNew = subscriptionChanged || (isAssigned && !group.isEmpty() && !group.isAllAssigned());
    if (!isNew && group.checkedVersion === topics.version) return group.groupEpoch;
    const hash = subscriptionHash(members.values(), topics);
    group.checkedVersion = topics.version;
    if (hash !== group.metadataHash) isNew = true;
    if (!isNew) return group.groupEpoch;
    const epoch = group.groupEpoch + 1;
    records.push(shareEpochRecord(group.groupId, epoch, hash));
    log(`Bumped epoch of share group ${group.groupId} to ${epoch}`);
    return epoch;
  }

  #target(
    group: ShareGroup,
    members: ReadonlyMap<string, ShareMember>,
    memberId: string,
    groupEpoch: number,
    records: GroupRecord[],
  ): { epoch: number; partitions: TopicPartitions } {
    const isCurrent = group.assignmentEpoch >= groupEpoch;
    if (isCurrent || !this.#mayAssign(group, members.size)) {
      return { epoch: group.assignmentEpoch, partitions: group.target(memberId) };
    }
    const { topics, clock } = this.#timers.services;
    const assignable = new Map(
      [...group.knownStates.initialized].map(([id, { partitions }]) => [id, partitions]),
    );
    const targets = assignSimply({
      assignable,
      members: [...members.values()].map((member) => ({
        memberId: member.memberId,
        subscribedTopicIds: new Set(
          member.subscribedTopicNames.flatMap((name) => topics.byName(name)?.id ?? []),
        ),
        current: group.target(member.memberId),
      })),
    });
    for (const id of members.keys()) {
      const target = targets.get(id) ?? NO_PARTITIONS;
      if (group.targets.has(id) && samePartitions(group.target(id), target)) continue;
      records.push(shareTargetRecord(group.groupId, id, target));
    }
    records.push(shareTargetEpochRecord(group.groupId, groupEpoch, clock.nowMs()));
    return { epoch: groupEpoch, partitions: targets.get(memberId) ?? NO_PARTITIONS };
  }

  /**
   * Not more often than share.assignment.interval.ms: members that come together are assigned together. While nobody has
   * anything there is nothing to be spared, and the first member gets its partitions at once. One that is alone and changes
   * its subscription shouldn't read on in what it has left.
   */
  #mayAssign(group: ShareGroup, memberCount: number): boolean {
    const { assignmentIntervalMs } = this.#timers.settings(group.groupId);
    const { assignmentTimestampMs } = group;
    if (memberCount === 1 || assignmentTimestampMs === 0 || assignmentIntervalMs === 0) return true;
    if ([...group.targets.values()].every(({ size }) => size === 0)) return true;
    return this.#timers.services.clock.nowMs() >= assignmentTimestampMs + assignmentIntervalMs;
  }

  // Leaving

  #leave(groupId: string, memberId: string): Result {
    const group = this.#timers.group(groupId);
    const { records, onAppended } = this.#timers.fence(group, group.member(memberId));
    const response = { memberId, memberEpoch: LEAVE_EPOCH };
    const beat = { response, toInitialize: new Map(), groupEpoch: group.groupEpoch };
    return onAppended === undefined
      ? { records, response: beat }
      : { records, response: beat, onAppended };
  }
}

function withRequest(
  member: ShareMember,
  context: GroupRequestContext,
  request: ShareGroupHeartbeatRequest,
): ShareMember {
  return {
    ...member,
    rackId: request.rackId ?? member.rackId,
    clientId: context.clientId,
    clientHost: context.clientHost,
    subscribedTopicNames: request.subscribedTopicNames ?? member.subscribedTopicNames,
  };
}

/** There is nothing to give back first: the member goes to the target at once. */
function reconcile(member: ShareMember, epoch: number, target: TopicPartitions): ShareMember {
  if (member.memberEpoch === epoch && samePartitions(member.assigned, target)) return member;
  return {
    ...member,
    memberEpoch: epoch,
    previousMemberEpoch: member.memberEpoch,
    assigned: target,
  };
}

function notFound(message: string): ApiError {
  return new ApiError(Errors.GROUP_ID_NOT_FOUND, message);
}
