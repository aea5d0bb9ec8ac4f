// `--delete-consumer-offsets` of Kafka before 1.0: the group forgets what it has read, then reading begins.

import { KafkaClient } from '../../client/kafka-client.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { Errors, errorInfo } from '../../protocol/errors.ts';
import { DELETE_GROUPS } from '../../protocol/generated/apis/delete-groups.ts';
import { ToolError } from '../support/java-error.ts';

/** No error when there is no such group; rejects when it has members. */
export async function forgetOffsets(
  bootstrapServers: readonly string[],
  config: ReadonlyMap<string, string>,
  context: ToolContext,
): Promise<void> {
  const group = config.get('group.id')!;
  context.err(
    'Warning: --delete-consumer-offsets was removed from Apache Kafka; the offsets are deleted here.',
  );
  const client = new KafkaClient({ bootstrapServers, config, io: context.io });
  try {
    const response = await client.send(
      DELETE_GROUPS,
      { groupsNames: [group] },
      { target: { coordinator: 'group', key: group }, callName: 'deleteConsumerGroups' },
    );
    const code = response.results[0]?.errorCode ?? Errors.NONE;
    if (code === Errors.NONE || code === Errors.GROUP_ID_NOT_FOUND) return;
    const { message, exception } = errorInfo(code);
    throw new ToolError(
      `Can't delete the offsets of group '${group}': ${message}`,
      exception ?? undefined,
    );
  } finally {
    await client.close();
  }
}
