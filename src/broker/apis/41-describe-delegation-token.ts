// DescribeDelegationToken v1-3
//
// Behavior: refused, as CreateDelegationToken. Kafka's controller tells that it has this API and then knows nothing of it.
//
// Version notes: v2 is flexible; v3 tells who asked for a token (KIP-373).

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_DELEGATION_TOKEN } from '../../protocol/generated/apis/describe-delegation-token.ts';
import { tokenRefusal } from '../authorization.ts';
import { handler } from '../handler.ts';

export const describeDelegationToken = handler(DESCRIBE_DELEGATION_TOKEN, {
  minVersion: 1,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle: (_request, { role, peer }) => ({
    errorCode: role === 'controller' ? Errors.UNKNOWN_SERVER_ERROR : tokenRefusal(peer),
  }),
});
