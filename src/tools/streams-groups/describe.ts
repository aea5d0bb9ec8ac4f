// kafka-streams-groups.sh --describe: what an application has read, who its members are, what state it is in.

import type {
  StreamsGroupDescription,
  StreamsSubtopology,
} from '../../client/admin/describe-streams-groups.ts';
import { listOffsets } from '../../client/admin/list-offsets.ts';
import { OffsetSpec, partitionKey, type TopicPartition } from '../../client/types.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { chosenGroups } from '../support/groups/typed-groups.ts';
import { hashOrder } from '../support/hash-order.ts';
import { ToolError } from '../support/java-error.ts';
import { get, orThrow } from '../support/java-future.ts';
import { describeStreamsGroup, sourceOffsets } from './groups.ts';
import { presentMembers, presentOffsets, presentStates, type StreamsOffsetRow } from './reports.ts';

/** Group by group, as Kafka's tool prints what it has before it asks about the next. */
export async function describeStreamsGroupsCommand(service: GroupService): Promise<number> {
  const { options, context } = service;
  const groups: StreamsGroupDescription[] = [];
  const rows = new Map<string, readonly StreamsOffsetRow[]>();
  const isOffsets = !options.has('members') && !options.has('state');
  const isTogether = context.out.format !== 'kafka';
  const present = async (some: readonly StreamsGroupDescription[]) => {
    if (options.has('members')) await presentMembers(service, some);
    else if (isOffsets) await presentOffsets(service, some, rows);
    else await presentStates(service, some);
  };
  for (const groupId of await chosenGroups(service, 'Streams')) {
    const group = await describeStreamsGroup(service, groupId);
    if (isOffsets) rows.set(groupId, await offsetRows(service, group));
    if (options.has('state')) tellState(service, group);
    groups.push(group);
    if (!isTogether) await present([group]);
  }
  if (isTogether) await present(groups);
  return 0;
}

function tellState({ context }: GroupService, { groupId, state }: StreamsGroupDescription): void {
  if (state === 'Dead') printError(context, `Streams group '${groupId}' does not exist.`);
  if (state === 'Empty') printError(context, `Streams group '${groupId}' has no active members.`);
}

async function offsetRows(
  service: GroupService,
  group: StreamsGroupDescription,
): Promise<StreamsOffsetRow[]> {
  const partitions = hashOrder(activePartitions(group));
  const starts = await offsetsOf(service, partitions, OffsetSpec.EARLIEST);
  const ends = await offsetsOf(service, partitions, OffsetSpec.LATEST);
  const committed = await sourceOffsets(service, group.groupId);
  return partitions.map(({ topic, partition }) => {
    const key = partitionKey(topic, partition);
    const found = committed.get(key);
    const end = ends.get(key)!;
    const offset = found?.offset;
    const lag = end - (offset ?? starts.get(key)!);
    return { topic, partition, offset, leaderEpoch: found?.leaderEpoch, end, lag };
  });
}

/** What the members' active tasks read. */
function activePartitions({ members, subtopologies }: StreamsGroupDescription): TopicPartition[] {
  const found = new Map<string, TopicPartition>();
  for (const { assignment } of members) {
    for (const { subtopologyId, partitions } of assignment.activeTasks) {
      for (const topic of topicsOf(subtopologies, subtopologyId)) {
        for (const partition of partitions) {
          found.set(partitionKey(topic, partition), { topic, partition });
        }
      }
    }
  }
  return [...found.values()];
}

function topicsOf(subtopologies: readonly StreamsSubtopology[], id: string): string[] {
  const found = subtopologies.find((each) => each.id === id);
  if (found === undefined) {
    throw new ToolError(`Subtopology ${id} not found in group description!`);
  }
  return [...found.sourceTopics, ...found.repartitionSourceTopics];
}

async function offsetsOf(
  { client, timeoutMs }: GroupService,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<Map<string, number>> {
  const asked = partitions.map((each) => ({ ...each, timestamp }));
  return get(
    (async () => {
      const found = await listOffsets(client, asked, { timeoutMs });
      return new Map(
        found.map(({ topic, partition, outcome }) => [
          partitionKey(topic, partition),
          orThrow(outcome).offset,
        ]),
      );
    })(),
  );
}
