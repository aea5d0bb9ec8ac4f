// OffsetCommit v2-10
//
// Behavior: what names no topic or partition of this cluster is refused for itself; the rest goes to the group's
// coordinator and is answered when it is committed. A group that doesn't exist is made by a commit without membership.
//
// Version notes:
// v5 drops the retention time; v6 leader epoch; v7 static members (KIP-345); v8 flexible; v9 member epochs (KIP-848);
// v10 topic ids instead of names.

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
  OffsetCommitResponsePartition,
  OffsetCommitResponseTopic,
} from '../../protocol/generated/apis/offset-commit-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { AnswerByTopic } from '../answer-by-topic.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';

const TOPIC_ID_VERSION = 10;

export const offsetCommit = handler(OFFSET_COMMIT, {
  minVersion: 2,
  maxVersion: 10,
  async handle(request, context) {
    const usesIds = context.apiVersion >= TOPIC_ID_VERSION;
    const refused: Answer = new AnswerByTopic(({ name, topicId }) => (usesIds ? topicId : name));
    const accepted = request.topics.flatMap((topic) => accept(topic, refused, context) ?? []);
    if (accepted.length === 0) return { topics: refused.topics };
    const answer = await commit(request, accepted, context);
    if (refused.topics.length === 0) return answer;
    refused.addAll(answer.topics!);
    return { topics: refused.topics };
  },
  failed: (request, code) => commitFailure(request, code),
});

type Answer = AnswerByTopic<Draft<OffsetCommitResponsePartition>, Draft<OffsetCommitResponseTopic>>;

function isPartitionOf(
  image: TopicImage,
  { partitionIndex }: OffsetCommitRequestPartition,
): boolean {
  return image.partitions[partitionIndex] !== undefined;
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

/** What of the topic can be committed, when there is anything; the rest is told to `refused`. */
function accept(
  topic: OffsetCommitRequestTopic,
  refused: Answer,
  context: RequestContext,
): OffsetCommitRequestTopic | undefined {
  const { metadata } = context.services;
  const usesIds = context.apiVersion >= TOPIC_ID_VERSION;
  const image = usesIds ? metadata.topicById(topic.topicId) : metadata.topic(topic.name);
  if (image === undefined) {
    const errorCode = usesIds ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    refused.add(refusal(topic, topic.partitions, errorCode));
    return undefined;
  }
  const good = topic.partitions.filter((one) => isPartitionOf(image, one));
  if (good.length < topic.partitions.length) {
    const bad = topic.partitions.filter((one) => !isPartitionOf(image, one));
    refused.add(refusal({ ...topic, name: image.name }, bad, Errors.UNKNOWN_TOPIC_OR_PARTITION));
  }
  if (good.length === 0) return undefined;
  return { name: image.name, topicId: usesIds ? topic.topicId : image.id, partitions: good };
}

function refusal(
  { name, topicId }: { name: string; topicId: string },
  partitions: readonly OffsetCommitRequestPartition[],
  errorCode: number,
): Draft<OffsetCommitResponseTopic> {
  return {
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  };
}
