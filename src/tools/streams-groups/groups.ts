// What is known of a streams group, and the offsets that it committed for what it reads
// (StreamsGroupCommand.StreamsGroupService).

import {
  describeStreamsGroups,
  type StreamsGroupDescription,
} from '../../client/admin/describe-streams-groups.ts';
import { committedOffsets, type GroupService } from '../support/groups/group-service.ts';
import { get, orThrow, runtimeError } from '../support/java-future.ts';

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
  const { subtopologies } = await describeStreamsGroup(service, groupId).catch((error) => {
    throw runtimeError(error);
  });
  const topics = new Set(
    subtopologies.flatMap(({ sourceTopics, repartitionSourceTopics }) =>
      isInputOnly ? sourceTopics : [...sourceTopics, ...repartitionSourceTopics],
    ),
  );
  const committed = await committedOffsets(service, groupId);
  return new Map([...committed].filter(([, { topic }]) => topics.has(topic)));
}
