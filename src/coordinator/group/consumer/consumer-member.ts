// A member of a consumer group (KIP-848) as its records say it is: a value that is replaced, never changed.
// Kafka: ConsumerGroupMember, MemberState.

import type { ConsumerGroupCurrentMemberAssignmentValue } from '../../../protocol/generated/coordinator/consumer-group-current-member-assignment-value.ts';
import type {
  ClassicMemberMetadata,
  ConsumerGroupMemberMetadataValue,
} from '../../../protocol/generated/coordinator/consumer-group-member-metadata-value.ts';
import { hasSameTopics } from '../modern-member.ts';
import { NO_PARTITION_EPOCHS, type PartitionEpochs } from './partitions.ts';

/** As in the records: int8. Kafka: modern.MemberState. */
export const MemberState = {
  /** Has all of its target. */
  STABLE: 0,
  /** Must give partitions back before it goes on to the next epoch. */
  UNREVOKED_PARTITIONS: 1,
  /** Waits for partitions that others haven't given back yet. */
  UNRELEASED_PARTITIONS: 2,
  /** Written by a coordinator of another version. */
  UNKNOWN: 127,
} as const;
export type MemberState = (typeof MemberState)[keyof typeof MemberState];

export interface ConsumerMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  /** Empty or null: none. */
  readonly subscribedTopicRegex: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly serverAssignor: string | null;
  /** Of a member that speaks the classic protocol; null: it speaks the consumer protocol. */
  readonly classicMetadata: ClassicMemberMetadata | null;
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: MemberState;
  readonly assigned: PartitionEpochs;
  readonly pendingRevocation: PartitionEpochs;
}

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    subscribedTopicNames: [],
    subscribedTopicRegex: '',
    rebalanceTimeoutMs: -1,
    serverAssignor: null,
    classicMetadata: null,
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: MemberState.STABLE,
    assigned: NO_PARTITION_EPOCHS,
    pendingRevocation: NO_PARTITION_EPOCHS,
  };
}

export function hasRegex(member: ConsumerMember): boolean {
  return member.subscribedTopicRegex !== null && member.subscribedTopicRegex !== '';
}

export function isReconciledTo(member: ConsumerMember, targetEpoch: number): boolean {
  return member.state === MemberState.STABLE && member.memberEpoch === targetEpoch;
}

/** Whether both have subscribed to the same, with the same settings: what the member's metadata record holds. */
export function hasSameMetadata(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.memberId === b.memberId &&
    a.instanceId === b.instanceId &&
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    a.subscribedTopicRegex === b.subscribedTopicRegex &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    a.serverAssignor === b.serverAssignor &&
    hasSameProtocols(a.classicMetadata, b.classicMetadata) &&
    hasSameTopics(a, b)
  );
}

function hasSameProtocols(
  a: ClassicMemberMetadata | null,
  b: ClassicMemberMetadata | null,
): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.sessionTimeoutMs === b.sessionTimeoutMs &&
    a.supportedProtocols.length === b.supportedProtocols.length &&
    a.supportedProtocols.every(({ name, metadata }, i) => {
      const other = b.supportedProtocols[i]!;
      return other.name === name && other.metadata.equals(metadata);
    })
  );
}

export function withMetadata(
  member: ConsumerMember,
  value: ConsumerGroupMemberMetadataValue,
): ConsumerMember {
  return {
    ...member,
    instanceId: value.instanceId,
    rackId: value.rackId,
    clientId: value.clientId,
    clientHost: value.clientHost,
    subscribedTopicNames: value.subscribedTopicNames,
    subscribedTopicRegex: value.subscribedTopicRegex,
    rebalanceTimeoutMs: value.rebalanceTimeoutMs,
    serverAssignor: value.serverAssignor,
    classicMetadata: copyOf(value.classicMemberMetadata),
  };
}

/** The record's bytes live no longer than the slice of the log that it came in. */
function copyOf(metadata: ClassicMemberMetadata | null): ClassicMemberMetadata | null {
  if (metadata === null) return null;
  const { sessionTimeoutMs, supportedProtocols } = metadata;
  return {
    sessionTimeoutMs,
    supportedProtocols: supportedProtocols.map((protocol) => ({
      name: protocol.name,
      metadata: Buffer.from(protocol.metadata),
    })),
  };
}

export function withAssignment(
  member: ConsumerMember,
  value: ConsumerGroupCurrentMemberAssignmentValue,
): ConsumerMember {
  return {
    ...member,
    memberEpoch: value.memberEpoch,
    previousMemberEpoch: value.previousMemberEpoch,
    state: memberState(value.state),
    assigned: epochsOf(value.assignedPartitions, value.memberEpoch),
    pendingRevocation: epochsOf(value.partitionsPendingRevocation, value.memberEpoch),
  };
}

function memberState(state: number): MemberState {
  const known = Object.values(MemberState).find((one) => one === state);
  return known ?? MemberState.UNKNOWN;
}

/** Records from before 4.3 have no epoch per partition: the member's own counts. */
function epochsOf(
  listed: readonly {
    readonly topicId: string;
    readonly partitions: readonly number[];
    readonly assignmentEpochs: readonly number[] | null;
  }[],
  memberEpoch: number,
): PartitionEpochs {
  return new Map(
    listed.map(({ topicId, partitions, assignmentEpochs }) => [
      topicId,
      new Map(partitions.map((partition, i) => [partition, assignmentEpochs?.[i] ?? memberEpoch])),
    ]),
  );
}
