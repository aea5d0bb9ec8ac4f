// kafka-streams-groups.sh --reset-offsets: a plan for every group without members, printed, exported and, with --execute
// or a yes, committed; then internal topics go, if that was asked for.

import { describeStreamsGroups } from '../../client/admin/describe-streams-groups.ts';
import type { TopicPartition } from '../../client/types.ts';
import { partitionKey } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { usage } from '../../flags/usage.ts';
import { Errors } from '../../protocol/errors.ts';
import { pad } from '../support/columns.ts';
import { stopFirst } from '../support/groups/busy-group.ts';
import { readPlan } from '../support/groups/csv-plan.ts';
import {
  committedOffsets,
  type GroupService,
  printError,
} from '../support/groups/group-service.ts';
import {
  checkPartitions,
  namedPartitions,
  type PlannedOffset,
  planOffsets,
} from '../support/groups/offset-plan.ts';
import {
  commitOffsets,
  csvLines,
  type Plans,
  resetWithConsent,
} from '../support/groups/reset-report.ts';
import { chosenGroups } from '../support/groups/typed-groups.ts';
import { hashOrder } from '../support/hash-order.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, runtimeError } from '../support/java-future.ts';
import { sourceOffsets } from './groups.ts';
import { deleteTopicsOfReset } from './internal-topics.ts';

export async function resetStreamsOffsets(service: GroupService): Promise<number> {
  const { client, options, timeoutMs, context } = service;
  const groups = await chosenGroups(service, 'Streams');
  const described = await describeStreamsGroups(client, groups, { timeoutMs });
  const plans = new Map<string, readonly PlannedOffset[]>();
  for (const groupId of javaHashMapOrder([...described.keys()])) {
    const { value, error } = described.get(groupId)!;
    if (error !== undefined && error.code !== Errors.GROUP_ID_NOT_FOUND) {
      throw runtimeError(executionError(error));
    }
    if (value !== undefined && value.state !== 'Empty' && value.state !== 'Dead') {
      refuseActive(service, groupId, value.state, value.members);
      plans.set(groupId, []);
      continue;
    }
    plans.set(groupId, await planGroup(service, groupId));
    const isNow = options.has('execute') && context.manner === 'exact';
    if (isNow) await execute(service, groupId, plans.get(groupId)!);
  }
  const lines = () =>
    options.has('export') ? [...csvLines(service, plans), ''] : planLines(plans);
  if (context.manner === 'exact') {
    await context.out.present({ kafka: lines, data: () => [] });
    return 0;
  }
  return resetWithConsent(service, {
    plans,
    kafkaLines: lines,
    noun: 'offset',
    committed: (groupId) => committedOffsets(service, groupId),
    act: async () => {
      for (const [groupId, offsets] of plans) await execute(service, groupId, offsets);
    },
  });
}

function refuseActive(
  { context }: GroupService,
  groupId: string,
  state: string,
  members: readonly { readonly clientId: string; readonly clientHost: string }[],
): void {
  const message = `Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.`;
  if (context.manner === 'exact') {
    printError(context, message);
    return;
  }
  throw new ToolError(message + stopFirst(members));
}

async function execute(
  service: GroupService,
  groupId: string,
  offsets: readonly PlannedOffset[],
): Promise<void> {
  await commitOffsets(service, groupId, offsets);
  await deleteTopicsOfReset(service, groupId);
}

async function planGroup(service: GroupService, groupId: string): Promise<PlannedOffset[]> {
  const { options, context } = service;
  const partitions = await partitionsToReset(service, groupId);
  const [file] = options.values('from-file');
  const filePlan =
    file === undefined ? undefined : readPlan(context, file, options.values('group'));
  if (filePlan !== undefined && !filePlan.has(groupId)) {
    printError(context, `No reset plan for group ${groupId} found`);
  }
  return planOffsets(service, groupId, partitions, filePlan, () => sourceOffsets(service, groupId));
}

async function partitionsToReset(
  service: GroupService,
  groupId: string,
): Promise<TopicPartition[]> {
  const { options } = service;
  if (options.has('all-input-topics')) {
    return hashOrder([...(await sourceOffsets(service, groupId, true)).values()]);
  }
  if (options.has('input-topic')) {
    const named = await namedPartitions(service, options.values('input-topic'));
    await checkPartitions(service, named);
    return ofGroup(service, groupId, named);
  }
  if (options.has('from-file')) return [];
  throw usage('One of the reset scopes should be defined: --all-topics, --topic.');
}

/** All of them or none: a partition that the group has no offset for is a mistake. */
async function ofGroup(
  service: GroupService,
  groupId: string,
  partitions: TopicPartition[],
): Promise<TopicPartition[]> {
  const committed = await committedOffsets(service, groupId);
  const isKnown = partitions.every((each) =>
    committed.has(partitionKey(each.topic, each.partition)),
  );
  if (isKnown) return partitions;
  printError(service.context, `One or more topics are not part of the group '${groupId}'.`);
  return [];
}

function planLines(plans: Plans): string[] {
  const line = (
    group: string,
    topic: string,
    partition: string | number,
    offset: string | number,
  ) => `${pad(group, 30)} ${pad(topic, 30)} ${pad(partition, 10)} ${pad(offset, 15)}`;
  if (plans.size === 0) return [''];
  return [
    '',
    line('GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'),
    ...[...plans].flatMap(([group, offsets]) =>
      offsets.map(({ topic, partition, offset }) => line(group, topic, partition, offset)),
    ),
  ];
}
