// kafka-share-groups.sh --reset-offsets, --delete-offsets and --delete: of groups without members.

import { deleteGroups } from '../../client/admin/delete-groups.ts';
import { describeShareGroups } from '../../client/admin/describe-share-groups.ts';
import {
  alterShareGroupOffsets,
  deleteShareGroupOffsets,
  listShareGroupOffsets,
} from '../../client/admin/share-group-offsets.ts';
import { ClientError } from '../../client/errors.ts';
import { type Outcome, partitionKey, type TopicPartition } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { Errors } from '../../protocol/errors.ts';
import { pad, widest } from '../support/columns.ts';
import { stopFirst, stopFirstOf } from '../support/groups/busy-group.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { namedPartitions, type PlannedOffset, planOffsets } from '../support/groups/offset-plan.ts';
import { resetPlanLines, resetWithConsent } from '../support/groups/reset-report.ts';
import { groupsOfType } from '../support/groups/typed-groups.ts';
import { hashOrder } from '../support/hash-order.ts';
import { describeError, messageOf, ToolError } from '../support/java-error.ts';
import { getWrapped } from '../support/java-future.ts';

export async function resetShareOffsets(service: GroupService): Promise<number> {
  const { client, options, context, timeoutMs } = service;
  const groupId = options.value('group')!;
  const { value, error } = (await describeShareGroups(client, [groupId], { timeoutMs })).get(
    groupId,
  )!;
  if (error !== undefined && error.code !== Errors.GROUP_ID_NOT_FOUND) {
    return refuse(service, error.message);
  }
  if (value !== undefined && value.state !== 'Empty' && value.state !== 'Dead') {
    const hint = context.manner === 'exact' ? '' : stopFirst(value.members);
    return refuse(service, `Share group '${groupId}' is not empty.${hint}`);
  }
  const partitions = await partitionsToReset(service, groupId);
  const plan = await planOffsets(service, groupId, partitions, undefined);
  const plans = new Map([[groupId, plan]]);
  const act = () => commit(service, groupId, plan);
  if (context.manner === 'exact') {
    if (options.has('execute') && !options.has('dry-run')) await act();
    await context.out.present({ kafka: () => resetPlanLines(plans), data: () => [] });
    return 0;
  }
  return resetWithConsent(service, {
    plans,
    kafkaLines: () => resetPlanLines(plans),
    noun: 'start offset',
    committed: () => startOffsets(service, groupId),
    act,
  });
}

async function startOffsets({ client, timeoutMs }: GroupService, groupId: string) {
  const offsets = await listShareGroupOffsets(client, groupId, { timeoutMs });
  return new Map(
    offsets.map(({ topic, partition, startOffset }) => [
      partitionKey(topic, partition),
      { offset: startOffset },
    ]),
  );
}

/** CommandLineUtils.printErrorAndExit. */
function refuse({ context }: GroupService, message: string): number {
  context.err(message);
  return 1;
}

async function partitionsToReset(
  service: GroupService,
  groupId: string,
): Promise<readonly TopicPartition[]> {
  const { client, options, timeoutMs } = service;
  if (options.has('topic')) return namedPartitions(service, options.values('topic'));
  return hashOrder(await listShareGroupOffsets(client, groupId, { timeoutMs }));
}

async function commit(
  { client, timeoutMs }: GroupService,
  groupId: string,
  plan: readonly PlannedOffset[],
): Promise<void> {
  const outcomes = await alterShareGroupOffsets(client, groupId, plan, { timeoutMs });
  const failures = [...outcomes].filter(([, { error }]) => error !== undefined);
  const first = failures[0]?.[1].error;
  if (first === undefined) return;
  const partitions = failures.map(([key]) => key).join(',');
  throw new ClientError(
    first.exception,
    `Failed altering share group offsets for the following partitions: ${partitions}`,
    { code: first.code, cause: first },
  );
}

const GROUP_ERRORS: readonly number[] = [
  Errors.INVALID_GROUP_ID,
  Errors.GROUP_ID_NOT_FOUND,
  Errors.GROUP_AUTHORIZATION_FAILED,
  Errors.NON_EMPTY_GROUP,
];
const TOPIC_ERRORS: readonly number[] = [
  Errors.TOPIC_AUTHORIZATION_FAILED,
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
];

