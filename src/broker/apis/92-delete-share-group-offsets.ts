// DeleteShareGroupOffsets v0
//
// Behavior: an empty share group forgets where it stands in topics; it begins anew by share.auto.offset.reset.

import { DELETE_SHARE_GROUP_OFFSETS } from '../../protocol/generated/apis/delete-share-group-offsets.ts';
import { handler } from '../handler.ts';
import { checkShareGroupsEnabled } from '../share/share-requests.ts';

export const deleteShareGroupOffsets = handler(DELETE_SHARE_GROUP_OFFSETS, {
  minVersion: 0,
  maxVersion: 0,
  handle(request, context) {
    checkShareGroupsEnabled(context);
    return context.services.groups.share.deleteOffsets(request);
  },
});
