// Admin.describeProducers: who writes to a partition with sequence numbers, as its leader or one of its replicas knows it
// (KIP-664).

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_PRODUCERS } from '../../protocol/generated/apis/describe-producers.ts';
import type { PartitionResponse } from '../../protocol/generated/apis/describe-producers-response.ts';
import { ClientError, errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import {
  type OperationOptions,
  type Outcome,
  type ProducerState,
  partitionKey,
  type TopicPartition,
} from '../types.ts';
import type { Call } from './call.ts';
import { byTopic, type ItemAnswer, throughLeaders } from './leader-items.ts';
import { clientError, failed } from './outcomes.ts';

export interface DescribeProducersOptions extends OperationOptions {
  /** Asks this replica instead of the leader. */
  readonly brokerId?: number;
}

export type DescribedProducers = TopicPartition & { readonly outcome: Outcome<ProducerState[]> };

/** Never rejects; one result per partition in the order asked. */
export async function describeProducers(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  options: DescribeProducersOptions = {},
): Promise<DescribedProducers[]> {
  const { brokerId, timeoutMs } = options;
  if (brokerId !== undefined) return ofReplica(client, brokerId, partitions, options);
  return throughLeaders<TopicPartition, ProducerState[]>(client, {
    name: 'describeProducers',
    apiName: 'DESCRIBE_PRODUCERS',
    partitions,
    timeoutMs,
    ask: (call, leaderId, asked) => ask(client, call, leaderId, asked, undefined),
  });
}

/** A broker that isn't there, or has no such partition, is waited for until the time-out. */
async function ofReplica(
  client: KafkaClient,
  brokerId: number,
  partitions: readonly TopicPartition[],
  options: OperationOptions,
): Promise<DescribedProducers[]> {
  const call = client.startCall('describeProducers(api=DESCRIBE_PRODUCERS)', options);
  const outcomes = new Map<string, Outcome<ProducerState[]>>();
  let pending = [...partitions];
  let failure: ClientError | undefined;
  while (pending.length > 0 && failure === undefined) {
    try {
      for (const [key, answer] of await ask(client, call, brokerId, pending, brokerId)) {
        outcomes.set(key, 'error' in answer ? failed(answer.error) : answer);
      }
      pending = pending.filter((item) => !outcomes.has(partitionKey(item.topic, item.partition)));
      if (pending.length > 0) await call.backOff(errorOf(Errors.UNKNOWN_TOPIC_OR_PARTITION));
    } catch (error) {
      failure = clientError(error);
    }
  }
  return partitions.map(({ topic, partition }) => {
    const outcome = outcomes.get(partitionKey(topic, partition)) ?? failed(failure!);
    return { topic, partition, outcome };
  });
}

async function ask(
  client: KafkaClient,
  call: Call,
  target: number,
  partitions: readonly TopicPartition[],
  givenBroker: number | undefined,
): Promise<Map<string, ItemAnswer<ProducerState[]>>> {
  const topics = [...byTopic(partitions)].map(([name, list]) => ({
    name,
    partitionIndexes: list.map(({ partition }) => partition),
  }));
  const response = await client.request(call, DESCRIBE_PRODUCERS, { topics }, { target });
  const answers = new Map<string, ItemAnswer<ProducerState[]>>();
  for (const { name, partitions: found } of response.topics) {
    for (const partition of found) {
      const answer = answerOf(name, partition, givenBroker);
      if (answer !== undefined) answers.set(partitionKey(name, partition.partitionIndex), answer);
    }
  }
  return answers;
}

/** DescribeProducersHandler.handlePartitionError; undefined asks again. */
function answerOf(
  topic: string,
  partition: PartitionResponse,
  givenBroker: number | undefined,
): ItemAnswer<ProducerState[]> | undefined {
  const { errorCode, errorMessage, partitionIndex } = partition;
  if (errorCode === 0) return { value: statesOf(partition) };
  const key = partitionKey(topic, partitionIndex);
  const failure = `Failed to describe active producers for partition ${key}`;
  switch (errorCode) {
    case Errors.NOT_LEADER_OR_FOLLOWER:
      if (givenBroker === undefined) return undefined;
      return { error: fatal(errorCode, `${failure} on brokerId ${givenBroker}`) };
    case Errors.UNKNOWN_TOPIC_OR_PARTITION:
      return undefined;
    case Errors.INVALID_TOPIC_EXCEPTION: {
      const reason = errorMessage ?? errorOf(errorCode).message;
      const what = `Failed to fetch metadata for partition ${key} due to invalid topic error: `;
      return { error: errorOf(errorCode, what + reason) };
    }
    case Errors.TOPIC_AUTHORIZATION_FAILED:
      return {
        error: errorOf(errorCode, `${failure} due to authorization failure on topic \`${topic}\``),
      };
    default:
      return { error: fatal(errorCode, `${failure} due to unexpected error`) };
  }
}

/** Whatever the code says, it isn't tried again. */
function fatal(code: number, message: string): ClientError {
  const { exception, refreshMetadata } = errorOf(code);
  return new ClientError(exception, message, { code, refreshMetadata });
}

function statesOf({ activeProducers }: PartitionResponse): ProducerState[] {
  return activeProducers.map((producer) => ({
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    coordinatorEpoch: producer.coordinatorEpoch < 0 ? undefined : producer.coordinatorEpoch,
    lastSequence: producer.lastSequence,
    lastTimestamp: producer.lastTimestamp,
    transactionStartOffset:
      producer.currentTxnStartOffset < 0 ? undefined : producer.currentTxnStartOffset,
  }));
}
