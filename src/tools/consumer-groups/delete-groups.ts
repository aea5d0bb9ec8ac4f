// kafka-consumer-groups.sh --delete: groups without members, with all that they have committed.

import { deleteGroups } from '../../client/admin/delete-groups.ts';
import { describeConsumerGroups } from '../../client/admin/describe-consumer-groups.ts';
import type { ClientError } from '../../client/errors.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { Errors } from '../../protocol/errors.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { describeError, messageOf } from '../support/java-error.ts';
import { chosenGroups } from './group-service.ts';

export async function deleteConsumerGroups(service: GroupService): Promise<number> {
  const { client, context, timeoutMs } = service;
  const outcomes = await deleteGroups(client, await chosenGroups(service), { timeoutMs });
  const groups = javaHashMapOrder([...outcomes.keys()]);
  const failures = groups.flatMap((group) => {
    const error = outcomes.get(group)!.error;
    return error === undefined ? [] : [{ group, error }];
  });
  const deleted = groups.filter((group) => outcomes.get(group)!.error === undefined);
  if (failures.length > 0) {
    printError(context, 'Deletion of some consumer groups failed:');
    for (const { group, error } of failures) {
      const reason =
        context.manner === 'exact'
          ? describeError(error)
          : await plainReason(service, group, error);
      context.notice(`* Group '${group}' could not be deleted due to: ${reason}`);
    }
  }
  const names = deleted.map((group) => `'${group}'`).join(', ');
  await context.out.present({
    kafka: () => {
      if (failures.length === 0) {
        return [`Deletion of requested consumer groups (${names}) was successful.`];
      }
      return deleted.length === 0
        ? []
        : [`\nThese consumer groups were deleted successfully: ${names}`];
    },
    data: () =>
      groups.map((group) => {
        const error = outcomes.get(group)!.error;
        return { group, deleted: error === undefined, error: error?.message ?? null };
      }),
  });
  return failures.length > 0 && context.manner === 'modern' ? 1 : 0;
}

/** Who keeps the group busy is what one has to know. */
async function plainReason(
  { client, timeoutMs }: GroupService,
  group: string,
  error: ClientError,
): Promise<string> {
  if (error.code !== Errors.NON_EMPTY_GROUP) return messageOf(error);
  const described = await describeConsumerGroups(client, [group], { timeoutMs });
  const members = described.get(group)?.value?.members ?? [];
  if (members.length === 0) return messageOf(error);
  const names = members.map(({ clientId, clientHost }) => `${clientId} at ${clientHost}`);
  return `it still has members; stop them first: ${names.join(', ')}`;
}
