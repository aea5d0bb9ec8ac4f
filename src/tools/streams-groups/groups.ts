// The streams groups that kafka-streams-groups.sh means, and what is known of them
// (StreamsGroupCommand.StreamsGroupService).

import {
  describeStreamsGroups,
  type StreamsGroupDescription,
} from '../../client/admin/describe-streams-groups.ts';
import { listGroups } from '../../client/admin/list-groups.ts';
import type { GroupListing } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { committedOffsets, type GroupService } from '../support/groups/group-service.ts';
import { get, getWrapped, orThrow } from '../support/java-future.ts';

export async function streamsGroups(
  { client, timeoutMs }: GroupService,
  states: readonly string[] = [],
): Promise<GroupListing[]> {
  const found = await listGroups(client, { timeoutMs, states, types: ['Streams'] });
  const groups = new Map(found.map((group) => [group.groupId, group]));
  return javaHashMapOrder([...groups.keys()]).map((groupId) => groups.get(groupId)!);
}

/** Those of --group, or all. */
export async function chosenStreamsGroups(service: GroupService): Promise<readonly string[]> {
  const { options } = service;
  if (!options.has('all-groups')) return options.values('group');
  return (await getWrapped(streamsGroups(service))).map(({ groupId }) => groupId);
}

export async function describeStreamsGroup(
  { client, timeoutMs }: GroupService,
  groupId: string,
): Promise<StreamsGroupDescription> {
  const described = await describeStreamsGroups(client, [groupId], { timeoutMs });
  return get((async () => orThrow(described.get(groupId)!))());
}

type Committed = Awaited<ReturnType<typeof committedOffsets>>;

/** Of the topics that the application reads: its input, and its own repartition topics unless `isInputOnly`. */
export async function sourceOffsets(
  service: GroupService,
  groupId: string,
  isInputOnly = false,
): Promise<Committed> {
  const { subtopologies } = await getWrapped(describeStreamsGroup(service, groupId));
  const topics = new Set(
    subtopologies.flatMap(({ sourceTopics, repartitionSourceTopics }) =>
      isInputOnly ? sourceTopics : [...sourceTopics, ...repartitionSourceTopics],
    ),
  );
  const committed = await committedOffsets(service, groupId);
  return new Map([...committed].filter(([, { topic }]) => topics.has(topic)));
}
