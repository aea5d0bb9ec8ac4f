// A classic group becomes a consumer group when its first member of the consumer protocol joins (KIP-848): the members
// that it has stay, with what they hold, and are served with the requests they know.
// Kafka: validateOnlineUpgrade, convertToConsumerGroup, ConsumerGroup.fromClassicGroup.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { ConsumerProtocolSubscription } from '../../../protocol/generated/data/consumer-protocol-subscription.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import { type ClassicGroup, joinError } from '../classic/classic-group.ts';
import type { ClassicMember } from '../classic/classic-member.ts';
import { readSubscription } from '../classic/subscription.ts';
import { ConsumerGroup } from '../consumer/consumer-group.ts';
import { type ConsumerMember, MemberState, newMember } from '../consumer/consumer-member.ts';
import {
  currentAssignmentRecord,
  groupEpochRecord,
  memberMetadataRecord,
  targetMemberRecord,
  targetMetadataRecord,
} from '../consumer/consumer-records.ts';
import { NO_PARTITIONS, type TopicPartitions } from '../consumer/partitions.ts';
import { metadataHash } from '../consumer/subscriptions.ts';
import type { GroupCoordinatorConfig } from '../group-coordinator-config.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { byTopicId, readAssignment } from './embedded-protocol.ts';

export interface ClassicUpgradeServices {
  readonly config: GroupCoordinatorConfig;
  readonly topics: TopicLookup;
  readonly undo: UndoLog;
  readonly log: (line: string) => void;
}

export class ClassicUpgrade {
  readonly #services: ClassicUpgradeServices;

  constructor(services: ClassicUpgradeServices) {
    this.#services = services;
  }

  /**
   * The group as it will be; its records are added, and nothing is changed before they are replayed. Whoever waits in the
   * classic group is sent to join again. Throws GROUP_ID_NOT_FOUND when it can't be converted.
   */
  convert(group: ClassicGroup, records: GroupRecord[]): ConsumerGroup {
    this.#check(group);
    const { topics, undo, log } = this.#services;
    const members = this.#membersOf(group);
    for (const member of group.members.values()) {
      group.completeJoin(member, joinError(member.memberId, Errors.REBALANCE_IN_PROGRESS));
      group.completeSync(member, { errorCode: Errors.REBALANCE_IN_PROGRESS });
    }
    const { groupId, generationId } = group;
    const converted = new ConsumerGroup(groupId, undo);
    const hash = metadataHash(members, new Map(), topics);
    converted.setMetadata({ epoch: generationId, metadataHash: hash });
    converted.setAssignment(generationId, 0);
    for (const member of members) {
      converted.putMember(member);
      converted.targets.set(member.memberId, targetOf(member));
    }
    records.push(
      ...group.tombstones(),
      ...members.map((member) => memberMetadataRecord(groupId, member)),
      groupEpochRecord(groupId, generationId, hash),
      ...members.map((member) => targetMemberRecord(groupId, member.memberId, targetOf(member))),
      targetMetadataRecord(groupId, generationId, 0),
      ...members.map((member) => currentAssignmentRecord(groupId, member)),
    );
    log(`Converted the classic group ${groupId} to a consumer group`);
    return converted;
  }

