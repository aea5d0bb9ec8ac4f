// Configs set, removed, appended to and subtracted from (ConfigurationControlManager with its validator,
// ControllerConfigurationValidator). Pure: a decision about an image; the broker checks its own dynamic configs
// before it forwards them (ConfigAdminManager).

import { topicNameError } from '../../common/topic-name.ts';
import { brokerConfigs } from '../../config/broker-configs.ts';
import { checkReconfiguration } from '../../config/broker-reconfiguration.ts';
import { ConfigError, ConfigRequestError, type ConfigTable } from '../../config/config-def.ts';
import {
  validateClientMetricsConfigs,
  validateDynamicBrokerConfigs,
  validateGroupConfigs,
  validateTopicConfigs,
} from '../../config/config-validation.ts';
import { clientMetricsConfigs, groupConfigs } from '../../config/group-configs.ts';
import { topicConfigs } from '../../config/topic-configs.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { type ConfigResource, ConfigResourceType } from '../image/configs-image.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import type { RecordDraft } from '../records.ts';
import { type ControllerState, isElrEnabled } from './controller-state.ts';

/** AlterConfigOp.OpType. */
export const ConfigOperation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

const OPERATION_NAMES = ['SET', 'DELETE', 'APPEND', 'SUBTRACT'] as const;

export interface ConfigChange {
  readonly name: string;
  readonly operation: number;
  readonly value: string | null;
}

const MAX_VALUE_LENGTH = 32_767;
const MIN_ISR = 'min.insync.replicas';

/** The records of one resource's changes. Throws ApiError. */
export function incrementalAlterConfigs(
  state: ControllerState,
  resource: ConfigResource,
  changes: readonly ConfigChange[],
): RecordDraft[] {
  const current = currentConfigs(state.image, resource);
  const records: RecordDraft[] = [];
  const proposed = new Map(current);
  for (const change of changes) {
    const oldValue = current.get(change.name) ?? null;
    const newValue = appliedValue(resource, change, oldValue);
    if (newValue !== null && newValue.length > MAX_VALUE_LENGTH) {
      throw new ApiError(
        Errors.INVALID_CONFIG,
        'The configuration value cannot be added because it exceeds the maximum value size of ' +
          `${MAX_VALUE_LENGTH} bytes.`,
      );
    }
    if (newValue === null) proposed.delete(change.name);
    else proposed.set(change.name, newValue);
    // KAFKA-14136: a broker's configs are written even when unchanged, which makes it load its key stores anew.
    if (oldValue !== newValue || resource.type === ConfigResourceType.BROKER) {
      records.push(configRecord(resource, change.name, newValue));
    }
  }
  checkMinIsr(state.image, resource, records);
  validate(state, resource, proposed, current);
  checkExists(state.image, resource);
  return withClearedElr(state.image, records);
}

/** The records that make `configs` all there is for the resource (the old AlterConfigs). Throws ApiError. */
export function replaceConfigs(
  state: ControllerState,
  resource: ConfigResource,
  configs: ReadonlyMap<string, string | null>,
): RecordDraft[] {
  const current = currentConfigs(state.image, resource);
  const records: RecordDraft[] = [];
  const proposed = new Map<string, string>();
  for (const [name, value] of configs) {
    if (value !== null) proposed.set(name, value);
    if ((current.get(name) ?? null) !== value || resource.type === ConfigResourceType.BROKER) {
      records.push(configRecord(resource, name, value));
    }
  }
  for (const name of current.keys()) {
    if (!configs.has(name)) records.push(configRecord(resource, name, null));
  }
  checkMinIsr(state.image, resource, records);
  validate(state, resource, proposed, current);
  checkExists(state.image, resource);
  return withClearedElr(state.image, records);
}

/** The records of a resource that is just being made: nothing is stored for it yet. Throws ApiError. */
export function setConfigs(
  state: ControllerState,
  resource: ConfigResource,
  configs: ReadonlyMap<string, string>,
): RecordDraft[] {
  validate(state, resource, configs, new Map());
  const records = [...configs].map(([name, value]) => configRecord(resource, name, value));
  return withClearedElr(state.image, records);
}

