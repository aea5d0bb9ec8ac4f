// SaslAuthenticate v0-2
//
// Behavior: one token of the mechanism's dialogue. A client that is refused is told after a while
// (connection.failed.authentication.delay.ms), and its connection ends. Out of place on a listener without SASL.
//
// Version notes:
// v1 tells how long the session lasts (KIP-368). v2 is flexible.

import { Errors } from '../../protocol/errors.ts';
import { SASL_AUTHENTICATE } from '../../protocol/generated/apis/sasl-authenticate.ts';
import { handler } from '../handler.ts';
import { sendAwayLate } from '../security/send-away.ts';

export const saslAuthenticate = handler(SASL_AUTHENTICATE, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle({ authBytes }, { peer, services }) {
    const { sasl } = peer;
    if (sasl === undefined || sasl.isComplete) {
      return {
        errorCode: Errors.ILLEGAL_SASL_STATE,
        errorMessage: 'SaslAuthenticate request received after successful authentication',
      };
    }
    const answer = sasl.authenticate(authBytes);
    if (answer.ok) {
      return { authBytes: answer.token, sessionLifetimeMs: answer.sessionLifetimeMs };
    }
    const { errorCode, errorMessage } = answer;
    const { failureDelayMs } = sasl.listener;
    return sendAwayLate(services.io.clock, peer, failureDelayMs, errorMessage, {
      errorCode,
      errorMessage,
    });
  },
});