  #check(group: ClassicGroup): void {
    const { consumerGroupMigrationPolicy, consumerGroupMaxSize } = this.#services.config;
    if (!['upgrade', 'bidirectional'].includes(consumerGroupMigrationPolicy)) {
      throw this.#refusal(group, 'because online upgrade is disabled.');
    }
    if (!group.usesConsumerProtocol()) {
      const reason = 'because the group does not use the consumer embedded protocol.';
      throw this.#refusal(group, reason);
    }
    if (group.members.size > consumerGroupMaxSize) {
      const reason = 'because the group size exceeds the consumer group maximum size.';
      throw this.#refusal(group, reason);
    }
  }

  #refusal({ groupId }: ClassicGroup, reason: string): ApiError {
    const message = `Cannot upgrade classic group ${groupId} to consumer group ${reason}`;
    this.#services.log(message);
    return new ApiError(Errors.GROUP_ID_NOT_FOUND, message);
  }

  #membersOf(group: ClassicGroup): ConsumerMember[] {
    try {
      const read = [...group.members.values()].map((member) => ({
        member,
        assignment: this.#assignmentOf(group, member),
        subscription: readSubscription(member.metadata(protocolOf(group, member))),
      }));
      const taken = new Set(read.flatMap(({ assignment }) => keysOf(assignment)));
      return read.map(({ member, assignment, subscription }) => {
        const claims = claimed(subscription.ownedPartitions, taken, this.#services.topics);
        const held = union(assignment, claims);
        return convertMember(group.generationId, member, subscription, held);
      });
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw this.#refusal(group, 'because the embedded consumer protocol is malformed.');
    }
  }

  #assignmentOf(group: ClassicGroup, member: ClassicMember): TopicPartitions {
    if (member.assignment.length === 0) return NO_PARTITIONS;
    const { partitions, hasUserData } = readAssignment(member.assignment, this.#services.topics);
    if (!hasUserData) return partitions;
    throw this.#refusal(
      group,
      'because an unsupported custom assignor is in use. Please refer to the documentation or switch to a default assignor before re-attempting the upgrade.',
    );
  }
}

function targetOf(member: ConsumerMember): TopicPartitions {
  return new Map(
    [...member.assigned].map(([topicId, partitions]) => [topicId, new Set(partitions.keys())]),
  );
}

function convertMember(
  generationId: number,
  member: ClassicMember,
  { topics, rackId }: ConsumerProtocolSubscription,
  held: TopicPartitions,
): ConsumerMember {
  return {
    ...newMember(member.memberId),
    instanceId: member.groupInstanceId,
    rackId: rackId === '' ? null : rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: topics,
    subscribedTopicRegex: '',
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    memberEpoch: generationId,
    previousMemberEpoch: generationId,
    state: MemberState.STABLE,
    assigned: new Map(
      [...held].map(([topicId, partitions]) => [
        topicId,
        new Map([...partitions].map((partition) => [partition, generationId])),
      ]),
    ),
    classicMetadata: {
      sessionTimeoutMs: member.sessionTimeoutMs,
      supportedProtocols: member.protocols.map(({ name, metadata }) => ({ name, metadata })),
    },
  };
}

/** Before the first generation the group has no protocol: each member's first one then. */
function protocolOf({ protocolName }: ClassicGroup, { protocols }: ClassicMember): string {
  return protocolName ?? protocols[0]?.name ?? '';
}

/**
 * In the middle of a rebalance a group has no assignment, or one that takes partitions from members who don't know it yet;
 * but cooperative members have said in JoinGroup what they go on with. (Kafka forgets it, and another member may get a
 * partition before they know.) What two claim is the first one's; what they gave back meanwhile they tell when they join.
 */
function claimed(
  owned: ConsumerProtocolSubscription['ownedPartitions'],
  taken: Set<string>,
  topics: TopicLookup,
): TopicPartitions {
  const held = new Map<string, Set<number>>();
  for (const { topicId, partitions } of byTopicId(owned, topics)) {
    for (const partition of partitions) {
      const key = `${topicId}${partition}`;
      if (taken.has(key)) continue;
      taken.add(key);
      const ofTopic = held.get(topicId);
      if (ofTopic === undefined) held.set(topicId, new Set([partition]));
      else ofTopic.add(partition);
    }
  }
  return held;
}

function union(a: TopicPartitions, b: TopicPartitions): TopicPartitions {
  if (b.size === 0) return a;
  const both = new Map(a);
  for (const [topicId, partitions] of b) {
    both.set(topicId, new Set([...(a.get(topicId) ?? []), ...partitions]));
  }
  return both;
}

function keysOf(partitions: TopicPartitions): string[] {
  return [...partitions].flatMap(([topicId, indexes]) =>
    [...indexes].map((partition) => `${topicId}${partition}`),
  );
}
