// Admin.abortTransaction: an abort marker into one partition, for a transaction that its coordinator doesn't know any more
// (KIP-664).

import { Errors } from '../../protocol/errors.ts';
import { WRITE_TXN_MARKERS } from '../../protocol/generated/apis/write-txn-markers.ts';
import type { WriteTxnMarkersResponse } from '../../protocol/generated/apis/write-txn-markers-response.ts';
import { ClientError, errorOf, KafkaError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import { type OperationOptions, partitionKey, type TopicPartition } from '../types.ts';
import { type ItemAnswer, throughLeaders } from './leader-items.ts';

/** Which transaction, as describeProducers tells it. */
export interface AbortSpec extends TopicPartition {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
}

/** As Kafka's AbortTransactionSpec.toString. */
export function shownSpec(spec: AbortSpec): string {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = spec;
  return (
    `AbortTransactionSpec(topicPartition=${partitionKey(topic, partition)}, producerId=${producerId}, ` +
    `producerEpoch=${producerEpoch}, coordinatorEpoch=${coordinatorEpoch})`
  );
}

/** Rejects with ClientError. A transaction that isn't open gets a marker all the same. */
export async function abortTransaction(
  client: KafkaClient,
  spec: AbortSpec,
  options: OperationOptions = {},
): Promise<void> {
  const [result] = await throughLeaders<TopicPartition, true>(client, {
    name: 'abortTransaction',
    apiName: 'WRITE_TXN_MARKERS',
    partitions: [spec],
    timeoutMs: options.timeoutMs,
    ask: async (call, leaderId) => {
      const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = spec;
      const topics = [{ name: topic, partitionIndexes: [partition] }];
      const marker = {
        producerId,
        producerEpoch,
        transactionResult: false,
        topics,
        coordinatorEpoch,
      };
      const request = { markers: [marker] };
      const response = await client.request(call, WRITE_TXN_MARKERS, request, { target: leaderId });
      const answer = answerOf(spec, response);
      const key = partitionKey(topic, partition);
      return new Map(answer === undefined ? [] : [[key, answer]]);
    },
  });
  const { error } = result!.outcome;
  if (error !== undefined) throw error;
}

/** AbortTransactionHandler.handleResponse; undefined looks the leader up anew. */
function answerOf(
  spec: AbortSpec,
  { markers }: WriteTxnMarkersResponse,
): ItemAnswer<true> | undefined {
  const found = markers
    .find(({ producerId }) => producerId === spec.producerId)
    ?.topics.find(({ name }) => name === spec.topic)
    ?.partitions.find(({ partitionIndex }) => partitionIndex === spec.partition);
  if (found === undefined) {
    return {
      error: new KafkaError(
        `WriteTxnMarkers response included unexpected marker entries: (expected to find exactly one entry with producerId ${spec.producerId})`,
      ),
    };
  }
  const { errorCode } = found;
  if (errorCode === 0) return { value: true };
  if (LOOK_AGAIN.has(errorCode)) return undefined;
  const { exception } = errorOf(errorCode);
  return { error: new ClientError(exception, told(spec, errorCode), { code: errorCode }) };
}

const LOOK_AGAIN: ReadonlySet<number> = new Set([
  Errors.NOT_LEADER_OR_FOLLOWER,
  Errors.REPLICA_NOT_AVAILABLE,
  Errors.BROKER_NOT_AVAILABLE,
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
]);

function told(spec: AbortSpec, code: number): string {
  const request = `WriteTxnMarkers request with ${shownSpec(spec)} failed`;
  switch (code) {
    case Errors.CLUSTER_AUTHORIZATION_FAILED:
      return `${request} due to cluster authorization error`;
    case Errors.INVALID_PRODUCER_EPOCH:
      return `${request} due an invalid producer epoch`;
    case Errors.TRANSACTION_COORDINATOR_FENCED:
      return `${request} since the provided coordinator epoch ${spec.coordinatorEpoch} has been fenced by the active coordinator`;
    default:
      return `${request} due to unexpected error: ${errorOf(code).message}`;
  }
}
