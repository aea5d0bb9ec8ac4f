// ShareGroupHeartbeat v1
//
// Behavior: joins a share group, keeps alive, changes the subscription, tells the member's partitions, leaves (KIP-932).
//
// Version notes: v1 is the first that isn't unstable.

import { ApiError, Errors } from '../../protocol/errors.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../protocol/generated/apis/share-group-heartbeat.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';
import { checkShareGroupsEnabled, isMemberIdValid } from '../share/share-requests.ts';

export const shareGroupHeartbeat = handler(SHARE_GROUP_HEARTBEAT, {
  minVersion: 1,
  maxVersion: 1,
  handle(request, context) {
    checkShareGroupsEnabled(context);
    if (!isMemberIdValid(request.memberId)) {
      throw new ApiError(Errors.INVALID_REQUEST, 'Invalid member id in the request.');
    }
    return context.services.groups.share.heartbeat(groupContext(context), request);
  },
  failed: (_, errorCode) => ({ errorCode }),
});
