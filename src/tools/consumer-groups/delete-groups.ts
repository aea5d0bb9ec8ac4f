// kafka-consumer-groups.sh --delete: groups without members, with all that they have committed.

import { deleteGroups } from '../../client/admin/delete-groups.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { stopFirstOf } from '../support/groups/busy-group.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { describeError, messageOf } from '../support/java-error.ts';
import { chosenGroups } from './group-service.ts';

export async function deleteConsumerGroups(service: GroupService): Promise<number> {
  const { client, context, timeoutMs } = service;
  const outcomes = await deleteGroups(client, await chosenGroups(service), { timeoutMs });
  const groups = [...outcomes.keys()];
  const failures = javaHashMapOrder(groups.filter((group) => outcomes.get(group)!.error)).map(
    (group) => ({ group, error: outcomes.get(group)!.error! }),
  );
  const deleted = javaHashMapOrder(groups.filter((group) => !outcomes.get(group)!.error));
  if (failures.length > 0) {
    printError(context, 'Deletion of some consumer groups failed:');
    for (const { group, error } of failures) {
      const reason =
        context.manner === 'exact'
          ? describeError(error)
          : messageOf(error) + (await stopFirstOf(service, group, 'Consumer'));
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
      javaHashMapOrder(groups).map((group) => {
        const error = outcomes.get(group)!.error;
        return { group, deleted: error === undefined, error: error?.message ?? null };
      }),
  });
  return failures.length > 0 && context.manner === 'modern' ? 1 : 0;
}
