// ListOffsets v1-11
//
// Behavior: the offset for a time, or for one of the special timestamps: -1 latest, -2 earliest, -3 of the largest timestamp,
// -4 earliest local, -5 latest tiered (there is none: -1), -6 earliest pending upload (none: -1). Nothing found is -1
// without an error. A partition named twice is refused once.
//
// Version notes:
// v2 isolation level; v4 leader epochs; v6 flexible; v7 knows -3 (KIP-734); v8 knows -4; v9 knows -5 (KIP-1005);
// v10 a time-out for tiered storage (KIP-1075); v11 knows -6 (KIP-1023).

import { ApiError, Errors } from '../../protocol/errors.ts';
import { LIST_OFFSETS } from '../../protocol/generated/apis/list-offsets.ts';
import type { ListOffsetsPartition } from '../../protocol/generated/apis/list-offsets-request.ts';
import type { ListOffsetsPartitionResponse } from '../../protocol/generated/apis/list-offsets-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { errorCodeOf } from '../error-code.ts';
import { groupPartitions } from '../group-partitions.ts';
import { handler } from '../handler.ts';
import { isReadCommitted } from '../isolation-level.ts';
import type { ReaderIsolation } from '../partition.ts';
import type { RequestContext } from '../request-context.ts';

/** The first request version that may name a special timestamp. */
const SPECIAL_SINCE = new Map([
  [-1, 1],
  [-2, 1],
  [-3, 7],
  [-4, 8],
  [-5, 9],
  [-6, 11],
]);

export const listOffsets = handler(LIST_OFFSETS, {
  minVersion: 1,
  maxVersion: 11,
  handle(request, context) {
    const isCommitted = isReadCommitted(request.isolationLevel);
    // Followers see to the log end, and so does the debugging consumer (-2).
    const isolation: ReaderIsolation =
      request.replicaId !== -1 ? 'log-end' : isCommitted ? 'committed' : 'high-watermark';
    return {
      topics: groupPartitions(request.topics).map(({ name, partitions }) => {
        const times = new Map<number, number>();
        for (const { partitionIndex } of partitions) {
          times.set(partitionIndex, (times.get(partitionIndex) ?? 0) + 1);
        }
        const answers: Draft<ListOffsetsPartitionResponse>[] = [];
        for (const partition of partitions) {
          const { partitionIndex } = partition;
          const count = times.get(partitionIndex);
          times.delete(partitionIndex);
          if (count === 1) answers.push(answer(name, partition, isolation, context));
          else if (count !== undefined) {
            answers.push({ partitionIndex, errorCode: Errors.INVALID_REQUEST });
          }
        }
        return { name, partitions: answers };
      }),
    };
  },
  failed: (request, errorCode) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }),
});

function answer(
  topic: string,
  asked: ListOffsetsPartition,
  isolation: ReaderIsolation,
  context: RequestContext,
): Draft<ListOffsetsPartitionResponse> {
  const { partitionIndex, timestamp, currentLeaderEpoch } = asked;
  const { services, apiVersion } = context;
  try {
    const since = timestamp < 0 ? SPECIAL_SINCE.get(timestamp) : 0;
    if (since === undefined || since > apiVersion) throw new ApiError(Errors.UNSUPPORTED_VERSION);
    const partition = services.replicas.leading(topic, partitionIndex);
    partition.checkLeaderEpoch(currentLeaderEpoch);
    const found = partition.offsetFor(timestamp, isolation);
    return found === undefined
      ? { partitionIndex }
      : {
          partitionIndex,
          timestamp: found.timestamp,
          offset: found.offset,
          ...(apiVersion >= 4 ? { leaderEpoch: found.leaderEpoch } : {}),
        };
  } catch (error) {
    return { partitionIndex, errorCode: errorCodeOf(error, services.log) };
  }
}
