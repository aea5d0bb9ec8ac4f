// DeleteTopics by name or by id (ControllerApis.deleteTopics): every topic named once, unknown ones told apart by how
// they were named. It never checks who asks.
import { ZERO_UUID } from '../../common/uuid.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { DeleteTopicsRequest } from '../../protocol/generated/apis/delete-topics-request.ts';
import type { DeletableTopicResult } from '../../protocol/generated/apis/delete-topics-response.ts';
import { type ControlResult, checkDeadline, controlResult } from './control-result.ts';
import type { ControllerState } from './controller-state.ts';
import { deleteTopics as deleteTopicIds } from './replication-control.ts';

interface Wanted {
  readonly name: string | null;
  readonly topicId: string;
}

export function deleteTopics(
  state: ControllerState,
  request: DeleteTopicsRequest,
  apiVersion: number,
): ControlResult<DeletableTopicResult[]> {
  if (!state.config.boolean('delete.topic.enable')) {
    throw new ApiError(apiVersion < 3 ? Errors.INVALID_REQUEST : Errors.TOPIC_DELETION_DISABLED);
  }
  const wanted: Wanted[] = [
    ...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID })),
    ...request.topics,
  ];
  const { firsts, repeated } = byKey(wanted);
  const checked = firsts.map((topic) => ({ topic, found: resolve(state, topic, repeated) }));
  const ids = checked
    .map(({ found }) => found)
    .filter((found): found is { name: string; topicId: string } => !(found instanceof ApiError))
    .map((found) => found.topicId);
  // Kafka asks its controller about what passed the checks above, and has nothing more to ask without.
  const isAsked = ({ found }: { found: unknown }): boolean =>
    !(found instanceof ApiError) || found.code !== Errors.INVALID_REQUEST;
  if (checked.some(isAsked)) checkDeadline(request.timeoutMs);
  const { records, response: errors } = deleteTopicIds(state.image, ids);
  const results = checked.map(({ topic, found }) => {
    if (found instanceof ApiError) return failed(topic, found);
    const error = errors.get(found.topicId);
    return error === undefined
      ? { ...found, errorCode: Errors.NONE, errorMessage: null }
      : failed(topic, error);
  });
  return controlResult(records, results);
}

const keyOf = (topic: Wanted): string =>
  topic.name === null ? `id ${topic.topicId}` : `name ${topic.name}`;

/** The first of each topic that is named, in the request's order, and the keys that are named again. */
function byKey(wanted: readonly Wanted[]): { firsts: Wanted[]; repeated: Set<string> } {
  const firsts = new Map<string, Wanted>();
  const repeated = new Set<string>();
  for (const topic of wanted) {
    const key = keyOf(topic);
    if (firsts.has(key)) repeated.add(key);
    else firsts.set(key, topic);
  }
  return { firsts: [...firsts.values()], repeated };
}

function resolve(
  state: ControllerState,
  topic: Wanted,
  repeated: ReadonlySet<string>,
): { name: string; topicId: string } | ApiError {
  const { topics } = state.image;
  const isById = topic.topicId !== ZERO_UUID;
  if (topic.name !== null && isById) {
    return new ApiError(
      Errors.INVALID_REQUEST,
      'You may not specify both topic name and topic id.',
    );
  }
  if (topic.name === null && !isById) {
    return new ApiError(Errors.INVALID_REQUEST, 'Neither topic name nor id were specified.');
  }
  if (repeated.has(keyOf(topic))) {
    const what = topic.name === null ? 'Duplicate topic id.' : 'Duplicate topic name.';
    return new ApiError(Errors.INVALID_REQUEST, what);
  }
  const found =
    topic.name === null ? topics.getTopicById(topic.topicId) : topics.getTopic(topic.name);
  if (found === undefined) {
    return new ApiError(isById ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
  }
  return { name: found.name, topicId: found.id };
}

function failed(topic: Wanted, error: ApiError): DeletableTopicResult {
  return {
    name: topic.name,
    topicId: topic.topicId,
    errorCode: error.code,
    errorMessage: error.message,
  };
}
