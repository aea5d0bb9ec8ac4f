// SaslAuthenticate v0-2
//
// Behavior: as SaslHandshake: on a listener without SASL it is out of place.

import { Errors } from '../../protocol/errors.ts';
import { SASL_AUTHENTICATE } from '../../protocol/generated/apis/sasl-authenticate.ts';
import { handler } from '../handler.ts';

export const saslAuthenticate = handler(SASL_AUTHENTICATE, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle: () => ({
    errorCode: Errors.ILLEGAL_SASL_STATE,
    errorMessage: 'SaslAuthenticate request received after successful authentication',
  }),
});
