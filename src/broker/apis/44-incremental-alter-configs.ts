// IncrementalAlterConfigs v0-1
//
// Behavior: sets, deletes, appends to and subtracts from single configs (KIP-339). The answer comes when the change is
// in force on this broker. Levels of loggers are this broker's own affair; the rest goes to the controller.
//
// Version notes: v1 is flexible.

import { INCREMENTAL_ALTER_CONFIGS } from '../../protocol/generated/apis/incremental-alter-configs.ts';
import { changeConfigs } from '../config-changes.ts';
import { handler } from '../handler.ts';

export const incrementalAlterConfigs = handler(INCREMENTAL_ALTER_CONFIGS, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  async handle(request, context) {
    const { controller, loggers, nodeId } = context.services;
    if (context.role === 'controller') return controller.incrementalAlterConfigs(request, context);
    const responses = await changeConfigs(request.resources, {
      nodeId,
      alterLoggers: ({ configs }) => loggers.alter(configs, request.validateOnly),
      forward: async (resources) => {
        const answer = await controller.incrementalAlterConfigs({ ...request, resources }, context);
        return answer.responses;
      },
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
