// What every action of kafka-consumer-groups.sh needs: the client, the options, the time-out, the groups they mean
// (ConsumerGroupCommand.ConsumerGroupService).

import { listGroupOffsets } from '../../client/admin/list-group-offsets.ts';
import { listGroups } from '../../client/admin/list-groups.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { type GroupListing, partitionKey } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { getWrapped } from '../support/java-future.ts';

export interface GroupService {
  readonly client: KafkaClient;
  readonly options: ParsedOptions;
  readonly context: ToolContext;
  /** ms, for each operation. */
  readonly timeoutMs: number;
}

/** Groups that consume have one of these (ListGroupsOptions.forConsumerGroups). */
const PROTOCOL_TYPES = ['', 'consumer'];
const GROUP_TYPES = ['Classic', 'Consumer'];

export async function consumerGroups(
  { client, timeoutMs }: GroupService,
  filter: { states?: readonly string[]; types?: readonly string[] } = {},
): Promise<GroupListing[]> {
  const { states = [], types = GROUP_TYPES } = filter;
  const found = await listGroups(client, { timeoutMs, states, types });
  const groups = new Map(
    found
      .filter(({ protocolType }) => PROTOCOL_TYPES.includes(protocolType))
      .map((group) => [group.groupId, group]),
  );
  return javaHashMapOrder([...groups.keys()]).map((groupId) => groups.get(groupId)!);
}

/** Those of --group, or all. */
export async function chosenGroups(service: GroupService): Promise<readonly string[]> {
  const { options } = service;
  if (!options.has('all-groups')) return options.values('group');
  const groups = await getWrapped(consumerGroups(service));
  return groups.map(({ groupId }) => groupId);
}

/** Committed offsets by partition key. */
export async function committedOffsets({ client, timeoutMs }: GroupService, groupId: string) {
  const offsets = await getWrapped(listGroupOffsets(client, groupId, { timeoutMs }));
  return new Map(offsets.map((each) => [partitionKey(each.topic, each.partition), each]));
}

/** "\nError: message" on stdout; a cause leaves its trace on stderr. */
export function printError(context: ToolContext, message: string): void {
  context.notice(context.manner === 'exact' ? `\nError: ${message}` : `Error: ${message}`);
}