/** Eligible leaders were chosen under the old min.insync.replicas: they go when it changes (KIP-966). */
function withClearedElr(image: MetadataImage, records: readonly RecordDraft[]): RecordDraft[] {
  const cleared: RecordDraft[] = [];
  if (isElrEnabled(image)) {
    for (const record of records) {
      if (record.type !== 'ConfigRecord' || record.message.name !== MIN_ISR) continue;
      const { resourceType, resourceName } = record.message;
      const topicName = resourceType === ConfigResourceType.TOPIC ? (resourceName ?? '') : '';
      cleared.push({ type: 'ClearElrRecord', version: 0, message: { topicName } });
    }
  }
  return [...records, ...cleared];
}

/**
 * What goes before ELR is turned on: the cluster gets a min.insync.replicas, brokers lose their own, so that from then on
 * all agree on it. Kafka: ConfigurationControlManager.maybeGenerateElrSafetyRecords.
 */
export function elrSafetyRecords({ config, image }: ControllerState): RecordDraft[] {
  const records: RecordDraft[] = [];
  const { BROKER } = ConfigResourceType;
  if (!image.configs.configMapForResource(BROKER, '').has(MIN_ISR)) {
    const value = String(config.number(MIN_ISR));
    records.push(configRecord({ type: BROKER, name: '' }, MIN_ISR, value));
  }
  for (const id of image.cluster.brokers.keys()) {
    const resource = { type: BROKER, name: String(id) };
    if (currentConfigs(image, resource).has(MIN_ISR)) {
      records.push(configRecord(resource, MIN_ISR, null));
    }
  }
  return records;
}

function currentConfigs(
  image: MetadataImage,
  resource: ConfigResource,
): ReadonlyMap<string, string> {
  return image.configs.configMapForResource(resource.type, resource.name);
}

function configRecord(resource: ConfigResource, name: string, value: string | null): RecordDraft {
  const { type, name: resourceName } = resource;
  return {
    type: 'ConfigRecord',
    version: 0,
    message: { resourceType: type, resourceName, name, value },
  };
}

function appliedValue(
  resource: ConfigResource,
  change: ConfigChange,
  oldValue: string | null,
): string | null {
  switch (change.operation) {
    case ConfigOperation.SET:
      return change.value;
    case ConfigOperation.DELETE:
      return null;
    case ConfigOperation.APPEND:
    case ConfigOperation.SUBTRACT:
      return combinedList(resource, change, oldValue);
    default:
      throw new ApiError(Errors.UNKNOWN_SERVER_ERROR);
  }
}

function combinedList(
  resource: ConfigResource,
  change: ConfigChange,
  oldValue: string | null,
): string {
  const key = tableOf(resource.type)?.get(change.name);
  if (key?.type !== 'LIST') {
    const operation = OPERATION_NAMES[change.operation];
    throw new ApiError(
      Errors.INVALID_CONFIG,
      `Can't ${operation} to key ${change.name} because its type is not LIST.`,
    );
  }
  const old = (oldValue ?? key.defaultText ?? '').split(',').filter((entry) => entry !== '');
  const changed = new Set((change.value ?? '').split(','));
  if (change.operation === ConfigOperation.SUBTRACT) {
    return old.filter((entry) => !changed.has(entry)).join(',');
  }
  for (const entry of old) changed.delete(entry);
  return [...old, ...changed].join(',');
}

function tableOf(resourceType: number): ConfigTable | undefined {
  switch (resourceType) {
    case ConfigResourceType.TOPIC:
      return topicConfigs;
    case ConfigResourceType.BROKER:
      return brokerConfigs;
    case ConfigResourceType.GROUP:
      return groupConfigs;
    case ConfigResourceType.CLIENT_METRICS:
      return clientMetricsConfigs;
    default:
      return undefined;
  }
}

