// Keeps a share group's list of the partitions that have state with the share coordinator in step with what is done
// there: begun, there, altered, deleted. Records alone; the service talks to the share coordinator.
// Kafka: GroupMetadataManager's share group state methods.

import { Errors, errorInfo } from '../../../protocol/errors.ts';
import type { AlterShareGroupOffsetsRequest } from '../../../protocol/generated/apis/alter-share-group-offsets-request.ts';
import type { AlterShareGroupOffsetsResponseTopic } from '../../../protocol/generated/apis/alter-share-group-offsets-response.ts';
import type { DeleteShareGroupOffsetsResponseTopic } from '../../../protocol/generated/apis/delete-share-group-offsets-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import { type CoordinatorResult, EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicInfo } from '../topic-lookup.ts';
import { ShareGroup } from './share-group.ts';
import type { ShareMember } from './share-member.ts';
import { statePartitionsRecord } from './share-records.ts';
import type { ShareSessionTimers } from './share-session-timers.ts';
import {
  NO_TOPIC_STATES,
  type StatePartitionId,
  type StatePartitions,
  type StatePartitionsOfTopic,
  type TopicStates,
  union,
  without,
  withoutTopics,
} from './state-partitions.ts';

type Result<T> = CoordinatorResult<GroupRecord, T>;

/** Where a partition of a group is to begin. */
export interface OffsetChange extends StatePartitionId {
  readonly startOffset: number;
}

export interface OffsetAlteration {
  readonly topics: readonly Draft<AlterShareGroupOffsetsResponseTopic>[];
  readonly changes: readonly OffsetChange[];
  /** Goes into the state as its epoch: whoever wrote with an older one is refused. */
  readonly groupEpoch: number;
}

export interface OffsetDeletion {
  /** Answers about topics of which nothing can be deleted. */
  readonly refused: readonly Draft<DeleteShareGroupOffsetsResponseTopic>[];
  readonly toDelete: TopicStates;
}

const NO_OFFSETS = 'There is no offset information to delete.';

export class ShareStateKeeping {
  readonly #timers: ShareSessionTimers;

  constructor(timers: ShareSessionTimers) {
    this.#timers = timers;
  }

  // Beginning

  /** The partitions that members want and that have no state; from now on they are initializing. */
  begin(group: ShareGroup, members: Iterable<ShareMember>, records: GroupRecord[]): TopicStates {
    const { clock, topics, config } = this.#timers.services;
    const states = group.knownStates;
    const isRecent = clock.nowMs() - states.initializingSinceMs < config.initializeRetryIntervalMs;
    const underWay = isRecent ? union(states.initialized, states.initializing) : states.initialized;
    const wanted = new Map<string, StatePartitionsOfTopic>();
    for (const member of members) {
      for (const name of member.subscribedTopicNames) {
        const topic = topics.byName(name);
        if (topic !== undefined) wanted.set(topic.id, { name, partitions: allOf(topic) });
      }
    }
    const missing = without(wanted, underWay);
    if (missing.size > 0) records.push(this.#initializing(group, missing));
    return missing;
  }

  #initializing(group: ShareGroup, added: TopicStates): GroupRecord {
    const states = group.knownStates;
    return statePartitionsRecord(group.groupId, {
      ...states,
      initializing: union(states.initializing, added),
      deleting: withoutTopics(states.deleting, new Set(added.keys())),
    });
  }

