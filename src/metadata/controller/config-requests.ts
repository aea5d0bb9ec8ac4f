// The config-changing requests, resource by resource: each succeeds or fails on its own (ControllerApis,
// ConfigurationControlManager). It never checks who asks.

import { ApiError, Errors } from '../../protocol/errors.ts';
import type { AlterConfigsRequest } from '../../protocol/generated/apis/alter-configs-request.ts';
import type { IncrementalAlterConfigsRequest } from '../../protocol/generated/apis/incremental-alter-configs-request.ts';
import type { AlterConfigsResourceResponse } from '../../protocol/generated/apis/incremental-alter-configs-response.ts';
import { type ConfigResource, resourceKey } from '../image/configs-image.ts';
import type { RecordDraft } from '../records.ts';
import {
  ConfigOperation,
  replaceConfigs,
  incrementalAlterConfigs as resourceChanges,
} from './configuration-control.ts';
import { type ControlResult, controlResult } from './control-result.ts';
import type { ControllerState } from './controller-state.ts';
import { asApiError } from './replication-control.ts';

export function incrementalAlterConfigs(
  state: ControllerState,
  request: IncrementalAlterConfigsRequest,
): ControlResult<AlterConfigsResourceResponse[]> {
  const { resources } = request;
  if (resources.some(({ configs }) => configs.some(isUnknown))) {
    // Kafka's controller falls over it, with all that it was asked at once.
    const errorCode = Errors.UNKNOWN_SERVER_ERROR;
    const answers = resources.map(({ resourceType, resourceName }) => ({
      errorCode,
      errorMessage: null,
      resourceType,
      resourceName,
    }));
    return controlResult([], answers);
  }
  return eachResource(request, (resource, configs) => {
    const names = new Set(configs.map((config) => config.name));
    if (names.size < configs.length) {
      throw new ApiError(Errors.INVALID_REQUEST, 'Error due to duplicate config keys');
    }
    return resourceChanges(
      state,
      resource,
      configs.map(({ name, configOperation, value }) => ({
        name,
        operation: configOperation,
        value,
      })),
    );
  });
}

function isUnknown({ configOperation }: { readonly configOperation: number }): boolean {
  return !Object.values<number>(ConfigOperation).includes(configOperation);
}

export function alterConfigs(
  state: ControllerState,
  request: AlterConfigsRequest,
): ControlResult<AlterConfigsResourceResponse[]> {
  return eachResource(request, (resource, configs) =>
    replaceConfigs(state, resource, new Map(configs.map(({ name, value }) => [name, value]))),
  );
}

interface ResourceRequest<C> {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly C[];
}

function eachResource<C>(
  request: { readonly resources: readonly ResourceRequest<C>[]; readonly validateOnly: boolean },
  decide: (resource: ConfigResource, configs: readonly C[]) => readonly RecordDraft[],
): ControlResult<AlterConfigsResourceResponse[]> {
  const records: RecordDraft[] = [];
  const counts = new Map<string, number>();
  for (const { resourceType, resourceName } of request.resources) {
    const key = resourceKey(resourceType, resourceName);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const responses = request.resources.map(({ resourceType, resourceName, configs }) => {
    const answer = (errorCode: number, errorMessage: string | null) => ({
      errorCode,
      errorMessage,
      resourceType,
      resourceName,
    });
    try {
      if ((counts.get(resourceKey(resourceType, resourceName)) ?? 0) > 1) {
        throw new ApiError(Errors.INVALID_REQUEST, 'Each resource must appear at most once.');
      }
      records.push(...decide({ type: resourceType, name: resourceName }, configs));
      return answer(Errors.NONE, null);
    } catch (error) {
      const apiError = asApiError(error);
      return answer(apiError.code, apiError.message);
    }
  });
  return controlResult(request.validateOnly ? [] : records, responses);
}
