// ExpireDelegationToken v1-2
//
// Behavior: refused, as CreateDelegationToken.
//
// Version notes: v2 is flexible.

import { EXPIRE_DELEGATION_TOKEN } from '../../protocol/generated/apis/expire-delegation-token.ts';
import { tokenRefusal } from '../authorization.ts';
import { handler } from '../handler.ts';

export const expireDelegationToken = handler(EXPIRE_DELEGATION_TOKEN, {
  minVersion: 1,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle: (_request, { peer }) => ({
    errorCode: tokenRefusal(peer),
    expiryTimestampMs: -1,
  }),
});
