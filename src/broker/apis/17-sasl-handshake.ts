// SaslHandshake v0-1
//
// Behavior: no listener of ours asks for SASL, so there is nothing to shake hands about: ILLEGAL_SASL_STATE, as a
// PLAINTEXT listener of Kafka's answers.

import { Errors } from '../../protocol/errors.ts';
import { SASL_HANDSHAKE } from '../../protocol/generated/apis/sasl-handshake.ts';
import { handler } from '../handler.ts';

export const saslHandshake = handler(SASL_HANDSHAKE, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  handle: () => ({ errorCode: Errors.ILLEGAL_SASL_STATE }),
});
