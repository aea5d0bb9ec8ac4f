// A Produce request of several batches, at most one per partition, and the way from its answer back to the batches.

import { PRODUCE } from '../../protocol/generated/apis/produce.ts';
import type {
  ProduceRequest,
  TopicProduceData,
} from '../../protocol/generated/apis/produce-request.ts';
import type { PartitionProduceResponse } from '../../protocol/generated/apis/produce-response.ts';
import type { Draft } from '../../protocol/message.ts';
import type { ProducerBatch } from './producer-batch.ts';

export { PRODUCE };

/** Up to here what is produced must have been added to the transaction before (KIP-890). */
export const LAST_VERSION_BEFORE_TRANSACTIONS_V2 = 11;
/** From this version on topics are named by id alone (KIP-516). */
export const FIRST_VERSION_WITH_TOPIC_IDS = 13;

export function produceRequest(
  batches: readonly ProducerBatch[],
  transactionalId: string | null,
  acks: number,
  timeoutMs: number,
  version: number,
  topicIdOf: (topic: string) => string,
): Draft<ProduceRequest> {
  const topics = new Map<string, { index: number; records: Buffer }[]>();
  for (const batch of batches) {
    const { topic, partition } = batch.queue;
    const data = { index: partition, records: batch.build() };
    const list = topics.get(topic);
    if (list === undefined) topics.set(topic, [data]);
    else list.push(data);
  }
  const topicData: Draft<TopicProduceData>[] = [];
  for (const [name, partitionData] of topics) {
    if (version >= FIRST_VERSION_WITH_TOPIC_IDS) {
      topicData.push({ topicId: topicIdOf(name), partitionData });
    } else {
      topicData.push({ name, partitionData });
    }
  }
  return { transactionalId, acks, timeoutMs, topicData };
}

/** What a broker's answer tells of a batch's partition when it isn't all well. */
export function answerMessage(answer: PartitionProduceResponse): string | null {
  const [first] = answer.recordErrors;
  return first?.batchIndexErrorMessage ?? answer.errorMessage;
}
