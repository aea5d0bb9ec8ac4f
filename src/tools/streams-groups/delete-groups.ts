// kafka-streams-groups.sh --delete: groups without members, with all that they have committed, and their internal topics
// when that was asked for.

import { deleteGroups } from '../../client/admin/delete-groups.ts';
import type { ClientError } from '../../client/errors.ts';
import type { GroupListing } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { stopFirstOf } from '../support/groups/busy-group.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { chosenGroups, groupsOfType } from '../support/groups/typed-groups.ts';
import { describeError, messageOf, ToolError } from '../support/java-error.ts';
import { getWrapped } from '../support/java-future.ts';
import { deleteInternalTopics, internalTopics } from './internal-topics.ts';

export async function deleteStreamsGroups(service: GroupService): Promise<number> {
  const { client, options, context, timeoutMs } = service;
  const chosen = [...new Set(await chosenGroups(service, 'Streams'))];
  const failures = refusals(chosen, await getWrapped(groupsOfType(service, 'Streams')));
  const wanted = chosen.filter((group) => !failures.has(group));
  const withTopics = wanted.length > 0 && options.has('delete-all-internal-topics');
  const topics = withTopics ? await internalTopics(service, wanted) : new Map<string, string[]>();
  const deleted: string[] = [];
  if (wanted.length > 0) {
    for (const [group, { error }] of await deleteGroups(client, wanted, { timeoutMs })) {
      if (error === undefined) deleted.push(group);
      else failures.set(group, error);
    }
  }
  const topicFailures = await deleteTopicsOf(service, deleted, topics);
  await report(service, javaHashMapOrder(deleted), failures);
  if (topics.size > 0) tellTopics(service, deleted, topics, topicFailures);
  const hasFailed = failures.size > 0 || topicFailures.size > 0;
  return hasFailed && context.manner === 'modern' ? 1 : 0;
}

/** What is no streams group, or still has members. */
function refusals(
  groupIds: readonly string[],
  listings: readonly GroupListing[],
): Map<string, ToolError | ClientError> {
  const refused = new Map<string, ToolError | ClientError>();
  for (const groupId of groupIds) {
    const state = listings.find((group) => group.groupId === groupId)?.state;
    if (state === undefined) {
      const message = `Group '${groupId}' does not exist or is not a streams group.`;
      refused.set(groupId, new ToolError(message));
    } else if (state === 'Dead') {
      const message = `Streams group '${groupId}' group state is DEAD.`;
      refused.set(groupId, new ToolError(message, 'java.lang.IllegalStateException'));
    } else if (state !== 'Empty') {
      const message = `Streams group '${groupId}' is not EMPTY.`;
      const exception = 'org.apache.kafka.common.errors.GroupNotEmptyException';
      refused.set(groupId, new ToolError(message, exception));
    }
  }
  return refused;
}

async function deleteTopicsOf(
  service: GroupService,
  deleted: readonly string[],
  topics: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, ClientError>> {
  const failures = new Map<string, ClientError>();
  for (const group of deleted) {
    const own = topics.get(group);
    if (own === undefined) continue;
    const failed = await deleteInternalTopics(service, own);
    for (const topic of failed.keys()) {
      service.context.notice(`Failed to delete internal topic: ${topic}`);
    }
    const [first] = failed.values();
    if (first !== undefined) failures.set(group, first);
  }
  return failures;
}

async function report(
  service: GroupService,
  deleted: readonly string[],
  failures: ReadonlyMap<string, Error>,
): Promise<void> {
  const { context } = service;
  const names = deleted.join("', '");
  if (failures.size > 0) {
    printError(context, 'Deletion of some streams groups failed:');
    for (const group of javaHashMapOrder([...failures.keys()])) {
      const error = failures.get(group)!;
      const reason =
        context.manner === 'exact'
          ? describeError(error)
          : messageOf(error) + (await stopFirstOf(service, group, 'Streams'));
      context.notice(`* Group '${group}' could not be deleted due to: ${reason}`);
    }
  }
  await context.out.present({
    kafka: () => {
      if (failures.size === 0) {
        return [`Deletion of requested streams groups ('${names}') was successful.`];
      }
      if (deleted.length === 0) return [];
      return [`\nThese streams groups were deleted successfully: '${names}'.`];
    },
    data: () => [
      ...deleted.map((group) => ({ group, deleted: true, error: null })),
      ...[...failures].map(([group, error]) => ({ group, deleted: false, error: error.message })),
    ],
  });
}

function tellTopics(
  { context }: GroupService,
  deleted: readonly string[],
  topics: ReadonlyMap<string, readonly string[]>,
  failures: ReadonlyMap<string, ClientError>,
): void {
  if (deleted.length === 0) return;
  if (failures.size === 0) {
    const names = deleted.filter((group) => topics.has(group)).join("', '");
    context.notice(
      `Deletion of associated internal topics of the streams groups ('${names}') was successful.`,
    );
    return;
  }
  context.notice('Deletion of some associated internal topics failed:');
  for (const [group, error] of failures) {
    context.notice(
      `* Internal topics of the streams group '${group}' could not be deleted due to: ${describeError(error)}`,
    );
  }
}
