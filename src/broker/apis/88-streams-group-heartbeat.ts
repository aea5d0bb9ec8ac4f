// StreamsGroupHeartbeat v0
//
// Behavior: the one request of the streams protocol (KIP-1071): joins with the application's topology, keeps alive, tells
// which tasks to take up and which to give back, leaves. Internal topics that are missing are created meanwhile.

import { isInternalTopic, topicNameError } from '../../common/topic-name.ts';
import { topicsOfTopology } from '../../coordinator/group/streams/check-streams-heartbeat.ts';
import { StreamsStatus } from '../../coordinator/group/streams/streams-status.ts';
import { Errors } from '../../protocol/errors.ts';
import type { CreatableTopic } from '../../protocol/generated/apis/create-topics-request.ts';
import { STREAMS_GROUP_HEARTBEAT } from '../../protocol/generated/apis/streams-group-heartbeat.ts';
import type { StreamsGroupHeartbeatRequest } from '../../protocol/generated/apis/streams-group-heartbeat-request.ts';
import type {
  Status,
  StreamsGroupHeartbeatResponse,
} from '../../protocol/generated/apis/streams-group-heartbeat-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { isStreamsEnabled } from '../group-features.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';

/** Failures that an answer names. */
const MAX_NAMED_FAILURES = 3;

type Response = Draft<StreamsGroupHeartbeatResponse>;

export const streamsGroupHeartbeat = handler(STREAMS_GROUP_HEARTBEAT, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    if (!isStreamsEnabled(context)) return { errorCode: Errors.UNSUPPORTED_VERSION };
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refusal;
    const { groups } = context.services;
    const result = await groups.streamsGroupHeartbeat(groupContext(context), request);
    const { response, missingTopics } = result;
    if (missingTopics.length > 0) createTopics(response, missingTopics, context);
    return response;
  },
});

function refusalOf({ topology }: StreamsGroupHeartbeatRequest): Response | undefined {
  if (topology === null) return undefined;
  const topics = topicsOfTopology(topology);
  const errorCode = Errors.STREAMS_INVALID_TOPOLOGY;
  const internal = topics.filter(isInternalTopic);
  if (internal.length > 0) {
    const list = internal.join(',');
    const errorMessage = `Use of Kafka internal topics ${list} in a Kafka Streams topology is prohibited.`;
    return { errorCode, errorMessage };
  }
  const illegal = topics.filter((topic) => topicNameError(topic) !== undefined);
  if (illegal.length === 0) return undefined;
  return { errorCode, errorMessage: `Topic names ${illegal.join(',')} are not valid topic names.` };
}

/** The answer goes out meanwhile; what went wrong last time is told with it. */
function createTopics(
  response: Response,
  topics: readonly CreatableTopic[],
  { services }: RequestContext,
): void {
  const { streamsTopics } = services;
  streamsTopics.request(topics, (response.heartbeatIntervalMs ?? 0) * 2);
  const failures = streamsTopics.failures(topics);
  const status = response.status?.find(
    ({ statusCode }) => statusCode === StreamsStatus.MISSING_INTERNAL_TOPICS,
  );
  if (failures.length === 0 || status === undefined) return;
  const named = failures.slice(0, MAX_NAMED_FAILURES).map(([topic, why]) => `${topic} (${why})`);
  const rest = failures.length - named.length;
  const list = named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  (status as Status).statusDetail += `; Creation failed: ${list}.`;
}
