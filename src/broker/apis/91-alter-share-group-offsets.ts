// AlterShareGroupOffsets v0
//
// Behavior: sets where an empty share group, made when it isn't there, begins; what was in flight is forgotten.

import { ALTER_SHARE_GROUP_OFFSETS } from '../../protocol/generated/apis/alter-share-group-offsets.ts';
import { handler } from '../handler.ts';
import { checkShareGroupsEnabled } from '../share/share-requests.ts';

export const alterShareGroupOffsets = handler(ALTER_SHARE_GROUP_OFFSETS, {
  minVersion: 0,
  maxVersion: 0,
  handle(request, context) {
    checkShareGroupsEnabled(context);
    return context.services.groups.share.alterOffsets(request);
  },
});
