// DeleteRecords v0-2
//
// Behavior: raises the log start offset (KIP-107); -1 means the high watermark. The answer tells the low watermark, which
// with one replica is the new log start offset.
//
// Version notes: v2 is flexible.

import { isInternalTopic } from '../../common/topic-name.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { DELETE_RECORDS } from '../../protocol/generated/apis/delete-records.ts';
import { errorCodeOf } from '../error-code.ts';
import { groupPartitions } from '../group-partitions.ts';
import { handler } from '../handler.ts';

const NO_LOW_WATERMARK = -1;

export const deleteRecords = handler(DELETE_RECORDS, {
  minVersion: 0,
  maxVersion: 2,
  handle(request, context) {
    const { metadata, replicas, log } = context.services;
    const response = {
      topics: groupPartitions(request.topics).map(({ name, partitions }) => ({
        name,
        partitions: lastOfEach(partitions).map(({ partitionIndex, offset }) => {
          try {
            if (metadata.topic(name) === undefined) {
              throw new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
            if (isInternalTopic(name)) throw new ApiError(Errors.INVALID_TOPIC_EXCEPTION);
            const lowWatermark = replicas.leading(name, partitionIndex).deleteRecords(offset);
            return { partitionIndex, lowWatermark };
          } catch (error) {
            const errorCode = errorCodeOf(error, log);
            return { partitionIndex, lowWatermark: NO_LOW_WATERMARK, errorCode };
          }
        }),
      })),
    };
    // Deleted records must not come back after a crash.
    replicas.logs.checkpoints.deletedRecords();
    return response;
  },
  failed: (request, errorCode) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        lowWatermark: NO_LOW_WATERMARK,
        errorCode,
      })),
    })),
  }),
});

function lastOfEach<P extends { readonly partitionIndex: number }>(partitions: readonly P[]): P[] {
  return [...new Map(partitions.map((one) => [one.partitionIndex, one])).values()];
}
