// A transactional producer request by request, against a whole broker: nothing is retried, nothing remembered but the epoch.

import { ADD_PARTITIONS_TO_TXN } from '../../../src/protocol/generated/apis/add-partitions-to-txn.ts';
import { END_TXN } from '../../../src/protocol/generated/apis/end-txn.ts';
import type { EndTxnResponse } from '../../../src/protocol/generated/apis/end-txn-response.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INIT_PRODUCER_ID } from '../../../src/protocol/generated/apis/init-producer-id.ts';
import type { InitProducerIdResponse } from '../../../src/protocol/generated/apis/init-producer-id-response.ts';
import { PRODUCE } from '../../../src/protocol/generated/apis/produce.ts';
import type { PartitionProduceResponse } from '../../../src/protocol/generated/apis/produce-response.ts';
import { TXN_OFFSET_COMMIT } from '../../../src/protocol/generated/apis/txn-offset-commit.ts';
import type { RawClient } from './raw-client.ts';
import { batch } from './running-broker.ts';

export class Transactional {
  /** Another one after a restart of the broker. */
  client: RawClient;
  readonly transactionalId: string;
  producerId = -1;
  producerEpoch = -1;
  timeoutMs = 60_000;
  /** Next sequence by topic and partition. */
  readonly #sequences = new Map<string, number>();

  constructor(client: RawClient, transactionalId: string) {
    this.client = client;
    this.transactionalId = transactionalId;
  }

  static async start(client: RawClient, transactionalId: string): Promise<Transactional> {
    const producer = new Transactional(client, transactionalId);
    for (const { errorCode } of [await producer.findCoordinator(), await producer.init()]) {
      if (errorCode !== 0) throw new Error(`no producer id: ${errorCode}`);
    }
    return producer;
  }

  /** Which makes __transaction_state. */
  async findCoordinator(): Promise<{ errorCode: number }> {
    const request = { keyType: 1, coordinatorKeys: [this.transactionalId] };
    const { coordinators } = await this.client.send(FIND_COORDINATOR, 6, request);
    return coordinators[0]!;
  }

  async init(
    expected: { producerId: number; producerEpoch: number } = { producerId: -1, producerEpoch: -1 },
  ): Promise<InitProducerIdResponse> {
    const { transactionalId, timeoutMs: transactionTimeoutMs } = this;
    const request = { transactionalId, transactionTimeoutMs, ...expected };
    const response = await this.client.send(INIT_PRODUCER_ID, 5, request);
    if (response.errorCode === 0) this.#goOn(response);
    return response;
  }

  #goOn({ producerId, producerEpoch }: { producerId: number; producerEpoch: number }): void {
    if (this.producerId !== producerId || this.producerEpoch !== producerEpoch) {
      this.#sequences.clear();
    }
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
  }

  /** One record per value, in one batch. */
  async produce(
    topic: string,
    values: readonly string[],
    options: { partition?: number; version?: number; sequence?: number } = {},
  ): Promise<PartitionProduceResponse> {
    const { partition = 0, version = 12 } = options;
    const key = `${topic}-${partition}`;
    const baseSequence = options.sequence ?? this.#sequences.get(key) ?? 0;
    const { producerId, producerEpoch, transactionalId } = this;
    const identity = { producerId, producerEpoch, baseSequence, transactional: true };
    const request = {
      transactionalId,
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        { name: topic, partitionData: [{ index: partition, records: batch(values, identity) }] },
      ],
    };
    const { responses } = await this.client.send(PRODUCE, version, request);
    const answer = responses[0]!.partitionResponses[0]!;
    if (answer.errorCode === 0) this.#sequences.set(key, baseSequence + values.length);
    return answer;
  }

  /** The error of the first partition. */
  async addPartitions(topic: string, partitions: readonly number[] = [0]): Promise<number> {
    const { resultsByTopicV3AndBelow } = await this.client.send(ADD_PARTITIONS_TO_TXN, 3, {
      v3AndBelowTransactionalId: this.transactionalId,
      v3AndBelowProducerId: this.producerId,
      v3AndBelowProducerEpoch: this.producerEpoch,
      v3AndBelowTopics: [{ name: topic, partitions: [...partitions] }],
    });
    return resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode;
  }

  /** The error of the first partition. */
  async commitOffset(groupId: string, topic: string, offset: number, version = 5): Promise<number> {
    const { transactionalId, producerId, producerEpoch } = this;
    const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }];
    const { topics } = await this.client.send(TXN_OFFSET_COMMIT, version, {
      transactionalId,
      groupId,
      producerId,
      producerEpoch,
      topics: [{ name: topic, partitions }],
    });
    return topics[0]!.partitions[0]!.errorCode;
  }

  async end(committed: boolean, version = 5): Promise<EndTxnResponse> {
    const { transactionalId, producerId, producerEpoch } = this;
    const request = { transactionalId, producerId, producerEpoch, committed };
    const response = await this.client.send(END_TXN, version, request);
    if (response.errorCode === 0 && version >= 5) this.#goOn(response);
    return response;
  }
}
