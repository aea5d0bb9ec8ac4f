// SaslHandshake v0-1
//
// Behavior: names the mechanism that the client wants to authenticate with, and hears all that the listener has. Another one
// ends the connection after the answer. Without SASL, or after it, the request is out of place: ILLEGAL_SASL_STATE.
//
// Version notes:
// After v0 the client's tokens come without headers; after v1 in SaslAuthenticate requests (KIP-152).

import { Errors } from '../../protocol/errors.ts';
import { SASL_HANDSHAKE } from '../../protocol/generated/apis/sasl-handshake.ts';
import { handler } from '../handler.ts';
import { sendAwayLate } from '../security/send-away.ts';

export const saslHandshake = handler(SASL_HANDSHAKE, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  handle({ mechanism }, { apiVersion, peer, services }) {
    const { sasl } = peer;
    if (sasl === undefined || sasl.isComplete) return { errorCode: Errors.ILLEGAL_SASL_STATE };
    const errorCode = sasl.handshake(mechanism, apiVersion);
    const answer = { errorCode, mechanisms: [...sasl.listener.mechanisms] };
    if (errorCode === Errors.NONE) return answer;
    const reason = `SASL mechanism ${JSON.stringify(mechanism)} isn't enabled`;
    return sendAwayLate(services.io.clock, peer, sasl.listener.failureDelayMs, reason, answer);
  },
});
