// ExpireDelegationToken v1-2
//
// Behavior: as CreateDelegationToken: not allowed on a PLAINTEXT listener.
//
// Version notes: v2 is flexible.

import { Errors } from '../../protocol/errors.ts';
import { EXPIRE_DELEGATION_TOKEN } from '../../protocol/generated/apis/expire-delegation-token.ts';
import { handler } from '../handler.ts';

export const expireDelegationToken = handler(EXPIRE_DELEGATION_TOKEN, {
  minVersion: 1,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle: () => ({
    errorCode: Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
    expiryTimestampMs: -1,
  }),
});
