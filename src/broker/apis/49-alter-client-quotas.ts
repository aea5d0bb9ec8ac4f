// AlterClientQuotas v0-1
//
// Behavior: sets and removes quotas of users, clients and ips (KIP-546). They are stored and described, not enforced.
//
// Version notes: v1 is flexible.

import { ALTER_CLIENT_QUOTAS } from '../../protocol/generated/apis/alter-client-quotas.ts';
import { handler } from '../handler.ts';

export const alterClientQuotas = handler(ALTER_CLIENT_QUOTAS, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  handle: (request, { services }) => services.controller.alterClientQuotas(request),
  failed: ({ entries }, errorCode, errorMessage) => ({
    entries: entries.map(({ entity }) => ({ errorCode, errorMessage, entity })),
  }),
});
