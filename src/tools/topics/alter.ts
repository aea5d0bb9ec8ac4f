// kafka-topics.sh --alter: more partitions, with replicas placed by hand when wanted.
// Lenient callers may change configs too; that goes through the config API, as kafka-configs.sh does.

import { createPartitions } from '../../client/admin/create-partitions.ts';
import { describeTopics } from '../../client/admin/describe-topics.ts';
import { incrementalAlterConfigs } from '../../client/admin/incremental-alter-configs.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ConfigChange, NewPartitions } from '../../client/types.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { changesConfigs } from './checks.ts';
import { parseReplicaAssignment } from './replica-assignment.ts';
import { parseTopicConfigs } from './topic-config-words.ts';
import { ensureFound, selectTopics } from './topic-names.ts';

const TOPIC_RESOURCE = 2;
const SET = 0;
const DELETE = 1;

export async function alterTopics(
  client: KafkaClient,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const partitions = options.integer('partitions');
  const assignments = parseReplicaAssignment(options.value('replica-assignment') ?? '');
  const changes = changesConfigs(options, context) ? configChanges(options) : [];
  const pattern = options.value('topic');
  const topics = await selectTopics(client, pattern, options.has('exclude-internal'));
  ensureFound(topics, pattern, !options.has('if-exists'));
  const names = topics.map(({ name }) => name);
  if (names.length > 0 && partitions !== undefined) {
    await addPartitions(client, names, partitions, assignments);
  }
  if (names.length > 0 && changes.length > 0) await alterConfigs(client, names, changes, context);
  await context.out.present({
    kafka: () => [],
    data: () =>
      names.map((topic) => ({ topic, ...(partitions === undefined ? {} : { partitions }) })),
  });
}

async function addPartitions(
  client: KafkaClient,
  names: readonly string[],
  totalCount: number,
  assignments: readonly (readonly number[])[],
): Promise<void> {
  const wanted = new Map<string, NewPartitions>();
  const existing = assignments.length > 0 ? await describeTopics(client, names) : new Map();
  for (const name of names) {
    if (assignments.length === 0) wanted.set(name, { totalCount });
    else {
      const { value, error } = existing.get(name)!;
      if (error !== undefined) throw error;
      // The list names every partition; those that exist keep their replicas.
      wanted.set(name, { totalCount, assignments: assignments.slice(value.partitions.length) });
    }
  }
  for (const outcome of (await createPartitions(client, wanted)).values()) {
    if (outcome.error !== undefined) throw outcome.error;
  }
}

function configChanges(options: ParsedOptions): ConfigChange[] {
  const set = [...parseTopicConfigs(options.values('config'))].map(([name, value]) => ({
    name,
    operation: SET as 0,
    value,
  }));
  // `--delete-config retention.ms=72000` was taken too; the name alone counts.
  const removed = options.values('delete-config').map((word) => ({
    name: word.split('=')[0]!.trim(),
    operation: DELETE as 1,
    value: null,
  }));
  return [...set, ...removed];
}

async function alterConfigs(
  client: KafkaClient,
  names: readonly string[],
  changes: readonly ConfigChange[],
  context: ToolContext,
): Promise<void> {
  context.err(
    "Warning: changing configs with topics --alter was removed from Apache Kafka; it is done here, 'configs --alter' is today's way.",
  );
  const resources = names.map((name) => ({ resource: { type: TOPIC_RESOURCE, name }, changes }));
  for (const { outcome } of await incrementalAlterConfigs(client, resources)) {
    if (outcome.error !== undefined) throw outcome.error;
  }
}
