// kafka-consumer-groups.sh --reset-offsets: a plan for every group without members, printed, exported and, with
// --execute or a yes, committed. In the modern manner it shows what changes, and asks at a terminal.

import { alterGroupOffsets } from '../../client/admin/alter-group-offsets.ts';
import { describeConsumerGroups } from '../../client/admin/describe-consumer-groups.ts';
import { listOffsets } from '../../client/admin/list-offsets.ts';
import { ClientError } from '../../client/errors.ts';
import {
  type ConsumerGroupDescription,
  OffsetSpec,
  type Outcome,
  partitionKey,
} from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { usage } from '../../flags/usage.ts';
import { Errors } from '../../protocol/errors.ts';
import { pad, widest } from '../support/columns.ts';
import { csvLine, readPlan } from '../support/groups/csv-plan.ts';
import {
  committedOffsets,
  type GroupService,
  printError,
} from '../support/groups/group-service.ts';
import { namedPartitions, type PlannedOffset, planOffsets } from '../support/groups/offset-plan.ts';
import { hashOrder } from '../support/hash-order.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, runtimeError } from '../support/java-future.ts';
import { chosenGroups } from './group-service.ts';

type Plans = Map<string, PlannedOffset[]>;

interface Change extends PlannedOffset {
  readonly group: string;
  /** undefined when nothing is committed. */
  readonly before: number | undefined;
  readonly end: number | undefined;
}

export async function resetOffsets(service: GroupService): Promise<number> {
  const { client, options, timeoutMs, context } = service;
  const described = await describeConsumerGroups(client, await chosenGroups(service), {
    timeoutMs,
  });
  const plans: Plans = new Map();
  for (const groupId of javaHashMapOrder([...described.keys()])) {
    if (!isInactive(described.get(groupId)!)) {
      refuseActive(service, described.get(groupId)!.value!);
      plans.set(groupId, []);
    } else {
      plans.set(groupId, await planGroup(service, groupId));
      const isNow = options.has('execute') && !options.has('dry-run');
      if (isNow && context.manner === 'exact') await commit(service, groupId, plans.get(groupId)!);
    }
  }
  if (context.manner === 'exact') {
    await context.out.present({ kafka: () => planLines(service, plans), data: () => [] });
    return 0;
  }
  return modern(service, plans);
}

/** A group that doesn't exist may be given offsets too. */
function isInactive({ value, error }: Outcome<ConsumerGroupDescription>): boolean {
  if (error === undefined) return value.state === 'Empty' || value.state === 'Dead';
  if (error.code === Errors.GROUP_ID_NOT_FOUND) return true;
  throw runtimeError(executionError(error));
}

function refuseActive({ context }: GroupService, group: ConsumerGroupDescription): void {
  const message = `Assignments can only be reset if the group '${group.groupId}' is inactive, but the current state is ${group.state}.`;
  if (context.manner === 'exact') {
    printError(context, message);
    return;
  }
  const members = group.members.map(({ clientId, clientHost }) => `${clientId} at ${clientHost}`);
  const shown = members.length === 0 ? '' : ` Stop its members first: ${members.join(', ')}.`;
  throw new ToolError(message + shown);
}

/** --all-topics, --topic or, with --from-file, none. */
async function partitionsToReset(service: GroupService, groupId: string) {
  const { options } = service;
  if (options.has('all-topics')) {
    return hashOrder([...(await committedOffsets(service, groupId)).values()]);
  }
  if (options.has('topic')) return namedPartitions(service, options.values('topic'));
  if (options.has('from-file')) return [];
  throw usage('One of the reset scopes should be defined: --all-topics, --topic.');
}

async function planGroup(service: GroupService, groupId: string): Promise<PlannedOffset[]> {
  const { options, context } = service;
  const partitions = await partitionsToReset(service, groupId);
  const [file] = options.values('from-file');
  const filePlan =
    file === undefined ? undefined : readPlan(context.io, file, options.values('group'));
  if (filePlan !== undefined && !filePlan.has(groupId)) {
    printError(context, `No reset plan for group ${groupId} found`);
  }
  return planOffsets(service, groupId, partitions, filePlan);
}

async function commit(
  { client, timeoutMs }: GroupService,
  groupId: string,
  offsets: readonly PlannedOffset[],
): Promise<void> {
  if (offsets.length === 0) return;
  const outcomes = await alterGroupOffsets(client, groupId, offsets, { timeoutMs });
  const failures = [...outcomes].filter(([, { error }]) => error !== undefined);
  const [first] = failures;
  if (first === undefined) return;
  const { exception, code } = first[1].error!;
  const partitions = failures.map(([key]) => key).join(', ');
  throw new ClientError(
    exception,
    `Failed altering group offsets for the following partitions: [${partitions}]`,
    { code, cause: first[1].error },
  );
}

