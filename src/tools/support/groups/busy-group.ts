// The members that keep a group busy, named for people: a refusal then tells the way out of it.

import { describeConsumerGroups } from '../../../client/admin/describe-consumer-groups.ts';
import { describeShareGroups } from '../../../client/admin/describe-share-groups.ts';
import { describeStreamsGroups } from '../../../client/admin/describe-streams-groups.ts';
import type { GroupService } from './group-service.ts';
import type { GroupType } from './typed-groups.ts';

interface Member {
  readonly clientId: string;
  readonly clientHost: string;
}

/** More of them would bury the message. */
const NAMED_AT_MOST = 5;

/** `worker-1 at /127.0.0.1, worker-2 at /127.0.0.1 and 3 more`. */
export function namesOf(members: readonly Member[]): string {
  const names = members
    .slice(0, NAMED_AT_MOST)
    .map(({ clientId, clientHost }) => `${clientId} at ${clientHost}`);
  const rest = members.length - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** A sentence to add to a refusal; nothing when there is nobody to name. */
export function stopFirst(members: readonly Member[]): string {
  return members.length === 0 ? '' : ` Stop its members first: ${namesOf(members)}.`;
}

const DESCRIBE = {
  Consumer: describeConsumerGroups,
  Share: describeShareGroups,
  Streams: describeStreamsGroups,
} as const;

/** The same sentence for a group that hasn't been described yet. */
export async function stopFirstOf(
  { client, timeoutMs }: GroupService,
  group: string,
  type: GroupType | 'Consumer',
): Promise<string> {
  const described = await DESCRIBE[type](client, [group], { timeoutMs });
  return stopFirst(described.get(group)?.value?.members ?? []);
}
