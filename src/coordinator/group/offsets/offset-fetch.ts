// OffsetFetch of one group: the committed offsets of the partitions asked for, or of all. What isn't there is -1 with
// empty metadata, never an error. Kafka: OffsetMetadataManager.fetchOffsets, fetchAllOffsets.

import { javaHashCode } from '../../../common/java-hash.ts';
import { timelineOrder } from '../../../common/timeline-order.ts';
import { ZERO_UUID } from '../../../common/uuid.ts';
import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { OffsetFetchRequestGroup } from '../../../protocol/generated/apis/offset-fetch-request.ts';
import type {
  OffsetFetchResponseGroup,
  OffsetFetchResponsePartitions,
} from '../../../protocol/generated/apis/offset-fetch-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { CommittedOffset } from '../group.ts';
import type { GroupRegistry } from '../group-registry.ts';
import type { OffsetManager } from './offset-manager.ts';

/**
 * `requireStable`: a partition that an open transaction has written is UNSTABLE_OFFSET_COMMIT (KIP-447).
 * Throws an ApiError when the member may not ask (modern groups); an unknown group has committed nothing.
 */
export function fetchOffsets(
  manager: OffsetManager,
  groups: GroupRegistry,
  request: OffsetFetchRequestGroup,
  requireStable: boolean,
): Draft<OffsetFetchResponseGroup> {
  const exists = validateFetch(groups, request);
  const topics =
    request.topics === null
      ? allTopics(manager, request.groupId, requireStable)
      : request.topics.map(({ name, topicId, partitionIndexes }) => ({
          name,
          topicId,
          partitions: partitionIndexes.map((index) => {
            const committed = manager.offsets.get(request.groupId, name, index);
            const known = exists && !isOfAnotherTopic(committed, topicId) ? committed : undefined;
            const isPending = requireStable && manager.pending.has(request.groupId, name, index);
            return isPending ? unstable(index) : answer(index, known);
          }),
        }));
  return { groupId: request.groupId, topics: exists || request.topics !== null ? topics : [] };
}

/** False when there is no such group. */
function validateFetch(groups: GroupRegistry, request: OffsetFetchRequestGroup): boolean {
  try {
    groups.get(request.groupId).validateOffsetFetch(request.memberId, request.memberEpoch);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === Errors.GROUP_ID_NOT_FOUND) return false;
    throw error;
  }
}

function allTopics(
  manager: OffsetManager,
  groupId: string,
  requireStable: boolean,
): { name: string; topicId: string; partitions: Draft<OffsetFetchResponsePartitions>[] }[] {
  const topics = manager.offsets.group(groupId);
  if (topics === undefined) return [];
  return timelineOrder([...topics.keys()], javaHashCode).map((name) => {
    const partitions = topics.get(name)!;
    return {
      name,
      topicId: ZERO_UUID,
      partitions: timelineOrder([...partitions.keys()], (index) => index).map((index) =>
        requireStable && manager.pending.has(groupId, name, index)
          ? unstable(index)
          : answer(index, partitions.get(index)),
      ),
    };
  });
}

/** The topic was deleted and made again since the commit (KIP-848's topic ids in offsets). */
function isOfAnotherTopic(committed: CommittedOffset | undefined, topicId: string): boolean {
  if (committed === undefined) return false;
  if (committed.topicId === ZERO_UUID || topicId === ZERO_UUID) return false;
  return committed.topicId !== topicId;
}

function answer(
  partitionIndex: number,
  committed: CommittedOffset | undefined,
): Draft<OffsetFetchResponsePartitions> {
  return {
    partitionIndex,
    committedOffset: committed?.offset ?? -1,
    committedLeaderEpoch: committed?.leaderEpoch ?? -1,
    metadata: committed?.metadata ?? '',
    errorCode: Errors.NONE,
  };
}

function unstable(partitionIndex: number): Draft<OffsetFetchResponsePartitions> {
  return {
    partitionIndex,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode: Errors.UNSTABLE_OFFSET_COMMIT,
  };
}
