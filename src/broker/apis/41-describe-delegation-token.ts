// DescribeDelegationToken v1-3
//
// Behavior: as CreateDelegationToken: not allowed on a PLAINTEXT listener. Kafka's controller tells that it has this
// API and then knows nothing of it.
//
// Version notes: v2 is flexible; v3 tells who asked for a token (KIP-373).

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_DELEGATION_TOKEN } from '../../protocol/generated/apis/describe-delegation-token.ts';
import { handler } from '../handler.ts';

export const describeDelegationToken = handler(DESCRIBE_DELEGATION_TOKEN, {
  minVersion: 1,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle: (_request, { role }) => ({
    errorCode:
      role === 'controller'
        ? Errors.UNKNOWN_SERVER_ERROR
        : Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
  }),
});
