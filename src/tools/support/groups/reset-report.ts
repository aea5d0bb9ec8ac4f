// A reset of offsets as the group tools share it: committed, exported, and in the modern manner shown with what it changes
// before it is asked for.

import { alterGroupOffsets } from '../../../client/admin/alter-group-offsets.ts';
import { listOffsets } from '../../../client/admin/list-offsets.ts';
import { ClientError } from '../../../client/errors.ts';
import { OffsetSpec, partitionKey } from '../../../client/types.ts';
import type { ParsedOptions } from '../../../flags/parsed-options.ts';
import { pad, widest } from '../columns.ts';
import { csvLine } from './csv-plan.ts';
import type { GroupService } from './group-service.ts';
import type { PlannedOffset } from './offset-plan.ts';

/** By group. */
export type Plans = ReadonlyMap<string, readonly PlannedOffset[]>;

interface Change extends PlannedOffset {
  readonly group: string;
  /** undefined when nothing is committed. */
  readonly before: number | undefined;
  readonly end: number | undefined;
}

/** Rejects with the first refusal, in the words of Kafka's admin client. */
export async function commitOffsets(
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

export function csvLines({ options }: GroupService, plans: Plans): string[] {
  const isSingle = options.values('group').length === 1;
  return [...plans].flatMap(([group, offsets]) =>
    offsets.map((offset) => csvLine(isSingle ? undefined : group, offset)),
  );
}

export interface Reset {
  readonly plans: Plans;
  readonly kafkaLines: () => readonly string[];
  /** 'start offset' of share groups, which have no other. */
  readonly noun: 'offset' | 'start offset';
  /** By partition key: what a group has now. */
  readonly committed: (
    group: string,
  ) => Promise<ReadonlyMap<string, { readonly offset?: number | undefined }>>;
  readonly act: () => Promise<void>;
}

/** The modern manner: what changes, a question at a terminal, and only then the change. Resolves with the exit code. */
export async function resetWithConsent(service: GroupService, reset: Reset): Promise<number> {
  const { options, context } = service;
  const { act, noun } = reset;
  const changes = await changesOf(service, reset);
  const isDecided = options.has('execute') || options.has('dry-run') || options.has('yes');
  const willAct = !options.has('dry-run') && (options.has('execute') || options.has('yes'));
  if (willAct) await act();
  await present(service, reset, changes, willAct);
  if (isDecided || isExport(options) || changes.length === 0) return 0;
  const question = `Reset ${changes.length} ${noun}${changes.length === 1 ? '' : 's'}?`;
  if (await context.confirm(question)) {
    await act();
    context.err('Done.');
  } else {
    context.err(
      'Nothing was changed. --execute (or --yes) resets the offsets, --dry-run shows them.',
    );
  }
  return 0;
}

/** kafka-share-groups.sh has no such option. */
function isExport(options: ParsedOptions): boolean {
  return options.table.options.some(({ name }) => name === 'export') && options.has('export');
}

async function changesOf(
  service: GroupService,
  { plans, committed: committedOf }: Reset,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [group, offsets] of plans) {
    const committed = await committedOf(group);
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
  { kafkaLines, noun }: Reset,
  changes: readonly Change[],
  isExecuted: boolean,
): Promise<void> {
  const isStart = noun === 'start offset';
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
    kafka: kafkaLines,
    ...(isExport(service.options)
      ? {}
      : {
          table: () => ({
            columns: [
              { name: 'GROUP' },
              { name: 'TOPIC' },
              { name: 'PARTITION', align: 'right' as const },
              { name: isStart ? 'OLD-START-OFFSET' : 'OLD-OFFSET', align: 'right' as const },
              { name: isStart ? 'NEW-START-OFFSET' : 'NEW-OFFSET', align: 'right' as const },
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
        [isStart ? 'oldStartOffset' : 'oldOffset']: change.before ?? null,
        [isStart ? 'newStartOffset' : 'newOffset']: change.offset,
        lag: newLag(change) ?? null,
        lagChange: delta(change) ?? null,
        executed: isExecuted,
      })),
  });
}

/** OffsetsUtils.printOffsetsToReset. */
export function resetPlanLines(plans: Plans): string[] {
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
