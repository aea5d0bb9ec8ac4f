// kafka-consumer-groups.sh --describe: what groups have read, who their members are, what state they are in.

import { describeConsumerGroups } from '../../client/admin/describe-consumer-groups.ts';
import { describeTopics } from '../../client/admin/describe-topics.ts';
import { listOffsets } from '../../client/admin/list-offsets.ts';
import {
  type ConsumerGroupDescription,
  OffsetSpec,
  partitionKey,
  type TopicPartition,
} from '../../client/types.ts';
import { checkInvalid } from '../../flags/usage.ts';
import {
  committedOffsets,
  type GroupService,
  printError,
} from '../support/groups/group-service.ts';
import { hashOrder } from '../support/hash-order.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, getWrapped, orThrow } from '../support/java-future.ts';
import { chosenGroups } from './group-service.ts';
import { presentMembers } from './members-report.ts';
import { type OffsetRow, presentOffsets } from './offsets-report.ts';
import { presentStates } from './states-report.ts';
import { type Snapshot, watchLag } from './watch.ts';

const REBALANCING = ['PreparingRebalance', 'CompletingRebalance', 'Assigning', 'Reconciling'];

type Consumer = Pick<OffsetRow, 'consumerId' | 'host' | 'clientId'>;
const NO_CONSUMER: Consumer = { consumerId: undefined, host: undefined, clientId: undefined };

export async function describeGroups(service: GroupService): Promise<number> {
  const { options } = service;
  if (isWatching(service)) return watchLag(service, () => snapshots(service));
  const groups = await findGroups(service, await chosenGroups(service));
  if (options.has('members')) return presentMembers(service, groups, tellState);
  if (options.has('state')) return presentStates(service, groups, tellState);
  const rows = new Map<string, OffsetRow[]>();
  for (const group of groups) rows.set(group.groupId, await offsetRows(service, group));
  return presentOffsets(service, groups, rows, tellState);
}

function isWatching({ context, options }: GroupService): boolean {
  if (context.manner === 'exact' || !options.has('watch')) return false;
  checkInvalid(options, 'watch', ['members', 'state']);
  return true;
}

async function snapshots(service: GroupService): Promise<Snapshot[]> {
  const groups = await findGroups(service, await chosenGroups(service));
  const found: Snapshot[] = [];
  for (const group of groups) found.push({ group, rows: await offsetRows(service, group) });
  return found;
}

/** Sorted by name; the first failure is everybody's. */
async function findGroups(
  { client, timeoutMs }: GroupService,
  groupIds: readonly string[],
): Promise<ConsumerGroupDescription[]> {
  const found: ConsumerGroupDescription[] = [];
  for (const { value, error } of (
    await describeConsumerGroups(client, groupIds, { timeoutMs })
  ).values()) {
    if (error !== undefined) throw executionError(error);
    found.push(value);
  }
  return found.sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
}

/** shouldPrintMemberState: what is worth telling of a group; whether there is more to show. */
function tellState(
  { context }: GroupService,
  { groupId, state }: ConsumerGroupDescription,
  rowCount: number,
): boolean {
  const gap = context.manner === 'exact' ? '\n' : '';
  if (state === 'Dead') printError(context, `Consumer group '${groupId}' does not exist.`);
  else if (state === 'Empty') {
    context.err(`${gap}Consumer group '${groupId}' has no active members.`);
  } else if (REBALANCING.includes(state)) {
    context.err(`${gap}Warning: Consumer group '${groupId}' is rebalancing.`);
  } else if (state !== 'Stable') {
    throw new ToolError(
      `Expected a valid consumer group state, but found '${state}'.`,
      'org.apache.kafka.common.KafkaException',
    );
  }
  return state !== 'Dead' && rowCount > 0;
}

/** Members with most partitions first, then what nobody reads. */
async function offsetRows(
  service: GroupService,
  group: ConsumerGroupDescription,
): Promise<OffsetRow[]> {
  const committed = await committedOffsets(service, group.groupId);
  const readers = group.members
    .filter(({ assignment }) => assignment.length > 0)
    .sort((a, b) => b.assignment.length - a.assignment.length);
  const assigned = new Set(
    readers.flatMap(({ assignment }) =>
      assignment.map((each) => partitionKey(each.topic, each.partition)),
    ),
  );
  const rows: OffsetRow[] = [];
  for (const { assignment, memberId, clientHost, clientId } of readers) {
    const consumer = { consumerId: memberId, host: clientHost, clientId };
    rows.push(...(await rowsOf(service, committed, assignment, consumer)));
  }
  const others = [...committed].filter(([key]) => !assigned.has(key)).map(([, each]) => each);
  if (others.length > 0) rows.push(...(await rowsOf(service, committed, others, NO_CONSUMER)));
  return rows;
}

async function rowsOf(
  { client, timeoutMs }: GroupService,
  committed: Awaited<ReturnType<typeof committedOffsets>>,
  partitions: readonly TopicPartition[],
  consumer: Consumer,
): Promise<OffsetRow[]> {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const led = new Set<string>();
  for (const [topic, outcome] of await describeTopics(client, topics, { timeoutMs })) {
    const { partitions: list } = await getWrapped((async () => orThrow(outcome))());
    for (const { partition, leader } of list) {
      if (leader !== undefined) led.add(partitionKey(topic, partition));
    }
  }
  const asked = hashOrder(partitions)
    .filter(({ topic, partition }) => led.has(partitionKey(topic, partition)))
    .map(({ topic, partition }) => ({ topic, partition, timestamp: OffsetSpec.LATEST }));
  const ends = new Map<string, number>();
  for (const { topic, partition, outcome } of await listOffsets(client, asked, { timeoutMs })) {
    const { offset } = await getWrapped((async () => orThrow(outcome))());
    ends.set(partitionKey(topic, partition), offset);
  }
  return [...partitions]
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
    .map(({ topic, partition }) => {
      const key = partitionKey(topic, partition);
      const { offset, leaderEpoch } = committed.get(key) ?? {};
      const end = ends.get(key);
      const lag = offset === undefined || end === undefined ? undefined : end - offset;
      return { topic, partition, leaderEpoch, offset, end, lag, ...consumer };
    });
}
