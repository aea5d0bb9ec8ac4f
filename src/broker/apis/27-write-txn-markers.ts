// WriteTxnMarkers v1-2
//
// Behavior: ends producers' transactions in partitions that this broker leads. Other brokers' coordinators send it, and
// `kafka-transactions --abort` for a transaction that nobody will end.
//
// Version notes:
// v1 is flexible. v2 tells the transaction.version of the transaction, which decides about the marker's epoch (KIP-1228).

import { partitionsOf } from '../../coordinator/transaction/transaction-state.ts';
import { WRITE_TXN_MARKERS } from '../../protocol/generated/apis/write-txn-markers.ts';
import { handler } from '../handler.ts';

export const writeTxnMarkers = handler(WRITE_TXN_MARKERS, {
  minVersion: 1,
  maxVersion: 2,
  async handle(request, context) {
    const markers = request.markers.map(async (asked) => {
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
    return { markers: await Promise.all(markers) };
  },
  failed: (request, errorCode) => ({
    markers: request.markers.map(({ producerId, topics }) => ({
      producerId,
      topics: topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode })),
      })),
    })),
  }),
});
