// IncrementalAlterConfigs v0-1
//
// Behavior: sets, deletes, appends to and subtracts from single configs (KIP-339). The answer comes when the change is
// in force on this broker. Levels of loggers are this broker's own affair; the rest goes to the controller.
//
// Version notes: v1 is flexible.

import { ConfigResourceType } from '../../metadata/image/configs-image.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../protocol/generated/apis/incremental-alter-configs.ts';
import type { AlterConfigsResource } from '../../protocol/generated/apis/incremental-alter-configs-request.ts';
import { handler } from '../handler.ts';
import type { BrokerServices } from '../services.ts';

const { BROKER_LOGGER } = ConfigResourceType;

export const incrementalAlterConfigs = handler(INCREMENTAL_ALTER_CONFIGS, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  async handle(request, context) {
    const isLogger = ({ resourceType }: AlterConfigsResource) => resourceType === BROKER_LOGGER;
    const loggers = request.resources.filter(isLogger);
    if (loggers.length === 0) {
      return context.services.controller.incrementalAlterConfigs(request, context);
    }
    const resources = request.resources.filter((resource) => !isLogger(resource));
    const forwarded = await context.services.controller.incrementalAlterConfigs(
      { ...request, resources },
      context,
    );
    const own = loggers.map((each) => alterLoggers(each, request.validateOnly, context.services));
    return { ...forwarded, responses: [...own, ...forwarded.responses] };
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

function alterLoggers(
  { resourceType, resourceName, configs }: AlterConfigsResource,
  validateOnly: boolean,
  { loggers, nodeId }: BrokerServices,
) {
  const answer = (errorCode: number, errorMessage: string | null) => ({
    errorCode,
    errorMessage,
    resourceType,
    resourceName,
  });
  try {
    checkNode(resourceName, nodeId);
    loggers.alter(configs, validateOnly);
    return answer(Errors.NONE, null);
  } catch (error) {
    if (error instanceof ApiError) return answer(error.code, error.message);
    throw error;
  }
}

function checkNode(name: string, nodeId: number): void {
  if (!/^[+-]?\d+$/.test(name)) {
    throw new ApiError(Errors.INVALID_REQUEST, `Node id must be an integer, but it is: ${name}`);
  }
  if (Number(name) !== nodeId) {
    throw new ApiError(
      Errors.INVALID_REQUEST,
      `Unexpected node id. Expected ${nodeId}, but received ${name}`,
    );
  }
}
