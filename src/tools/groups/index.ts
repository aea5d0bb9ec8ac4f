// kafka-groups.sh: every group of the cluster with its type and protocol (org.apache.kafka.tools.GroupsCommand).

import { listGroups } from '../../client/admin/list-groups.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { GroupListing } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import type { CommandLineError, ParsedOptions } from '../../flags/parsed-options.ts';
import { GROUPS_TABLE } from '../../flags/tables/groups.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid, isArgumentError, usage } from '../../flags/usage.ts';
import { openAdmin } from '../support/admin.ts';
import { pad, widest } from '../support/columns.ts';
import { groupTypeName } from '../support/group-types.ts';
import { describeError, messageOf, ToolError } from '../support/java-error.ts';
import { FileError } from '../support/properties.ts';

export const GROUPS: Tool = {
  table: GROUPS_TABLE,
  bareMessage: 'Missing required option(s) [bootstrap-server]',
  run: runGroups,
  reject(error, context) {
    return isArgumentError(error)
      ? fromMain(error, context)
      : printUsage(GROUPS_TABLE, error.message, context);
  },
};

const KINDS = ['consumer', 'share', 'streams'] as const;
const TYPES = ['consumer', 'classic', 'share', 'streams'];
/** GroupsService waits no longer, whatever the client's time-outs. */
const WAIT_MS = 30_000;

type Row = Pick<GroupListing, 'groupId' | 'type' | 'protocolType'>;

async function runGroups(options: ParsedOptions, context: ToolContext): Promise<number> {
  check(options);
  const filter = filterOf(options, context);
  if (typeof filter === 'number') return filter;
  try {
    const client = await openAdmin(options, context);
    try {
      await present(inOrder(await findGroups(client, context)).filter(filter), context);
      return 0;
    } finally {
      await client.close();
    }
  } catch (error) {
    if (context.manner === 'modern') throw error;
    // The file of properties is read outside of what Kafka's tool words itself.
    if (error instanceof FileError) return fromMain(error, context);
    context.out.line(`Error while executing groups command : ${messageOf(error)}`);
    await context.out.flush();
    context.err(describeError(error));
    return 1;
  }
}

async function findGroups(client: KafkaClient, context: ToolContext): Promise<GroupListing[]> {
  const startMs = context.io.clock.nowMs();
  try {
    return await listGroups(client, { timeoutMs: WAIT_MS });
  } catch (error) {
    // Java's Future.get gives up without a message.
    const hasWaited = context.io.clock.nowMs() - startMs >= WAIT_MS;
    if (!hasWaited || context.manner === 'modern') throw error;
    throw new ToolError('null', 'java.util.concurrent.TimeoutException');
  }
}

/** Throws CommandLineError. */
function check(options: ParsedOptions): void {
  if (!options.has('list')) throw usage('Command must include exactly one action: --list.');
}

/** The groups that are wanted, or the exit code after a type that doesn't exist. */
function filterOf(
  options: ParsedOptions,
  context: ToolContext,
): ((group: Row) => boolean) | number {
  const type = options.value('group-type')?.toLowerCase();
  if (type !== undefined && !TYPES.includes(type)) {
    const error = new ToolError('--group-type must be a valid group type.');
    if (context.manner === 'exact') return fromMain(error, context);
    throw usage(`${error.message} Valid types: ${TYPES.join(', ')}.`);
  }
  const kinds: readonly string[] = ['consumer', 'group-type', 'protocol', 'share', 'streams'];
  for (const kind of KINDS) {
    checkInvalid(
      options,
      kind,
      kinds.filter((other) => other !== kind),
    );
  }
  const protocol = options.value('protocol');
  if (type !== undefined) {
    return (group) =>
      group.type.toLowerCase() === type && (protocol ?? group.protocolType) === group.protocolType;
  }
  if (protocol !== undefined) return (group) => group.protocolType === protocol;
  const kind = KINDS.find((each) => options.has(each));
  if (kind === 'consumer') {
    return (group) =>
      ['consumer', ''].includes(group.protocolType) || group.type.toLowerCase() === 'consumer';
  }
  return (group) => kind === undefined || group.type.toLowerCase() === kind;
}

/** Kafka's main: the message and a trace on stderr. */
function fromMain(error: CommandLineError | ToolError | FileError, context: ToolContext): number {
  context.err(`${error.message}\n${error.exception}: ${error.message}`);
  return 1;
}

function inOrder(groups: readonly GroupListing[]): GroupListing[] {
  const byId = new Map(groups.map((group) => [group.groupId, group]));
  return javaHashMapOrder([...byId.keys()]).map((groupId) => byId.get(groupId)!);
}

async function present(groups: readonly GroupListing[], context: ToolContext): Promise<void> {
  await context.out.present({
    kafka: () => lines(groups),
    table: () => ({
      columns: [{ name: 'GROUP' }, { name: 'TYPE' }, { name: 'PROTOCOL' }, { name: 'STATE' }],
      rows: [...groups]
        .sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
        .map(({ groupId, type, protocolType, state }) => {
          return [groupId, groupTypeName(type), protocolType || undefined, state];
        }),
    }),
    data: () =>
      groups.map(({ groupId, type, protocolType, state }) => {
        return { group: groupId, type: groupTypeName(type), protocol: protocolType, state };
      }),
  });
}

function lines(groups: readonly GroupListing[]): string[] {
  const rows = groups.map(({ groupId, type, protocolType }) => {
    return [groupId, groupTypeName(type), protocolType];
  });
  const width = widest(20, rows.flat());
  const line = (cells: readonly string[]) => cells.map((cell) => pad(cell, width)).join(' ');
  // Kafka's header has a space between columns, its rows one after each.
  return [line(['GROUP', 'TYPE', 'PROTOCOL']), ...rows.map((row) => `${line(row)} `)];
}
