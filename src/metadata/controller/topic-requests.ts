// CreateTopics and CreatePartitions as Kafka's ControllerApis takes them in: a topic that is named twice is refused
// whatever was asked for it, and so is the metadata log; the rest goes on to replication-control.ts.
// It never looks at what is asked for a topic.
import { javaHashMapOrder } from '../../common/java.ts';
import { METADATA_TOPIC } from '../../common/topic-name.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { CreatePartitionsTopic } from '../../protocol/generated/apis/create-partitions-request.ts';
import type { CreatePartitionsTopicResult } from '../../protocol/generated/apis/create-partitions-response.ts';
import type { CreateTopicsRequest } from '../../protocol/generated/apis/create-topics-request.ts';
import type { CreatableTopicResult } from '../../protocol/generated/apis/create-topics-response.ts';
import { type ControlResult, checkDeadline, controlResult } from './control-result.ts';
import type { ControllerState } from './controller-state.ts';
import type { RandomInt } from './replica-placer.ts';
import {
  createPartitions,
  createTopics,
  failedTopic,
  type PlacementChance,
} from './replication-control.ts';

/** Results in the request's order, those refused here last. Throws ApiError REQUEST_TIMED_OUT. */
export function takeCreateTopics(
  state: ControllerState,
  request: CreateTopicsRequest,
  chance: PlacementChance,
  mayDescribe: (topic: string) => boolean,
): ControlResult<CreatableTopicResult[]> {
  const { once, repeated } = partByName(request.topics);
  const topics = once.filter(({ name }) => name !== METADATA_TOPIC);
  const refused = repeated.map((name) => failedTopic(name, duplicate()));
  if (topics.length < once.length) {
    const sentence = `Creation of internal topic ${METADATA_TOPIC} is prohibited.`;
    refused.push(failedTopic(METADATA_TOPIC, new ApiError(Errors.INVALID_REQUEST, sentence)));
  }
  if (topics.length === 0) return controlResult([], refused);
  checkDeadline(request.timeoutMs);
  const { records, response } = createTopics(state, { ...request, topics }, chance, mayDescribe);
  return controlResult(records, [...response, ...refused]);
}

/** Results in Kafka's order: those refused here, then by the names' hashes. Throws ApiError REQUEST_TIMED_OUT. */
export function takeCreatePartitions(
  state: ControllerState,
  topics: readonly CreatePartitionsTopic[],
  timeoutMs: number,
  random: RandomInt,
): ControlResult<CreatePartitionsTopicResult[]> {
  const { once, repeated } = partByName(topics);
  const { code, message } = duplicate();
  const refused = repeated.map((name) => ({ name, errorCode: code, errorMessage: message }));
  if (once.length === 0) return controlResult([], refused);
  checkDeadline(timeoutMs);
  const { records, response } = createPartitions(state, byHash(once), random);
  return controlResult(records, [...refused, ...response]);
}

const duplicate = (): ApiError => new ApiError(Errors.INVALID_REQUEST, 'Duplicate topic name.');

function partByName<T extends { readonly name: string }>(
  topics: readonly T[],
): { once: T[]; repeated: string[] } {
  const counts = new Map<string, number>();
  for (const { name } of topics) counts.set(name, (counts.get(name) ?? 0) + 1);
  const once = topics.filter(({ name }) => counts.get(name) === 1);
  const repeated = [...counts.keys()].filter((name) => counts.get(name) !== 1);
  return { once, repeated: javaHashMapOrder(repeated) };
}

function byHash<T extends { readonly name: string }>(topics: readonly T[]): T[] {
  const byName = new Map(topics.map((topic) => [topic.name, topic]));
  return javaHashMapOrder([...byName.keys()]).map((name) => byName.get(name) as T);
}