function planLines(service: GroupService, plans: Plans): string[] {
  if (service.options.has('export')) return [...csvLines(service, plans), ''];
  const groupWidth = widest(15, [...plans.keys()]);
  const topics = [...plans.values()].flat().map(({ topic }) => topic);
  const topicWidth = widest(15, topics);
  const line = (group: string, topic: string, partition: string | number, offset: string) =>
    `${pad(group, groupWidth)} ${pad(topic, topicWidth)} ${pad(partition, 10)} ${offset}`;
  const rows = [...plans].flatMap(([group, offsets]) =>
    offsets.map(({ topic, partition, offset }) => line(group, topic, partition, String(offset))),
  );
  if (plans.size === 0) return [''];
  return ['', line('GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'), ...rows];
}

function csvLines({ options }: GroupService, plans: Plans): string[] {
  const isSingle = options.values('group').length === 1;
  return [...plans].flatMap(([group, offsets]) =>
    offsets.map((offset) => csvLine(isSingle ? undefined : group, offset)),
  );
}

async function modern(service: GroupService, plans: Plans): Promise<number> {
  const { options, context } = service;
  const changes = await changesOf(service, plans);
  const isDecided = options.has('execute') || options.has('dry-run') || options.has('yes');
  const willAct = !options.has('dry-run') && (options.has('execute') || options.has('yes'));
  if (willAct) await commitAll(service, plans);
  await present(service, plans, changes, willAct);
  if (isDecided || options.has('export') || changes.length === 0) return 0;
  const question = `Reset ${changes.length} offset${changes.length === 1 ? '' : 's'}?`;
  if (await context.confirm(question)) {
    await commitAll(service, plans);
    context.err('Done.');
  } else {
    context.err(
      'Nothing was changed. --execute (or --yes) resets the offsets, --dry-run shows them.',
    );
  }
  return 0;
}

async function commitAll(service: GroupService, plans: Plans): Promise<void> {
  for (const [group, offsets] of plans) await commit(service, group, offsets);
}

async function changesOf(service: GroupService, plans: Plans): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [group, offsets] of plans) {
    const committed = await committedOffsets(service, group);
    const asked = offsets.map((each) => ({ ...each, timestamp: OffsetSpec.LATEST }));
    const ends = await listOffsets(service.client, asked, { timeoutMs: service.timeoutMs });
    offsets.forEach((planned, index) => {
      const before = committed.get(partitionKey(planned.topic, planned.partition))?.offset;
      changes.push({ ...planned, group, before, end: ends[index]?.outcome.value?.offset });
    });
  }
  return changes.sort(
    (a, b) => compare(a.group, b.group) || compare(a.topic, b.topic) || a.partition - b.partition,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function present(
  service: GroupService,
  plans: Plans,
  changes: readonly Change[],
  isExecuted: boolean,
): Promise<void> {
  const lag = ({ before, end }: Change) =>
    before === undefined || end === undefined ? undefined : end - before;
  const newLag = ({ offset, end }: Change) => (end === undefined ? undefined : end - offset);
  const delta = (change: Change) => {
    const [old, next] = [lag(change), newLag(change)];
    return old === undefined || next === undefined ? undefined : next - old;
  };
  const signed = (value: number | undefined) =>
    value === undefined ? undefined : value > 0 ? `+${value}` : String(value);
  await service.context.out.present({
    kafka: () => planLines(service, plans),
    ...(service.options.has('export')
      ? {}
      : {
          table: () => ({
            columns: [
              { name: 'GROUP' },
              { name: 'TOPIC' },
              { name: 'PARTITION', align: 'right' as const },
              { name: 'OLD-OFFSET', align: 'right' as const },
              { name: 'NEW-OFFSET', align: 'right' as const },
              { name: 'LAG-CHANGE', align: 'right' as const },
            ],
            rows: changes.map((change) => {
              const { group, topic, partition, before, offset } = change;
              return [group, topic, partition, before, offset, signed(delta(change))];
            }),
          }),
        }),
    data: () =>
      changes.map((change) => ({
        group: change.group,
        topic: change.topic,
        partition: change.partition,
        oldOffset: change.before ?? null,
        newOffset: change.offset,
        lag: newLag(change) ?? null,
        lagChange: delta(change) ?? null,
        executed: isExecuted,
      })),
  });
}
