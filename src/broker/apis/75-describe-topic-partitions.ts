// DescribeTopicPartitions v0
//
// Behavior: topics with their partitions, sorted by name, page by page (KIP-966): at most the partitions that the
// request and the broker allow, then a cursor. Without topics in the request: all of them.

import { isInternalTopic, topicNameError } from '../../common/topic-name.ts';
import type { TopicImage } from '../../metadata/image/topics-image.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { DESCRIBE_TOPIC_PARTITIONS } from '../../protocol/generated/apis/describe-topic-partitions.ts';
import type {
  DescribeTopicPartitionsResponse,
  DescribeTopicPartitionsResponseTopic,
} from '../../protocol/generated/apis/describe-topic-partitions-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { TOPIC_OPERATIONS } from '../authorization.ts';
import { handler } from '../handler.ts';
import type { MetadataCache } from '../metadata-cache.ts';
import { partitionAnswer, topicAnswer } from '../topic-answers.ts';

type TopicDraft = Draft<DescribeTopicPartitionsResponseTopic>;

export const describeTopicPartitions = handler(DESCRIBE_TOPIC_PARTITIONS, {
  minVersion: 0,
  maxVersion: 0,
  handle(request, context) {
    const { metadata, config } = context.services;
    const cursor = request.cursor;
    if (cursor !== null && cursor.partitionIndex < 0) {
      throw new ApiError(
        Errors.INVALID_REQUEST,
        'DescribeTopicPartitionsRequest cursor partition must be valid.',
      );
    }
    const asked =
      request.topics.length === 0
        ? metadata.topics().map((topic) => topic.name)
        : request.topics.map((topic) => topic.name);
    const firstName = cursor === null ? '' : cursor.topicName;
    const names = [...new Set(asked)].filter((name) => name >= firstName).sort();
    if (request.topics.length > 0 && cursor !== null && names[0] !== cursor.topicName) {
      throw new ApiError(
        Errors.INVALID_REQUEST,
        `DescribeTopicPartitionsRequest topic list should contain the cursor topic: ${firstName}`,
      );
    }
    const limit = Math.max(
      1,
      Math.min(config.number('max.request.partition.size.limit'), request.responsePartitionLimit),
    );
    const topics: TopicDraft[] = [];
    let room = limit;
    let nextCursor: Draft<DescribeTopicPartitionsResponse>['nextCursor'] = null;
    for (const name of names) {
      const topic = metadata.topic(name);
      if (topic === undefined) {
        // A topic that is only named by "all of them" or by the cursor and is gone is no error.
        if (request.topics.length > 0) topics.push(missingTopic(name));
        continue;
      }
      const from = cursor !== null && name === cursor.topicName ? cursor.partitionIndex : 0;
      const take = Math.min(room, Math.max(0, topic.partitions.length - from));
      if (room === 0) {
        nextCursor = { topicName: name, partitionIndex: from };
        break;
      }
      topics.push(topicDraft(topic, metadata, from, take));
      room -= take;
      if (from + take < topic.partitions.length) {
        nextCursor = { topicName: name, partitionIndex: from + take };
        break;
      }
    }
    return { topics, nextCursor };
  },
  failed: (request, errorCode) => ({
    topics: request.topics.map(({ name }) => ({ errorCode, name })),
  }),
});

function missingTopic(name: string): TopicDraft {
  return {
    errorCode:
      topicNameError(name) === undefined
        ? Errors.UNKNOWN_TOPIC_OR_PARTITION
        : Errors.INVALID_TOPIC_EXCEPTION,
    name,
    isInternal: isInternalTopic(name),
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  };
}

function topicDraft(
  topic: TopicImage,
  metadata: MetadataCache,
  from: number,
  count: number,
): TopicDraft {
  return {
    ...topicAnswer(topic, TOPIC_OPERATIONS),
    partitions: topic.partitions.slice(from, from + count).map((partition, index) => ({
      ...partitionAnswer(partition, from + index, metadata),
      // Unlike Metadata's, where there is no leader, too.
      errorCode: Errors.NONE,
      eligibleLeaderReplicas: partition.elr,
      lastKnownElr: partition.lastKnownElr,
    })),
  };
}