/** With ELR the cluster-wide value must stay and no broker may have its own (KIP-966). */
function checkMinIsr(
  image: MetadataImage,
  resource: ConfigResource,
  records: readonly RecordDraft[],
): void {
  if (!isElrEnabled(image) || resource.type !== ConfigResourceType.BROKER) return;
  for (const record of records) {
    if (record.type !== 'ConfigRecord' || record.message.name !== MIN_ISR) continue;
    if (resource.name !== '') {
      throw new ApiError(
        Errors.INVALID_CONFIG,
        'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
      );
    }
    if (record.message.value === null) {
      throw new ApiError(
        Errors.INVALID_CONFIG,
        'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
      );
    }
  }
}

/** A node that has no broker role yet, or another's configs, can't be judged by its own properties. */
function checkBrokerTakes(
  state: ControllerState,
  name: string,
  proposed: ReadonlyMap<string, string>,
): void {
  const { config, image } = state;
  const nodeName = String(config.nodeId);
  if (!config.isBroker || (name !== '' && name !== nodeName)) return;
  const clusterDefaults = image.configs.configMapForResource(ConfigResourceType.BROKER, '');
  const own = image.configs.configMapForResource(ConfigResourceType.BROKER, nodeName);
  const before = { clusterDefaults, own };
  const after =
    name === '' ? { clusterDefaults: proposed, own } : { clusterDefaults, own: proposed };
  checkReconfiguration(config, before, after);
}

function validate(
  state: ControllerState,
  resource: ConfigResource,
  proposed: ReadonlyMap<string, string>,
  existing: ReadonlyMap<string, string>,
): void {
  try {
    switch (resource.type) {
      case ConfigResourceType.TOPIC:
        checkTopicResource(resource.name);
        validateTopicConfigs(proposed, existing, state.config);
        break;
      case ConfigResourceType.BROKER:
        checkBrokerResource(resource.name);
        validateDynamicBrokerConfigs(proposed, resource.name !== '');
        checkBrokerTakes(state, resource.name, proposed);
        break;
      case ConfigResourceType.CLIENT_METRICS:
        if (resource.name === '') throw invalidRequest("Subscription name can't be empty");
        validateClientMetricsConfigs(proposed);
        break;
      case ConfigResourceType.GROUP:
        if (resource.name === '') throw invalidRequest('Default group resources are not allowed.');
        validateGroupConfigs(proposed, state.config);
        break;
      default:
        throw invalidRequest(`Unknown resource type ${typeName(resource.type)}`);
    }
  } catch (error) {
    if (error instanceof ConfigRequestError) throw invalidRequest(error.message);
    if (error instanceof ConfigError) throw new ApiError(Errors.INVALID_CONFIG, error.message);
    throw error;
  }
}

function checkTopicResource(name: string): void {
  if (name === '') throw invalidRequest('Default topic resources are not allowed.');
  const illegal = topicNameError(name);
  if (illegal !== undefined) throw new ApiError(Errors.INVALID_TOPIC_EXCEPTION, illegal);
}

function checkBrokerResource(name: string): void {
  if (name === '') return;
  if (!/^[+-]?[0-9]+$/.test(name)) {
    throw invalidRequest('Unable to parse broker name as a base 10 number.');
  }
  if (Number(name) < 0) throw invalidRequest('Invalid negative broker ID.');
}

/** QuorumController.ConfigResourceExistenceChecker. */
function checkExists(image: MetadataImage, resource: ConfigResource): void {
  if (resource.type === ConfigResourceType.TOPIC && !image.topics.getTopic(resource.name)) {
    throw new ApiError(
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
      `The topic '${resource.name}' does not exist.`,
    );
  }
  if (resource.type !== ConfigResourceType.BROKER || resource.name === '') return;
  if (!image.cluster.brokers.has(Number(resource.name))) {
    throw new ApiError(Errors.BROKER_ID_NOT_REGISTERED, `No node with id ${resource.name} found.`);
  }
}

const invalidRequest = (sentence: string): ApiError =>
  new ApiError(Errors.INVALID_REQUEST, sentence);

const typeName = (type: number): string =>
  type === ConfigResourceType.BROKER_LOGGER ? 'BROKER_LOGGER' : 'UNKNOWN';
