// CreateDelegationToken v1-3
//
// Behavior: there are no delegation tokens (KIP-48), as in Kafka without delegation.token.secret.key: who has authenticated
// is told that they are disabled, anybody else that they may not be asked for.
//
// Version notes: v2 is flexible; v3 names an owner and tells the requester (KIP-373).

import { Errors } from '../../protocol/errors.ts';
import { CREATE_DELEGATION_TOKEN } from '../../protocol/generated/apis/create-delegation-token.ts';
import { principalOf, tokenRefusal } from '../authorization.ts';
import { handler } from '../handler.ts';

export const createDelegationToken = handler(CREATE_DELEGATION_TOKEN, {
  minVersion: 1,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle({ ownerPrincipalType, ownerPrincipalName }, { apiVersion, peer }) {
    const requester = principalOf(peer);
    // A name without a type is no principal: an unexpected error to Kafka's broker, told of who asks.
    const isNoPrincipal = Boolean(ownerPrincipalName) && ownerPrincipalType === null;
    const owner =
      ownerPrincipalName && ownerPrincipalType !== null
        ? { principalType: ownerPrincipalType, principalName: ownerPrincipalName }
        : requester;
    return {
      errorCode: isNoPrincipal ? Errors.UNKNOWN_SERVER_ERROR : tokenRefusal(peer),
      ...owner,
      ...(apiVersion >= 3
        ? {
            tokenRequesterPrincipalType: requester.principalType,
            tokenRequesterPrincipalName: requester.principalName,
          }
        : {}),
      issueTimestampMs: -1,
      expiryTimestampMs: -1,
      maxTimestampMs: -1,
    };
  },
});
