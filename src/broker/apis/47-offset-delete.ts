// OffsetDelete v0
//
// Behavior: forgets what a group has committed for partitions that exist and that nobody of the group is subscribed to.

import { Errors } from '../../protocol/errors.ts';
import { OFFSET_DELETE } from '../../protocol/generated/apis/offset-delete.ts';
import type {
  OffsetDeleteRequestPartition,
  OffsetDeleteRequestTopic,
} from '../../protocol/generated/apis/offset-delete-request.ts';
import type {
  OffsetDeleteResponsePartition,
  OffsetDeleteResponseTopic,
} from '../../protocol/generated/apis/offset-delete-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { AnswerByTopic } from '../answer-by-topic.ts';
import { handler } from '../handler.ts';

type Answer = AnswerByTopic<Draft<OffsetDeleteResponsePartition>, Draft<OffsetDeleteResponseTopic>>;

export const offsetDelete = handler(OFFSET_DELETE, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    const { groups, metadata } = context.services;
    const exists = (topic: string, { partitionIndex }: OffsetDeleteRequestPartition): boolean =>
      metadata.topic(topic)?.partitions[partitionIndex] !== undefined;
    const known: OffsetDeleteRequestTopic[] = [];
    const answer: Answer = new AnswerByTopic(({ name }) => name);
    for (const { name, partitions } of request.topics) {
      const found = partitions.filter((partition) => exists(name, partition));
      if (found.length > 0) known.push({ name, partitions: found });
      const unknown = partitions
        .filter((partition) => !exists(name, partition))
        .map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION,
        }));
      if (unknown.length > 0 || metadata.topic(name) === undefined) {
        answer.add({ name, partitions: unknown });
      }
    }
    const response = await groups.deleteOffsets({ ...request, topics: known });
    if (response.errorCode) return response;
    answer.addAll(response.topics!);
    return { topics: answer.topics };
  },
  failed: (_request, errorCode) => ({ errorCode }),
});