export async function deleteShareOffsets(service: GroupService): Promise<number> {
  const { client, options, context, timeoutMs } = service;
  const groupId = options.value('group')!;
  const topics = [...new Set(options.values('topic'))];
  let outcomes = new Map<string, Outcome<void>>();
  let failure: ClientError | undefined;
  try {
    outcomes = await deleteShareGroupOffsets(client, groupId, topics, { timeoutMs });
    failure = topics.map((topic) => outcomes.get(topic)?.error).find((each) => each !== undefined);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    failure = error;
    outcomes = new Map(topics.map((topic) => [topic, { error: failure! }]));
  }
  if (failure !== undefined && GROUP_ERRORS.includes(failure.code)) {
    printError(context, failure.message);
  } else if (failure !== undefined && !TOPIC_ERRORS.includes(failure.code)) {
    printError(context, `Encounter some unknown error: ${describeError(failure)}`);
  }
  const results = topics.sort().map((topic) => ({ topic, error: outcomes.get(topic)?.error }));
  const status = (error: ClientError | undefined) =>
    error === undefined ? 'Successful' : `Error: ${error.message}`;
  const width = widest(15, topics);
  await context.out.present({
    kafka: () => [
      `\n${pad('TOPIC', width)} STATUS`,
      ...results.map(({ topic, error }) => `${pad(topic, width)} ${status(error)}`),
    ],
    table: () => ({
      columns: [{ name: 'TOPIC' }, { name: 'STATUS' }],
      rows: results.map(({ topic, error }) => [topic, status(error)]),
    }),
    data: () =>
      results.map(({ topic, error }) => {
        return {
          group: groupId,
          topic,
          deleted: error === undefined,
          error: error?.message ?? null,
        };
      }),
  });
  return failure !== undefined && context.manner === 'modern' ? 1 : 0;
}

export async function deleteShareGroups(service: GroupService): Promise<number> {
  const { client, options, context, timeoutMs } = service;
  const listings = await getWrapped(groupsOfType(service, 'Share'));
  const states = new Map(listings.map(({ groupId, state }) => [groupId, state]));
  const chosen = options.has('all-groups')
    ? [...states.keys()]
    : [...new Set(options.values('group'))];
  const failures = new Map<string, Error>();
  for (const group of chosen) {
    const refusal = refusalOf(group, states.get(group));
    if (refusal !== undefined) failures.set(group, refusal);
  }
  const wanted = chosen.filter((group) => !failures.has(group));
  const deleted: string[] = [];
  for (const [group, { error }] of wanted.length === 0
    ? []
    : await deleteGroups(client, wanted, { timeoutMs })) {
    if (error === undefined) deleted.push(group);
    else failures.set(group, error);
  }
  await reportDeletion(service, javaHashMapOrder(deleted), failures);
  return failures.size > 0 && context.manner === 'modern' ? 1 : 0;
}

function refusalOf(group: string, state: string | undefined): ToolError | undefined {
  if (state === undefined) return new ToolError(`Group '${group}' is not a share group.`);
  if (state === 'Empty') return undefined;
  return state === 'Dead'
    ? new ToolError(
        `Share group '${group}' group state is DEAD.`,
        'java.lang.IllegalStateException',
      )
    : new ToolError(
        `Share group '${group}' is not EMPTY.`,
        'org.apache.kafka.common.errors.GroupNotEmptyException',
      );
}

async function reportDeletion(
  service: GroupService,
  deleted: readonly string[],
  failures: ReadonlyMap<string, Error>,
): Promise<void> {
  const { context } = service;
  const names = deleted.map((group) => `'${group}'`).join(', ');
  if (failures.size > 0) {
    printError(context, 'Deletion of some share groups failed:');
    for (const group of javaHashMapOrder([...failures.keys()])) {
      const error = failures.get(group)!;
      const reason =
        context.manner === 'exact'
          ? describeError(error)
          : messageOf(error) + (await stopFirstOf(service, group, 'Share'));
      context.notice(`* Group '${group}' could not be deleted due to: ${reason}`);
    }
  }
  await context.out.present({
    kafka: () => {
      if (failures.size === 0) {
        return [`Deletion of requested share groups (${names}) was successful.`];
      }
      if (deleted.length === 0) return [];
      return [`\nThese share groups were deleted successfully: ${names}`];
    },
    data: () => [
      ...deleted.map((group) => ({ group, deleted: true, error: null })),
      ...[...failures].map(([group, error]) => ({ group, deleted: false, error: error.message })),
    ],
  });
}
