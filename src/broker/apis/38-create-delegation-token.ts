// CreateDelegationToken v1-3
//
// Behavior: a token is given over SASL or with a client's certificate alone (KIP-48), and no listener has either: the
// answer says that it isn't allowed, as a PLAINTEXT listener of Kafka's does.
//
// Version notes: v2 is flexible; v3 names an owner and tells the requester (KIP-373).

import { Errors } from '../../protocol/errors.ts';
import { CREATE_DELEGATION_TOKEN } from '../../protocol/generated/apis/create-delegation-token.ts';
import { ANONYMOUS } from '../authorization.ts';
import { handler } from '../handler.ts';

export const createDelegationToken = handler(CREATE_DELEGATION_TOKEN, {
  minVersion: 1,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle({ ownerPrincipalType, ownerPrincipalName }, { apiVersion }) {
    const owner = ownerPrincipalName
      ? { principalType: ownerPrincipalType ?? '', principalName: ownerPrincipalName }
      : ANONYMOUS;
    return {
      errorCode: Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
      ...owner,
      ...(apiVersion >= 3
        ? {
            tokenRequesterPrincipalType: ANONYMOUS.principalType,
            tokenRequesterPrincipalName: ANONYMOUS.principalName,
          }
        : {}),
      issueTimestampMs: -1,
      expiryTimestampMs: -1,
      maxTimestampMs: -1,
    };
  },
});
