// DeleteGroups v0-2
//
// Behavior: empty groups go with all their offsets; a group that has members stays (NON_EMPTY_GROUP).
//
// Version notes: v2 flexible.

import { DELETE_GROUPS } from '../../protocol/generated/apis/delete-groups.ts';
import { handler } from '../handler.ts';

export const deleteGroups = handler(DELETE_GROUPS, {
  minVersion: 0,
  maxVersion: 2,
  handle: (request, context) => context.services.groups.deleteGroups(request),
  failed: (request, errorCode) => ({
    results: request.groupsNames.map((groupId) => ({ groupId, errorCode })),
  }),
});
