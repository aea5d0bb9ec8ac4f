// UnregisterBroker v0
//
// Behavior: the controller decides (KIP-631).

import { UNREGISTER_BROKER } from '../../protocol/generated/apis/unregister-broker.ts';
import { handler } from '../handler.ts';

export const unregisterBroker = handler(UNREGISTER_BROKER, {
  minVersion: 0,
  maxVersion: 0,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.unregisterBroker(request),
});
