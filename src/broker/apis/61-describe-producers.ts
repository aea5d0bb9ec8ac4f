// DescribeProducers v0
//
// Behavior: the producers that a partition's leader knows, with their last sequence and open transaction (KIP-664).

import { topicNameError } from '../../common/topic-name.ts';
import type { ProducerStateEntry } from '../../log/producer-state-entry.ts';
import { Errors, errorInfo } from '../../protocol/errors.ts';
import { DESCRIBE_PRODUCERS } from '../../protocol/generated/apis/describe-producers.ts';
import { errorCodeOf } from '../error-code.ts';
import { handler } from '../handler.ts';

export const describeProducers = handler(DESCRIBE_PRODUCERS, {
  minVersion: 0,
  maxVersion: 0,
  handle(request, context) {
    const { replicas, metadata, log } = context.services;
    return {
      topics: request.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => {
          try {
            const nameError = topicNameError(name);
            if (nameError !== undefined) {
              const errorCode = Errors.INVALID_TOPIC_EXCEPTION;
              return { partitionIndex, errorCode, errorMessage: nameError };
            }
            const partition = replicas.leading(name, partitionIndex);
            const { activeProducers } = partition.log;
            return { partitionIndex, activeProducers: activeProducers.map(producerState) };
          } catch (error) {
            const errorCode = errorCodeOf(error, log);
            // A partition that a known topic hasn't or that is offline is told without words, as Kafka does.
            const isBare =
              errorCode === Errors.KAFKA_STORAGE_ERROR ||
              (errorCode === Errors.UNKNOWN_TOPIC_OR_PARTITION &&
                metadata.topic(name) !== undefined);
            const errorMessage = isBare ? null : errorInfo(errorCode).message;
            return { partitionIndex, errorCode, errorMessage };
          }
        }),
      })),
    };
  },
  failed: (request, errorCode) => ({
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode })),
    })),
  }),
});

function producerState(producer: ProducerStateEntry) {
  return {
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    lastSequence: producer.lastSequence,
    lastTimestamp: producer.lastTimestamp,
    coordinatorEpoch: producer.coordinatorEpoch,
    currentTxnStartOffset: producer.currentTransactionFirstOffset,
  };
}
