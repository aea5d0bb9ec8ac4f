// AlterConfigs v0-2
//
// Behavior: replaces all configs of a resource (deprecated for IncrementalAlterConfigs, KIP-339, but served by 4.3.1).
//
// Version notes: v2 is flexible.

import { ALTER_CONFIGS } from '../../protocol/generated/apis/alter-configs.ts';
import { handler } from '../handler.ts';

export const alterConfigs = handler(ALTER_CONFIGS, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.alterConfigs(request, context),
  failed: (request, code, message) => ({
    responses: request.resources.map(({ resourceType, resourceName }) => ({
      errorCode: code,
      errorMessage: message,
      resourceType,
      resourceName,
    })),
  }),
});
