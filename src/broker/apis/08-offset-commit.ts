// OffsetCommit v2-10
//
// Behavior: what names no topic or partition of this cluster is refused for itself; the rest goes to the group's
// coordinator and is answered when it is committed. A group that doesn't exist is made by a commit without membership.
//
// Version notes:
// v5 drops the retention time; v6 leader epoch; v7 static members (KIP-345); v8 flexible; v9 member epochs (KIP-848);
// v10 topic ids instead of names.

import { ZERO_UUID } from '../../common/uuid.ts';
import { commitFailure } from '../../coordinator/group/group-coordinator-service.ts';
import type { TopicImage } from '../../metadata/image/topics-image.ts';
import { Errors } from '../../protocol/errors.ts';
import { OFFSET_COMMIT } from '../../protocol/generated/apis/offset-commit.ts';
import type {
  OffsetCommitRequest,
  OffsetCommitRequestPartition,
  OffsetCommitRequestTopic,
} from '../../protocol/generated/apis/offset-commit-request.ts';
import type {
  OffsetCommitResponse,
  OffsetCommitResponseTopic,
} from '../../protocol/generated/apis/offset-commit-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';

const TOPIC_ID_VERSION = 10;

export const offsetCommit = handler(OFFSET_COMMIT, {
  minVersion: 2,
  maxVersion: 10,
  handle(request, context) {
    const sorted = request.topics.map((topic) => sortOut(topic, context));
    if (sorted.length > 0 && sorted.every(isWhollyAccepted)) {
      return commit(
        request,
        sorted.map(({ accepted }) => accepted),
        context,
      );
    }
    return commitSome(request, sorted, context);
  },
  failed: (request, code) => commitFailure(request, code),
});

function isPartitionOf(
  image: TopicImage,
  { partitionIndex }: OffsetCommitRequestPartition,
): boolean {
  return image.partitions[partitionIndex] !== undefined;
}

interface Sorted {
  /** Undefined: nothing of the topic can be committed. */
  readonly accepted: OffsetCommitRequestTopic | undefined;
  /** Undefined: all of it can. */
  readonly refused: Draft<OffsetCommitResponseTopic> | undefined;
}

interface WhollyAccepted extends Sorted {
  readonly accepted: OffsetCommitRequestTopic;
}

function isWhollyAccepted(sorted: Sorted): sorted is WhollyAccepted {
  return sorted.accepted !== undefined && sorted.refused === undefined;
}

function commit(
  {
    groupId,
    generationIdOrMemberEpoch,
    memberId,
    groupInstanceId,
    retentionTimeMs,
  }: OffsetCommitRequest,
  topics: OffsetCommitRequestTopic[],
  context: RequestContext,
): Promise<Draft<OffsetCommitResponse>> {
  return context.services.groups.commitOffsets(groupContext(context), {
    groupId,
    generationIdOrMemberEpoch,
    memberId,
    groupInstanceId,
    retentionTimeMs,
    topics,
  });
}

/** The answer is in the order of the request, the refused partitions of a topic after the accepted ones. */
async function commitSome(
  request: OffsetCommitRequest,
  sorted: readonly Sorted[],
  context: RequestContext,
): Promise<Draft<OffsetCommitResponse>> {
  const accepted = sorted.flatMap(({ accepted }) => accepted ?? []);
  const answered =
    accepted.length === 0 ? [] : ((await commit(request, accepted, context)).topics ?? []);
  let next = 0;
  const topics = sorted.map(({ accepted, refused }) => {
    if (accepted === undefined) return refused!;
    const topic = answered[next++]!;
    return { ...topic, partitions: [...topic.partitions!, ...(refused?.partitions ?? [])] };
  });
  return { topics };
}

function sortOut(topic: OffsetCommitRequestTopic, context: RequestContext): Sorted {
  const { metadata } = context.services;
  const usesIds = context.apiVersion >= TOPIC_ID_VERSION;
  const image = usesIds ? metadata.topicById(topic.topicId) : metadata.topic(topic.name);
  const name = image?.name ?? topic.name;
  const topicId = usesIds ? topic.topicId : (image?.id ?? ZERO_UUID);
  const { partitions } = topic;
  const isWhole = image !== undefined && partitions.every((one) => isPartitionOf(image, one));
  if (isWhole && partitions.length > 0) {
    return { accepted: { name, topicId, partitions }, refused: undefined };
  }
  const good: OffsetCommitRequestPartition[] = [];
  const bad: { partitionIndex: number; errorCode: number }[] = [];
  const unknown = usesIds && image === undefined;
  const errorCode = unknown ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
  for (const partition of partitions) {
    const { partitionIndex } = partition;
    if (image !== undefined && isPartitionOf(image, partition)) good.push(partition);
    else bad.push({ partitionIndex, errorCode });
  }
  const refused = { name, topicId: topic.topicId, partitions: bad };
  if (good.length === 0) return { accepted: undefined, refused };
  return { accepted: { name, topicId, partitions: good }, refused };
}
