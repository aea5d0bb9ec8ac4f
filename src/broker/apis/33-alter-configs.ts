// AlterConfigs v0-2
//
// Behavior: replaces all configs of a resource (deprecated for IncrementalAlterConfigs, KIP-339, but served by 4.3.1).
//
// Version notes: v2 is flexible.

import { ALTER_CONFIGS } from '../../protocol/generated/apis/alter-configs.ts';
import { changeConfigs } from '../config-changes.ts';
import { handler } from '../handler.ts';

export const alterConfigs = handler(ALTER_CONFIGS, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  async handle(request, context) {
    const { controller, nodeId } = context.services;
    if (context.role === 'controller') return controller.alterConfigs(request, context);
    const responses = await changeConfigs(request.resources, {
      nodeId,
      forward: async (resources) =>
        (await controller.alterConfigs({ ...request, resources }, context)).responses,
    });
    return { responses };
  },
  failed: (request, code, message) => ({
    responses: request.resources.map(({ resourceType, resourceName }) => ({
      errorCode: code,
      errorMessage: message,
      resourceType,
      resourceName,
    })),
  }),
});
