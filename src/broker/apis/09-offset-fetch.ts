// OffsetFetch v1-10
//
// Behavior: what the groups have committed for the partitions asked for; null topics mean all. A partition without a
// commit is -1 without an error. v10 names topics by id: an id that isn't known is an error of each of its partitions,
// and of all offsets those of topics that are gone are left out.
//
// Version notes:
// v2 all topics and a group error; v5 leader epoch; v6 flexible; v7 require stable (KIP-447); v8 several groups (KIP-709);
// v9 member epochs (KIP-848); v10 topic ids.

import { ZERO_UUID } from '../../common/uuid.ts';
import {
  fetchResponseOf,
  groupFetchError,
  groupsOfFetch,
} from '../../coordinator/group/offsets/offset-fetch-shapes.ts';
import { Errors } from '../../protocol/errors.ts';
import { OFFSET_FETCH } from '../../protocol/generated/apis/offset-fetch.ts';
import type {
  OffsetFetchRequestGroup,
  OffsetFetchRequestTopics,
} from '../../protocol/generated/apis/offset-fetch-request.ts';
import type {
  OffsetFetchResponseGroup,
  OffsetFetchResponseTopics,
} from '../../protocol/generated/apis/offset-fetch-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';

const TOPIC_ID_VERSION = 10;

export const offsetFetch = handler(OFFSET_FETCH, {
  minVersion: 1,
  maxVersion: 10,
  async handle(request, context) {
    const { apiVersion } = context;
    const groups = groupsOfFetch(request, apiVersion).map((group) =>
      apiVersion < TOPIC_ID_VERSION
        ? fetchGroup(group, request.requireStable, context)
        : fetchById(group, request.requireStable, context),
    );
    return fetchResponseOf(await Promise.all(groups), apiVersion);
  },
});

async function fetchGroup(
  group: OffsetFetchRequestGroup,
  requireStable: boolean,
  context: RequestContext,
): Promise<Draft<OffsetFetchResponseGroup>> {
  const { groups } = context.services;
  return groups.fetchOffsets(groupContext(context), group, requireStable);
}

async function fetchById(
  group: OffsetFetchRequestGroup,
  requireStable: boolean,
  context: RequestContext,
): Promise<Draft<OffsetFetchResponseGroup>> {
  const { metadata } = context.services;
  if (group.topics === null) {
    const all = await fetchGroup(group, requireStable, context);
    const topics = (all.topics ?? []).flatMap((topic) => {
      const image = metadata.topic(topic.name!);
      return image === undefined ? [] : [{ ...topic, topicId: image.id }];
    });
    return { ...all, topics };
  }
  const known: OffsetFetchRequestTopics[] = [];
  const unknown: Draft<OffsetFetchResponseTopics>[] = [];
  for (const topic of group.topics) {
    const name = metadata.topicById(topic.topicId)?.name;
    if (name === undefined || topic.topicId === ZERO_UUID) unknown.push(unknownTopic(topic));
    else known.push({ ...topic, name });
  }
  const found = await fetchGroup({ ...group, topics: known }, requireStable, context);
  if (found.errorCode !== undefined && found.errorCode !== Errors.NONE) return found;
  return { ...found, topics: [...found.topics!, ...unknown] };
}

function unknownTopic(topic: {
  topicId: string;
  partitionIndexes: readonly number[];
}): Draft<OffsetFetchResponseTopics> {
  const request = { groupId: '', memberId: null, memberEpoch: -1 };
  const topics = [{ name: '', ...topic, partitionIndexes: [...topic.partitionIndexes] }];
  const failed = groupFetchError({ ...request, topics }, Errors.UNKNOWN_TOPIC_ID, 1);
  return { topicId: topic.topicId, partitions: failed.topics![0]!.partitions };
}