  /** The share coordinator has them. */
  begun(groupId: string, done: TopicStates): Result<undefined> {
    return this.#update(groupId, (states) => ({
      ...states,
      initializing: without(states.initializing, done),
      initialized: union(states.initialized, done),
    }));
  }

  /** The share coordinator doesn't: the next heartbeat tries again. */
  failed(groupId: string, failed: TopicStates): Result<undefined> {
    return this.#update(groupId, (states) => ({
      ...states,
      initializing: without(states.initializing, failed),
    }));
  }

  #update(
    groupId: string,
    change: (states: StatePartitions) => StatePartitions,
  ): Result<undefined> {
    const group = this.#timers.services.groups.find(groupId);
    if (!(group instanceof ShareGroup)) return EMPTY_RESULT;
    const record = statePartitionsRecord(groupId, change(group.knownStates));
    return { records: [record], response: undefined };
  }

  // Offsets

  /** @throws ApiError NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND (a group of another kind) */
  alter(request: AlterShareGroupOffsetsRequest): Result<OffsetAlteration> {
    const { groups, undo, topics } = this.#timers.services;
    const { groupId } = request;
    const found = groups.find(groupId);
    const group = found === undefined ? new ShareGroup(groupId, undo) : this.#timers.group(groupId);
    group.validateDelete();
    const changes: OffsetChange[] = [];
    const touched = new Map<string, StatePartitionsOfTopic>();
    const answers = request.topics.map(({ topicName, partitions }) => {
      const topic = topics.byName(topicName);
      const known = partitions.filter(({ partitionIndex }) => isIn(topic, partitionIndex));
      if (topic !== undefined) {
        const indexes = known.map(({ partitionIndex }) => partitionIndex);
        touched.set(topic.id, { name: topicName, partitions: new Set(indexes) });
        for (const { partitionIndex: partition, startOffset } of known) {
          changes.push({ topicId: topic.id, partition, startOffset });
        }
      }
      return {
        topicName,
        ...optionalId(topic),
        partitions: partitions.map(({ partitionIndex }) =>
          isIn(topic, partitionIndex)
            ? { partitionIndex }
            : { partitionIndex, ...unknownPartition() },
        ),
      };
    });
    // A topic that exists makes the group, even if none of its partitions that are named does.
    const records = touched.size > 0 ? [this.#initializing(group, touched)] : [];
    const { groupEpoch } = group;
    // Topics that don't exist come first, as Kafka tells them.
    const known = answers.filter(({ topicId }) => topicId !== undefined);
    const unknown = answers.filter(
      ({ topicId, partitions }) => topicId === undefined && partitions.length > 0,
    );
    return { records, response: { topics: [...unknown, ...known], changes, groupEpoch } };
  }

  /** @throws ApiError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP */
  beginDeletion(groupId: string, topicNames: readonly string[]): Result<OffsetDeletion> {
    const group = this.#timers.group(groupId);
    group.validateDelete();
    const { topics } = this.#timers.services;
    const states = group.knownStates;
    const refused: Draft<DeleteShareGroupOffsetsResponseTopic>[] = [];
    const toDelete = new Map<string, StatePartitionsOfTopic>();
    for (const topicName of topicNames) {
      const topic = topics.byName(topicName);
      if (topic === undefined) {
        refused.push({ topicName, ...unknownPartition() });
        continue;
      }
      const { id } = topic;
      const initialized = states.initialized.get(id);
      if (initialized !== undefined) toDelete.set(id, { ...initialized, name: topicName });
      // An earlier deletion that didn't get through is tried again.
      else if (states.deleting.has(id)) {
        toDelete.set(id, { name: topicName, partitions: allOf(topic) });
      } else {
        const errorCode = Errors.UNKNOWN_TOPIC_OR_PARTITION;
        refused.push({ topicName, errorCode, errorMessage: NO_OFFSETS });
      }
    }
    const response = { refused, toDelete };
    if (group.states === undefined || toDelete.size === 0) return { records: [], response };
    const topicIds = new Set(toDelete.keys());
    const record = statePartitionsRecord(groupId, {
      ...states,
      initialized: withoutTopics(states.initialized, topicIds),
      deleting: new Map([
        ...states.deleting,
        ...[...toDelete].map(([topicId, { name }]) => [topicId, name] as const),
      ]),
    });
    return { records: [record], response };
  }

  completeDeletion(groupId: string, topicIds: ReadonlySet<string>): Result<undefined> {
    return this.#update(groupId, (states) => ({
      ...states,
      deleting: withoutTopics(states.deleting, topicIds),
    }));
  }

  // The group

  /**
   * All of its partitions, which are being deleted from now on: afterwards the group can go.
   * @throws ApiError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP
   */
  beginGroupDeletion(groupId: string): Result<TopicStates> {
    const group = this.#timers.group(groupId);
    group.validateDelete();
    if (group.states === undefined) return { records: [], response: NO_TOPIC_STATES };
    const { initialized, initializing, deleting } = group.states;
    const { topics } = this.#timers.services;
    let all = union(initialized, initializing);
    for (const topicId of deleting.keys()) {
      const topic = topics.byId(topicId);
      if (topic === undefined) continue;
      all = union(all, new Map([[topicId, { name: topic.name, partitions: allOf(topic) }]]));
    }
    const record = statePartitionsRecord(groupId, {
      ...group.states,
      initializing: NO_TOPIC_STATES,
      initialized: NO_TOPIC_STATES,
      deleting: new Map([...all].map(([topicId, { name }]) => [topicId, name])),
    });
    return { records: [record], response: all };
  }

  /** Their topics are gone, and with them their state. */
  onTopicsDeleted(topicIds: ReadonlySet<string>): Result<undefined> {
    const records: GroupRecord[] = [];
    for (const group of this.#timers.services.groups.all()) {
      if (!(group instanceof ShareGroup) || group.states === undefined) continue;
      const { initializing, initialized, deleting } = group.states;
      const isTouched = [initializing, initialized, deleting].some((topics) =>
        [...topics.keys()].some((topicId) => topicIds.has(topicId)),
      );
      if (!isTouched) continue;
      records.push(
        statePartitionsRecord(group.groupId, {
          ...group.states,
          initializing: withoutTopics(initializing, topicIds),
          initialized: withoutTopics(initialized, topicIds),
          deleting: withoutTopics(deleting, topicIds),
        }),
      );
    }
    return { records, response: undefined, atomic: false };
  }
}

function allOf({ partitionCount }: TopicInfo): ReadonlySet<number> {
  return new Set(Array.from({ length: partitionCount }, (_, partition) => partition));
}

function isIn(topic: TopicInfo | undefined, partition: number): boolean {
  return topic !== undefined && partition < topic.partitionCount;
}

function optionalId(topic: TopicInfo | undefined): { topicId?: string } {
  return topic === undefined ? {} : { topicId: topic.id };
}

function unknownPartition(): { errorCode: number; errorMessage: string } {
  const errorCode = Errors.UNKNOWN_TOPIC_OR_PARTITION;
  return { errorCode, errorMessage: errorInfo(errorCode).message! };
}
