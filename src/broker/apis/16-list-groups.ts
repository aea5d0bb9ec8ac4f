// ListGroups v0-5
//
// Behavior: the groups whose coordinator this broker is, of every kind.
//
// Version notes: v3 flexible; v4 states (KIP-518); v5 types (KIP-848).

import { LIST_GROUPS } from '../../protocol/generated/apis/list-groups.ts';
import { handler } from '../handler.ts';

export const listGroups = handler(LIST_GROUPS, {
  minVersion: 0,
  maxVersion: 5,
  async handle(request, context) {
    const { groups, ...response } = await context.services.groups.listGroups(request);
    // Apache Kafka writes the types small, as Group.GroupType.toString does.
    return {
      ...response,
      groups: groups?.map((each) => ({ ...each, groupType: each.groupType?.toLowerCase() })) ?? [],
    };
  },
  failed: (_request, errorCode) => ({ errorCode }),
});
