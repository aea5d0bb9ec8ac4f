// What every kind of group has in common, and who asks for something. Kafka: Group.

import type { ListedGroup } from '../../protocol/generated/apis/list-groups-response.ts';
import type { OffsetCommitValue } from '../../protocol/generated/coordinator/offset-commit-value.ts';
import type { GroupRecord } from './records.ts';

/** GroupType of ListGroups, as the wire names them. */
export type GroupType = 'Classic' | 'Consumer' | 'Share' | 'Streams';

/** The client behind a request. */
export interface GroupRequestContext {
  readonly clientId: string;
  /** As Java prints an address without a name: `/127.0.0.1`. */
  readonly clientHost: string;
  readonly requestVersion: number;
}

/**
 * A committed offset as its record has it (Kafka: OffsetAndMetadata). Times in ms; expireTimestamp -1: the broker's
 * retention counts; topicId is ZERO_UUID when the commit named the topic only.
 */
export type CommittedOffset = Readonly<OffsetCommitValue>;

/** The time from which a committed offset's retention counts; undefined: its offsets don't expire now. */
export type OffsetExpiryBase = ((offset: CommittedOffset) => number) | undefined;

/** Throws when this partition must not be committed by the member that asked. */
export type CommitValidator = (topicId: string, partition: number, topic: string) => void;

export interface Group {
  readonly type: GroupType;
  readonly groupId: string;
  /** As ListGroups and DescribeGroups name it: `Stable`. */
  stateName(): string;
  isEmpty(): boolean;
  isSubscribedToTopic(topic: string): boolean;
  /** False: its offsets and the group itself stay though nobody uses them. */
  shouldExpire(): boolean;
  offsetExpiryBase(): OffsetExpiryBase;
  /** Throws an ApiError when this member may not commit; undefined: it may commit everything. `generation` is a member epoch in modern groups. */
  validateOffsetCommit(
    memberId: string,
    groupInstanceId: string | null,
    generation: number,
    transactional: boolean,
    requestVersion: number,
  ): CommitValidator | undefined;
  validateOffsetFetch(memberId: string | null, memberEpoch: number): void;
  validateOffsetDelete(): void;
  validateDelete(): void;
  tombstones(): GroupRecord[];
  /** Names of the timers to cancel when the group is deleted. */
  timerKeys(): string[];
  asListedGroup(): ListedGroup;
}
