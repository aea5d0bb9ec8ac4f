// The topics that --topic selects, by regular expression, in the order of their names (TopicCommand.getTopics).

import { listTopics } from '../../client/admin/list-topics.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { TopicListing } from '../../client/types.ts';
import { isInternalTopic } from '../../common/topic-name.ts';
import { IncludeList } from '../support/include-list.ts';
import { ToolError } from '../support/java-error.ts';

/** Sorted by name as Java sorts strings: by UTF-16 code units. */
export async function selectTopics(
  client: KafkaClient,
  pattern: string | undefined,
  excludeInternal: boolean,
): Promise<TopicListing[]> {
  const all = await listTopics(client, { listInternal: !excludeInternal });
  const sorted = all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (pattern === undefined) {
    return sorted.filter(({ name }) => !(excludeInternal && isInternalTopic(name)));
  }
  const include = new IncludeList(pattern);
  return sorted.filter(({ name }) => include.allows(name, excludeInternal));
}

/** An empty --topic asks for all, so none is no failure. */
export function ensureFound(
  found: readonly unknown[],
  pattern: string | undefined,
  isRequired: boolean,
): void {
  if (isRequired && pattern !== undefined && pattern !== '' && found.length === 0) {
    throw new ToolError(`Topic '${pattern}' does not exist as expected`);
  }
}
