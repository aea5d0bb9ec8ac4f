// Quotas of users, clients and ips set and removed (ClientQuotaControlManager). Pure: a decision about an image; each
// entity succeeds or fails on its own. It stores quotas; it enforces none.

import { javaHashMapOrder } from '../../common/java.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type {
  AlterClientQuotasRequest,
  EntityData,
  OpData,
} from '../../protocol/generated/apis/alter-client-quotas-request.ts';
import type { EntryData } from '../../protocol/generated/apis/alter-client-quotas-response.ts';
import type { ClientQuotaRecord } from '../../protocol/generated/metadata/client-quota-record.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import { quotaEntityKey, quotaKey } from '../image/security-images.ts';
import type { RecordDraft } from '../records.ts';
import { type ControlResult, controlResult } from './control-result.ts';

type QuotaType = 'INT' | 'LONG' | 'DOUBLE';

const CLIENT_QUOTAS: ReadonlyMap<string, QuotaType> = new Map([
  ['producer_byte_rate', 'LONG'],
  ['consumer_byte_rate', 'LONG'],
  ['request_percentage', 'DOUBLE'],
  ['controller_mutation_rate', 'DOUBLE'],
]);
const IP_QUOTAS: ReadonlyMap<string, QuotaType> = new Map([['connection_creation_rate', 'INT']]);
const LARGEST = { INT: 2 ** 31 - 1, LONG: 2 ** 63 };
const ENTITY_TYPES = ['user', 'client-id', 'ip'];
/** What may be lost between a decimal and a double. */
const FRACTION_TOLERANCE = 1e-6;

/** `isResolvable` says whether an ip entity's name is an address or has one. */
export function alterClientQuotas(
  image: MetadataImage,
  request: AlterClientQuotasRequest,
  isResolvable: (name: string) => boolean,
): ControlResult<EntryData[]> {
  const records: RecordDraft[] = [];
  const seen = new Set<string>();
  const entries = request.entries.map(({ entity: parts, ops }) => {
    const entity = asHashMap(parts);
    const answer = (errorCode: number, errorMessage: string | null) => ({
      errorCode,
      errorMessage,
      entity,
    });
    try {
      const key = quotaEntityKey(entity);
      const hasDuplicate = new Set(ops.map((op) => op.key)).size < ops.length;
      if (seen.has(key) || hasDuplicate)
        throw invalid(`Ignoring duplicate entity ${shown(entity)}`);
      seen.add(key);
      records.push(...entityRecords(image, entity, ops, isResolvable));
      return answer(Errors.NONE, null);
    } catch (error) {
      if (error instanceof ApiError) return answer(error.code, error.message);
      throw error;
    }
  });
  return controlResult(request.validateOnly ? [] : records, entries);
}

/** As Kafka's HashMap has the types: the last of each, in its order. */
function asHashMap(entity: readonly EntityData[]): EntityData[] {
  const byType = new Map(entity.map((part) => [part.entityType, part]));
  return javaHashMapOrder([...byType.keys()]).map((type) => byType.get(type)!);
}

function entityRecords(
  image: MetadataImage,
  entity: EntityData[],
  ops: readonly OpData[],
  isResolvable: (name: string) => boolean,
): RecordDraft[] {
  checkEntity(entity);
  const types = quotasOf(entity, isResolvable);
  const records: RecordDraft[] = [];
  for (const { key, value, remove } of ops) {
    const message: ClientQuotaRecord = { entity, key, value: remove ? 0 : value, remove };
    const current = image.clientQuotas.get(quotaKey(message));
    if (!remove) checkValue(types, key, value);
    const changes = remove ? current !== undefined : current?.value !== value;
    if (changes) records.push({ type: 'ClientQuotaRecord', version: 0, message });
  }
  return records;
}

function checkEntity(entity: readonly EntityData[]): void {
  if (entity.length === 0) throw invalid('Invalid empty client quota entity');
  for (const { entityType, entityName } of entity) {
    if (!ENTITY_TYPES.includes(entityType)) {
      throw invalid(`Unhandled client quota entity type: ${entityType}`);
    }
    if (entityName === '') throw invalid(`Empty ${entityType} not supported`);
  }
}

function quotasOf(
  entity: readonly EntityData[],
  isResolvable: (name: string) => boolean,
): ReadonlyMap<string, QuotaType> {
  const ip = entity.find(({ entityType }) => entityType === 'ip');
  if (ip === undefined) return CLIENT_QUOTAS;
  if (entity.length > 1) {
    throw invalid(
      'Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId',
    );
  }
  if (ip.entityName !== null && !isResolvable(ip.entityName)) {
    throw invalid(`${ip.entityName} is not a valid IP or resolvable host.`);
  }
  return IP_QUOTAS;
}

function checkValue(types: ReadonlyMap<string, QuotaType>, key: string, value: number): void {
  const type = types.get(key);
  if (type === undefined) throw invalid(`Invalid configuration key ${key}`);
  if (!(value > 0)) throw invalid(`Quota ${key} must be greater than 0`);
  if (type === 'DOUBLE') return;
  if (value > LARGEST[type]) {
    throw invalid(
      `Proposed value for ${key} is too large for ${type === 'INT' ? 'an' : 'a'} ${type}.`,
    );
  }
  if (value % 1 > FRACTION_TOLERANCE) throw invalid(`${key} cannot be a fractional value.`);
}

/** As Java prints a ClientQuotaEntity. */
function shown(entity: readonly EntityData[]): string {
  const parts = entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`);
  return `ClientQuotaEntity(entries={${parts.join(', ')}})`;
}

const invalid = (message: string): ApiError => new ApiError(Errors.INVALID_REQUEST, message);
