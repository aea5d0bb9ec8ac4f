// kafka-topics.sh --list: the names, sorted; one empty line when there are none, as Kafka's tool prints.

import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { selectTopics } from './topic-names.ts';

export async function listTopicsCommand(
  client: KafkaClient,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const topics = await selectTopics(
    client,
    options.value('topic'),
    options.has('exclude-internal'),
  );
  await context.out.present({
    kafka: () => [topics.map(({ name }) => name).join('\n')],
    table: () => ({
      columns: [{ name: 'TOPIC' }, { name: 'TOPIC-ID', tone: () => 'dim' }],
      rows: topics.map(({ name, topicId }) => [name, topicId]),
    }),
    data: () =>
      topics.map(({ name, topicId, isInternal }) => ({ topic: name, topicId, isInternal })),
  });
}
