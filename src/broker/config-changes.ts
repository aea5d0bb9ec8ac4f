// What a broker decides of AlterConfigs and IncrementalAlterConfigs before the controller sees them: what nobody could
// mean, and levels of loggers, which are its own affair (ConfigAdminManager). It changes no metadata.

import { ConfigResourceType, resourceKey } from '../metadata/image/configs-image.ts';
import { ApiError, Errors } from '../protocol/errors.ts';

export interface ChangedConfig {
  readonly name: string;
  readonly value: string | null;
  /** AlterConfigOp.OpType; not there in AlterConfigs, which only sets. */
  readonly configOperation?: number;
}

export interface ChangedResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly ChangedConfig[];
}

export interface ResourceAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
}

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType;
const FORWARDED: readonly number[] = [TOPIC, BROKER, CLIENT_METRICS, GROUP];
const SET = 0;
const DELETE = 1;
const OPERATIONS: readonly number[] = [SET, DELETE, 2, 3];

interface Way<R> {
  readonly nodeId: number;
  /** Levels of loggers set here and now. Throws ApiError. undefined where the API doesn't know loggers. */
  readonly alterLoggers?: (resource: R) => void;
  /** The controller's answers to the resources that are left, one each, in their order. */
  readonly forward: (resources: R[]) => Promise<readonly ResourceAnswer[]>;
}

/** One answer per resource in the order of the request, whoever gave it. */
export async function changeConfigs<R extends ChangedResource>(
  resources: readonly R[],
  way: Way<R>,
): Promise<ResourceAnswer[]> {
  const own = new Map<R, ResourceAnswer>();
  const namesakes = new Map<string, number>();
  for (const { resourceType, resourceName } of resources) {
    const key = resourceKey(resourceType, resourceName);
    namesakes.set(key, (namesakes.get(key) ?? 0) + 1);
  }
  for (const resource of resources) {
    const { resourceType, resourceName } = resource;
    const answer = (errorCode: number, errorMessage: string | null) =>
      own.set(resource, { errorCode, errorMessage, resourceType, resourceName });
    try {
      if (namesakes.get(resourceKey(resourceType, resourceName)) !== 1) {
        refuse('Each resource must appear at most once.');
      }
      checkResource(resource, way);
      if (resourceType !== BROKER_LOGGER) continue;
      way.alterLoggers?.(resource);
      answer(Errors.NONE, null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answer(error.code, error.specificMessage);
    }
  }
  const left = resources.filter((resource) => !own.has(resource));
  const forwarded = left.length > 0 ? await way.forward(left) : [];
  let next = 0;
  return resources.map((resource) => own.get(resource) ?? forwarded[next++]!);
}

function checkResource<R extends ChangedResource>(
  { resourceType, resourceName, configs }: R,
  { nodeId, alterLoggers }: Way<R>,
): void {
  if (new Set(configs.map(({ name }) => name)).size < configs.length) {
    refuse('Error due to duplicate config keys');
  }
  const isNull = ({ value, configOperation }: ChangedConfig) =>
    value === null && configOperation !== DELETE;
  const nulls = configs.filter(isNull).map(({ name }) => name);
  if (nulls.length > 0) refuse(`Null value not supported for : ${nulls.join(', ')}`);
  if (resourceType === BROKER_LOGGER && alterLoggers !== undefined) {
    if (idOf(resourceName) !== nodeId) {
      refuse(`Unexpected node id. Expected ${nodeId}, but received ${resourceName}`);
    }
  } else if (!FORWARDED.includes(resourceType)) refuse(`Unknown resource type ${resourceType}`);
  if (resourceType !== BROKER) return;
  if (resourceName !== '' && idOf(resourceName) !== nodeId) {
    refuse(`Unexpected broker id, expected ${nodeId}, but received ${resourceName}`);
  }
  for (const { configOperation = SET } of configs) {
    if (!OPERATIONS.includes(configOperation)) refuse(`Unknown operations type ${configOperation}`);
  }
}

function idOf(name: string): number {
  if (!/^[+-]?\d+$/.test(name)) refuse(`Node id must be an integer, but it is: ${name}`);
  return Number(name);
}

function refuse(message: string): never {
  throw new ApiError(Errors.INVALID_REQUEST, message);
}
