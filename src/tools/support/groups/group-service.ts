// What every action on groups needs: the client, the options, the time-out; what is committed; how an error is told.

import { listGroupOffsets } from '../../../client/admin/list-group-offsets.ts';
import type { KafkaClient } from '../../../client/kafka-client.ts';
import { partitionKey } from '../../../client/types.ts';
import type { ParsedOptions } from '../../../flags/parsed-options.ts';
import type { ToolContext } from '../../../flags/tool-context.ts';
import { getWrapped } from '../java-future.ts';

export interface GroupService {
  readonly client: KafkaClient;
  readonly options: ParsedOptions;
  readonly context: ToolContext;
  /** ms, for each operation. */
  readonly timeoutMs: number;
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
