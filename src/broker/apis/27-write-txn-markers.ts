// WriteTxnMarkers v1-2
//
// Behavior: ends producers' transactions in partitions that this broker leads. Other brokers' coordinators send it, and
// `kafka-transactions --abort` for a transaction that nobody will end.
//
// Version notes:
// v1 is flexible. v2 tells the transaction.version of the transaction, which decides about the marker's epoch (KIP-1228).

import { partitionsOf } from '../../coordinator/transaction/transaction-state.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { WRITE_TXN_MARKERS } from '../../protocol/generated/apis/write-txn-markers.ts';
import type { WritableTxnMarker } from '../../protocol/generated/apis/write-txn-markers-request.ts';
import { groupPartitions } from '../group-partitions.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';

export const writeTxnMarkers = handler(WRITE_TXN_MARKERS, {
  minVersion: 1,
  maxVersion: 2,
  async handle(request, context) {
    // A marker for no partition isn't answered, as in Kafka.
    const meant = request.markers.filter(({ topics }) =>
      topics.some(({ partitionIndexes }) => partitionIndexes.length > 0),
    );
    if (meant.some((marker) => isNobodys(marker) && namesKnown(marker, context))) {
      throw new ApiError(Errors.UNKNOWN_SERVER_ERROR);
    }
    const markers = meant.map(async (asked) => {
      const { producerId, producerEpoch, coordinatorEpoch, transactionVersion } = asked;
      const commit = asked.transactionResult;
      const marker = { producerId, producerEpoch, coordinatorEpoch, commit, transactionVersion };
      const named = asked.topics.map((topic) => ({
        name: topic.name,
        partitions: topic.partitionIndexes,
      }));
      const results = await context.services.markers.write(marker, partitionsOf(named));
      const topics = new Map<string, { partitionIndex: number; errorCode: number }[]>();
      for (const { topic, partition, errorCode } of results) {
        const partitions = topics.get(topic) ?? [];
        topics.set(topic, partitions);
        partitions.push({ partitionIndex: partition, errorCode });
      }
      return {
        producerId,
        topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
      };
    });
    return { markers: oncePerProducer(await Promise.all(markers)) };
  },
  failed: (request, errorCode) => ({
    markers: oncePerProducer(
      request.markers.map(({ producerId, topics }) => ({
        producerId,
        topics: topics.map(({ name, partitionIndexes }) => ({
          name,
          partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode })),
        })),
      })),
    ),
  }),
});

interface MarkerAnswer {
  readonly producerId: number;
  readonly topics: { name: string; partitions: { partitionIndex: number; errorCode: number }[] }[];
}

/** Markers of one producer are answered together (WriteTxnMarkersResponse). */
function oncePerProducer(answers: readonly MarkerAnswer[]): MarkerAnswer[] {
  const byProducer = Map.groupBy(answers, ({ producerId }) => producerId);
  return [...byProducer].map(([producerId, of]) => ({
    producerId,
    topics: groupPartitions(of.flatMap(({ topics }) => topics)),
  }));
}

/** Of such a producer Kafka can't build a marker, which fails the whole request where it comes to that. */
function isNobodys({ producerId, producerEpoch }: WritableTxnMarker): boolean {
  return producerId < 0 || producerEpoch < 0;
}

function namesKnown({ topics }: WritableTxnMarker, { services }: RequestContext): boolean {
  return topics.some(({ name, partitionIndexes }) =>
    partitionIndexes.some((partition) => services.markers.exists(name, partition)),
  );
}
