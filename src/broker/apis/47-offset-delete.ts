// OffsetDelete v0
//
// Behavior: forgets what a group has committed for partitions that exist and that nobody of the group is subscribed to.

import { Errors } from '../../protocol/errors.ts';
import { OFFSET_DELETE } from '../../protocol/generated/apis/offset-delete.ts';
import type { OffsetDeleteRequestPartition } from '../../protocol/generated/apis/offset-delete-request.ts';
import { handler } from '../handler.ts';

export const offsetDelete = handler(OFFSET_DELETE, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    const { groups, metadata } = context.services;
    const exists = (topic: string, { partitionIndex }: OffsetDeleteRequestPartition): boolean =>
      metadata.topic(topic)?.partitions[partitionIndex] !== undefined;
    const known = request.topics.flatMap(({ name, partitions }) => {
      const found = partitions.filter((partition) => exists(name, partition));
      return found.length === 0 ? [] : [{ name, partitions: found }];
    });
    const response = await groups.deleteOffsets({ ...request, topics: known });
    if (response.errorCode) return response;
    const answers = new Map(response.topics!.map((topic) => [topic.name!, topic.partitions!]));
    const topics = request.topics.map(({ name, partitions }) => {
      const unknown = partitions
        .filter((partition) => !exists(name, partition))
        .map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION,
        }));
      return { name, partitions: [...(answers.get(name) ?? []), ...unknown] };
    });
    return { topics };
  },
  failed: (_request, errorCode) => ({ errorCode }),
});
