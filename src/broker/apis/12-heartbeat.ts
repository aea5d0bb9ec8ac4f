// Heartbeat v0-4
//
// Behavior: a member of a classic group stays in it, and learns of a rebalance. While the group is being loaded the
// answer is no error.
//
// Version notes: v3 static members (KIP-345); v4 flexible.

import { HEARTBEAT } from '../../protocol/generated/apis/heartbeat.ts';
import { handler } from '../handler.ts';

export const heartbeat = handler(HEARTBEAT, {
  minVersion: 0,
  maxVersion: 4,
  handle: (request, context) => context.services.groups.heartbeat(request),
  failed: (_request, errorCode) => ({ errorCode }),
});
