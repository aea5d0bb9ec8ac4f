// The common course of operations on partitions that their leaders answer (PartitionLeaderStrategy, AdminApiDriver):
// look the leaders up, ask each once for all its partitions, and again whatever had a retriable error.

import { Errors, errorInfo } from '../../protocol/errors.ts';
import { METADATA } from '../../protocol/generated/apis/metadata.ts';
import type { MetadataResponse } from '../../protocol/generated/apis/metadata-response.ts';
import { clusterView } from '../cluster-view.ts';
import { type ClientError, DisconnectError, errorOf, TimeoutError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import { type Outcome, partitionKey, type TopicPartition } from '../types.ts';
import type { Call } from './call.ts';
import { clientError, failed } from './outcomes.ts';

const LOOKUP_LOGGER = 'org.apache.kafka.clients.admin.internals.PartitionLeaderStrategy';
const TOPIC_ERRORS: ReadonlyMap<number, string> = new Map([
  [Errors.TOPIC_AUTHORIZATION_FAILED, 'authorization failure'],
  [Errors.INVALID_TOPIC_EXCEPTION, 'invalid topic error'],
]);

/** What a leader's answer means for one partition. */
export type ItemAnswer<T> = { readonly value: T } | { readonly error: ClientError };

export interface LeaderOperation<P extends TopicPartition, T> {
  /** Java's name: listOffsets. */
  readonly name: string;
  /** As in Java's call names: LIST_OFFSETS. */
  readonly apiName: string;
  readonly partitions: readonly P[];
  readonly timeoutMs: number | undefined;
  /** A topic that the cluster doesn't know fails at once; absent: it is waited for. */
  readonly refusesUnknownTopics?: boolean;
  /** Asks one broker. A partition that is missing in the map is asked for again. */
  readonly ask: (
    call: Call,
    leaderId: number,
    partitions: readonly P[],
  ) => Promise<Map<string, ItemAnswer<T>>>;
}

/** Never rejects: one outcome per partition, in the order asked. */
export async function throughLeaders<P extends TopicPartition, T>(
  client: KafkaClient,
  operation: LeaderOperation<P, T>,
): Promise<{ topic: string; partition: number; outcome: Outcome<T> }[]> {
  const outcomes = new Map<string, Outcome<T>>();
  const timeout = operation.timeoutMs === undefined ? {} : { timeoutMs: operation.timeoutMs };
  const lookup = client.startCall(`${operation.name}(api=METADATA)`, timeout);
  const fulfil = client.startCall(`${operation.name}(api=${operation.apiName})`, timeout);
  let pending = [...operation.partitions];
  try {
    while (pending.length > 0) {
      const retry = await oneRound(client, operation, lookup, fulfil, pending, outcomes);
      pending = pending.filter((item) => !outcomes.has(partitionKey(item.topic, item.partition)));
      if (pending.length > 0)
        await lookup.backOff(retry ?? errorOf(Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }
  } catch (error) {
    for (const { topic, partition } of pending) {
      const key = partitionKey(topic, partition);
      if (!outcomes.has(key)) outcomes.set(key, failed(clientError(error)));
    }
  }
  return operation.partitions.map(({ topic, partition }) => {
    return { topic, partition, outcome: outcomes.get(partitionKey(topic, partition))! };
  });
}

/** Fills outcomes; returns a reason for another round. */
async function oneRound<P extends TopicPartition, T>(
  client: KafkaClient,
  operation: LeaderOperation<P, T>,
  lookup: Call,
  fulfil: Call,
  pending: readonly P[],
  outcomes: Map<string, Outcome<T>>,
): Promise<ClientError | undefined> {
  const found = await lookUpLeaders(client, operation, lookup, pending, outcomes);
  let retry = found.retry;
  const asking = [...found.byLeader].map(async ([leaderId, partitions]) => {
    const answers = await askLeader(operation, fulfil, leaderId, partitions);
    for (const { topic, partition } of partitions) {
      const key = partitionKey(topic, partition);
      const answer = answers.get(key);
      if (answer === undefined) continue;
      if (!('error' in answer)) outcomes.set(key, answer);
      else if (answer.error.retriable && !(answer.error instanceof TimeoutError)) {
        retry = answer.error;
      } else outcomes.set(key, failed(answer.error));
    }
  });
  await Promise.all(asking);
  return retry;
}

/** A broker that can't be asked fails its own partitions only; a lost connection asks for another round. */
async function askLeader<P extends TopicPartition, T>(
  operation: LeaderOperation<P, T>,
  call: Call,
  leaderId: number,
  partitions: readonly P[],
): Promise<Map<string, ItemAnswer<T>>> {
  try {
    return await operation.ask(call, leaderId, partitions);
  } catch (error) {
    const answers = new Map<string, ItemAnswer<T>>();
    if (error instanceof DisconnectError) return answers;
    const failure = clientError(error);
    for (const { topic, partition } of partitions) {
      answers.set(partitionKey(topic, partition), { error: failure });
    }
    return answers;
  }
}

async function lookUpLeaders<P extends TopicPartition, T>(
  client: KafkaClient,
  { refusesUnknownTopics = false }: LeaderOperation<P, T>,
  call: Call,
  pending: readonly P[],
  outcomes: Map<string, Outcome<T>>,
): Promise<{ byLeader: Map<number, P[]>; retry: ClientError | undefined }> {
  const names = [...new Set(pending.map((item) => item.topic))];
  const response = await client.request(call, METADATA, (version) => ({
    topics: names.map((name) => ({ name })),
    ...(version >= 4 ? { allowAutoTopicCreation: false } : {}),
  }));
  client.learn(clusterView(response));
  const leaders = leadersOf(response);
  tellTopicErrors(client, response, refusesUnknownTopics);
  const byLeader = new Map<number, P[]>();
  let retry: ClientError | undefined;
  for (const item of pending) {
    const key = partitionKey(item.topic, item.partition);
    const found = leaders.get(key) ??
      leaders.get(item.topic) ?? { code: Errors.UNKNOWN_TOPIC_OR_PARTITION };
    if ('leaderId' in found) {
      const list = byLeader.get(found.leaderId);
      if (list === undefined) byLeader.set(found.leaderId, [item]);
      else list.push(item);
    } else if (refusesUnknownTopics && isUnknownTopic(leaders.get(item.topic))) {
      outcomes.set(key, failed(lookUpError(item, found.code)));
    } else if (isPassing(found.code)) {
      retry = errorOf(found.code);
    } else {
      outcomes.set(key, failed(lookUpError(item, found.code)));
    }
  }
  return { byLeader, retry };
}

/** PartitionLeaderStrategy.handleTopicError: what no other round would mend is logged, once for a topic. */
function tellTopicErrors(
  client: KafkaClient,
  { topics }: MetadataResponse,
  refusesUnknownTopics: boolean,
): void {
  for (const { name, errorCode } of topics) {
    const isUnknown = errorCode === Errors.UNKNOWN_TOPIC_OR_PARTITION;
    if (errorCode === 0 || (isPassing(errorCode) && !(isUnknown && refusesUnknownTopics))) continue;
    const what = TOPIC_ERRORS.get(errorCode) ?? 'unexpected error';
    const text = isUnknown
      ? `Received unknown topic error for topic ${name}`
      : `Received ${what} for topic ${name} in \`Metadata\` response`;
    client.tell('ERROR', text, LOOKUP_LOGGER, errorOf(errorCode));
  }
}

/** An answer with an error; logged as the handlers of Kafka's client do when asking again wouldn't help. */
export function refused(
  client: KafkaClient,
  request: 'DeleteRecords' | 'ListOffsets',
  partition: string,
  code: number,
): { readonly error: ClientError } {
  const error = errorOf(code);
  if (!error.retriable) {
    client.tell(
      'ERROR',
      `${request} request for topic partition ${partition} failed due to an unexpected error ${errorInfo(code).name}`,
      `org.apache.kafka.clients.admin.internals.${request}Handler`,
    );
  }
  return { error };
}

/** A topic's own error, as against one of its partitions'. */
function isUnknownTopic(found: { leaderId: number } | { code: number } | undefined): boolean {
  return found !== undefined && 'code' in found && found.code === Errors.UNKNOWN_TOPIC_OR_PARTITION;
}

/** PartitionLeaderStrategy.handleTopicError: the reason with Kafka's words. */
function lookUpError({ topic, partition }: TopicPartition, code: number): ClientError {
  const failure = `Failed to fetch metadata for partition ${partitionKey(topic, partition)}`;
  if (code === Errors.UNKNOWN_TOPIC_OR_PARTITION) {
    return errorOf(code, `${failure} because metadata for topic \`${topic}\` could not be found`);
  }
  const what = `${failure} due to`;
  if (code === Errors.INVALID_TOPIC_EXCEPTION)
    return errorOf(code, `${what} invalid topic \`${topic}\``);
  if (code === Errors.TOPIC_AUTHORIZATION_FAILED) {
    return errorOf(code, `${what} topic authorization failure`);
  }
  return errorOf(code, `${what} unexpected error for topic \`${topic}\``);
}

/** By partition key its leader or error; by topic name the topic's error. */
function leadersOf(
  response: MetadataResponse,
): Map<string, { leaderId: number } | { code: number }> {
  const leaders = new Map<string, { leaderId: number } | { code: number }>();
  for (const topic of response.topics) {
    const name = topic.name ?? '';
    if (topic.errorCode !== 0) leaders.set(name, { code: topic.errorCode });
    for (const { partitionIndex, leaderId, errorCode } of topic.partitions) {
      const code = errorCode !== 0 ? errorCode : Errors.LEADER_NOT_AVAILABLE;
      const found = errorCode !== 0 || leaderId < 0 ? { code } : { leaderId };
      leaders.set(partitionKey(name, partitionIndex), found);
    }
  }
  return leaders;
}

/** Errors that PartitionLeaderStrategy waits out. */
function isPassing(code: number): boolean {
  return (
    code === Errors.UNKNOWN_TOPIC_OR_PARTITION ||
    code === Errors.LEADER_NOT_AVAILABLE ||
    code === Errors.BROKER_NOT_AVAILABLE
  );
}

/** Groups partitions by topic, in order of first appearance. */
export function byTopic<P extends TopicPartition>(partitions: readonly P[]): Map<string, P[]> {
  const topics = new Map<string, P[]>();
  for (const item of partitions) {
    const list = topics.get(item.topic);
    if (list === undefined) topics.set(item.topic, [item]);
    else list.push(item);
  }
  return topics;
}
