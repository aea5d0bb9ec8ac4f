// AlterUserScramCredentials v0
//
// Behavior: sets and removes credentials that the client has already salted and hashed (KIP-554). SASL
// listeners ask for the new ones from the next authentication on.

import { ALTER_USER_SCRAM_CREDENTIALS } from '../../protocol/generated/apis/alter-user-scram-credentials.ts';
import { handler } from '../handler.ts';

export const alterUserScramCredentials = handler(ALTER_USER_SCRAM_CREDENTIALS, {
  minVersion: 0,
  maxVersion: 0,
  roles: ['broker', 'controller'],
  handle: (request, { services }) => services.controller.alterUserScramCredentials(request),
  failed: ({ deletions, upsertions }, errorCode, errorMessage) => {
    const users = new Set([...deletions, ...upsertions].map(({ name }) => name));
    return { results: [...users].map((user) => ({ user, errorCode, errorMessage })) };
  },
});
