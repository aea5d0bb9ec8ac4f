// kafka-topics.sh --delete: every topic that the regular expression matches.

import { deleteTopics } from '../../client/admin/delete-topics.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { ensureFound, selectTopics } from './topic-names.ts';

export async function deleteTopicsCommand(
  client: KafkaClient,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const pattern = options.value('topic');
  const topics = await selectTopics(client, pattern, options.has('exclude-internal'));
  ensureFound(topics, pattern, !options.has('if-exists'));
  const names = topics.map(({ name }) => name);
  if (names.length > 0) {
    for (const outcome of (await deleteTopics(client, names)).values()) {
      if (outcome.error !== undefined) throw outcome.error;
    }
  }
  await context.out.present({
    kafka: () => [],
    data: () => names.map((topic) => ({ topic, deleted: true })),
  });
}
