// RenewDelegationToken v1-2
//
// Behavior: refused, as CreateDelegationToken.
//
// Version notes: v2 is flexible.

import { RENEW_DELEGATION_TOKEN } from '../../protocol/generated/apis/renew-delegation-token.ts';
import { tokenRefusal } from '../authorization.ts';
import { handler } from '../handler.ts';

export const renewDelegationToken = handler(RENEW_DELEGATION_TOKEN, {
  minVersion: 1,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle: (_request, { peer }) => ({
    errorCode: tokenRefusal(peer),
    expiryTimestampMs: -1,
  }),
});
