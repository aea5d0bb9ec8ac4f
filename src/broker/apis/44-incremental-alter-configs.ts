// IncrementalAlterConfigs v0-1
//
// Behavior: sets, deletes, appends to and subtracts from single configs (KIP-339). The answer comes when the change is
// in force on this broker.
//
// Version notes: v1 is flexible.

import { INCREMENTAL_ALTER_CONFIGS } from '../../protocol/generated/apis/incremental-alter-configs.ts';
import { handler } from '../handler.ts';

export const incrementalAlterConfigs = handler(INCREMENTAL_ALTER_CONFIGS, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  handle: (request, context) =>
    context.services.controller.incrementalAlterConfigs(request, context),
  failed: (request, code, message) => ({
    responses: request.resources.map(({ resourceType, resourceName }) => ({
      errorCode: code,
      errorMessage: message,
      resourceType,
      resourceName,
    })),
  }),
});
