// The internal topics of streams groups that --delete-all-internal-topics and --delete-internal-topic take away.

import { deleteTopics } from '../../client/admin/delete-topics.ts';
import { describeStreamsGroups } from '../../client/admin/describe-streams-groups.ts';
import type { ClientError } from '../../client/errors.ts';
import { Errors } from '../../protocol/errors.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { isStreamsInternalTopic } from '../support/internal-topics.ts';
import { describeError } from '../support/java-error.ts';
import { orThrow } from '../support/java-future.ts';

/** By group; groups without any are left out. */
export async function internalTopics(
  service: GroupService,
  groupIds: readonly string[],
): Promise<Map<string, string[]>> {
  const { client, context, timeoutMs } = service;
  const found = new Map<string, string[]>();
  try {
    const described = await describeStreamsGroups(client, groupIds, { timeoutMs });
    for (const [groupId, outcome] of described) {
      const { subtopologies } = orThrow(outcome);
      const sources = new Set(subtopologies.flatMap(({ sourceTopics }) => sourceTopics));
      const own = subtopologies
        .flatMap((each) => [...each.repartitionSourceTopics, ...each.stateChangelogTopics])
        .filter((topic) => !sources.has(topic))
        .filter((topic) => isInferred(service, topic, groupId));
      if (own.length > 0) found.set(groupId, own);
    }
  } catch (error) {
    printError(context, `Retrieving internal topics failed due to ${describeError(error)}`);
    await context.out.flush();
    context.err(describeError(error));
  }
  return found;
}

function isInferred({ context }: GroupService, topic: string, groupId: string): boolean {
  if (isStreamsInternalTopic(topic, groupId)) return true;
  printError(
    context,
    `The internal topic '${topic}' is not inferred as internal and thus will not be deleted with the group '${groupId}'.`,
  );
  return false;
}

/** The topics that couldn't be deleted, with their errors. */
export async function deleteInternalTopics(
  { client, timeoutMs }: GroupService,
  topics: readonly string[],
): Promise<Map<string, ClientError>> {
  const failures = new Map<string, ClientError>();
  for (const [topic, { error }] of await deleteTopics(client, topics, { timeoutMs })) {
    if (error !== undefined) failures.set(topic, error);
  }
  return failures;
}

/** After a reset: what went wrong with the topics is told, and that is all. */
export async function deleteTopicsOfReset(service: GroupService, groupId: string): Promise<void> {
  const { options, context } = service;
  const topics = options.has('delete-all-internal-topics')
    ? ((await internalTopics(service, [groupId])).get(groupId) ?? [])
    : options.values('delete-internal-topic');
  if (topics.length === 0) return;
  const [failure] = (await deleteInternalTopics(service, topics)).values();
  if (failure === undefined) return;
  if (failure.code === Errors.UNKNOWN_TOPIC_OR_PARTITION) {
    printError(
      context,
      `Deleting internal topics for group '${groupId}' failed because the topics do not exist.`,
    );
    return;
  }
  printError(
    context,
    `Deleting internal topics for group '${groupId}' failed due to ${describeError(failure)}`,
  );
}
