// OffsetFetch has two shapes: one group at the top (v0-7) and a list of groups (v8+, KIP-709). The coordinator works
// with the second; this turns requests into it and answers back. Kafka: OffsetFetchRequest, OffsetFetchResponse.

import { ZERO_UUID } from '../../../common/uuid.ts';
import type {
  OffsetFetchRequest,
  OffsetFetchRequestGroup,
} from '../../../protocol/generated/apis/offset-fetch-request.ts';
import type {
  OffsetFetchResponse,
  OffsetFetchResponseGroup,
} from '../../../protocol/generated/apis/offset-fetch-response.ts';
import type { Draft } from '../../../protocol/message.ts';

const FIRST_VERSION_WITH_GROUPS = 8;
/** Below, there is no error code for the whole group. */
const FIRST_VERSION_WITH_GROUP_ERROR = 2;

export function groupsOfFetch(
  request: OffsetFetchRequest,
  version: number,
): OffsetFetchRequestGroup[] {
  if (version >= FIRST_VERSION_WITH_GROUPS) return request.groups;
  const topics =
    request.topics?.map(({ name, partitionIndexes }) => ({
      name,
      topicId: ZERO_UUID,
      partitionIndexes,
    })) ?? null;
  return [{ groupId: request.groupId, memberId: null, memberEpoch: -1, topics }];
}

export function fetchResponseOf(
  groups: readonly Draft<OffsetFetchResponseGroup>[],
  version: number,
): Draft<OffsetFetchResponse> {
  if (version >= FIRST_VERSION_WITH_GROUPS) return { groups };
  const { topics, errorCode } = groups[0]!;
  return { topics: topics?.map(({ name, partitions }) => ({ name, partitions })), errorCode };
}

/** The same error for a whole group, in the place that the version has for it. */
export function groupFetchError(
  request: OffsetFetchRequestGroup,
  errorCode: number,
  version: number,
): Draft<OffsetFetchResponseGroup> {
  const { groupId } = request;
  if (version >= FIRST_VERSION_WITH_GROUP_ERROR) return { groupId, errorCode };
  const topics = request.topics?.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((partitionIndex) => ({
      partitionIndex,
      committedOffset: -1,
      committedLeaderEpoch: -1,
      metadata: '',
      errorCode,
    })),
  }));
  return { groupId, topics };
}
