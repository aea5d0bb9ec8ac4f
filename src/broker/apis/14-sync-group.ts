// SyncGroup v0-5
//
// Behavior: the leader brings the assignment, every member gets its part when it is committed.
//
// Version notes: v3 static members (KIP-345); v4 flexible; v5 protocol type and name (KIP-559): from then on a request
// without them is refused.

import { Errors } from '../../protocol/errors.ts';
import { SYNC_GROUP } from '../../protocol/generated/apis/sync-group.ts';
import { handler } from '../handler.ts';

const PROTOCOL_VERSION = 5;

export const syncGroup = handler(SYNC_GROUP, {
  minVersion: 0,
  maxVersion: 5,
  handle(request, context) {
    const lacksProtocol = request.protocolType === null || request.protocolName === null;
    if (context.apiVersion >= PROTOCOL_VERSION && lacksProtocol) {
      return { errorCode: Errors.INCONSISTENT_GROUP_PROTOCOL };
    }
    return context.services.groups.syncGroup(request);
  },
  failed: (_request, errorCode) => ({ errorCode }),
});
