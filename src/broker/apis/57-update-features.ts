// UpdateFeatures v0-2
//
// Behavior: the controller decides (KIP-584, KIP-1022).
//
// Version notes: v1 adds upgradeType and validateOnly; v2 tells one error for all.

import { UPDATE_FEATURES } from '../../protocol/generated/apis/update-features.ts';
import { handler } from '../handler.ts';

export const updateFeatures = handler(UPDATE_FEATURES, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.updateFeatures(request, context),
});
