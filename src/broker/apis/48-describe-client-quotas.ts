// DescribeClientQuotas v0-1
//
// Behavior: the quotas of the entities that a filter takes: by exact name, the default, or any name, strictly with no
// other parts when asked so (KIP-546).
//
// Version notes: v1 is flexible.

import { javaHashMapOrder, javaHashOrder } from '../../common/java.ts';
import type { MetadataImage } from '../../metadata/image/metadata-image.ts';
import { quotaEntityHash, quotaEntityKey } from '../../metadata/image/security-images.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { DESCRIBE_CLIENT_QUOTAS } from '../../protocol/generated/apis/describe-client-quotas.ts';
import type {
  ComponentData,
  DescribeClientQuotasRequest,
} from '../../protocol/generated/apis/describe-client-quotas-request.ts';
import type {
  EntryData,
  ValueData,
} from '../../protocol/generated/apis/describe-client-quotas-response.ts';
import { handler } from '../handler.ts';

const EXACT = 0;
const DEFAULT = 1;
const SPECIFIED = 2;
const ENTITY_TYPES = ['ip', 'user', 'client-id'];

/** A type's name that must be, null for the default, undefined for any. */
type Filter = ReadonlyMap<string, string | null | undefined>;

export const describeClientQuotas = handler(DESCRIBE_CLIENT_QUOTAS, {
  minVersion: 0,
  maxVersion: 1,
  handle(request, { services }) {
    const filter = filterOf(request);
    const entries = quotasByEntity(services.metadata.image).filter(({ entity }) =>
      matches(entity, filter, request.strict),
    );
    return { entries };
  },
  failed: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, entries: null }),
});

function filterOf({ components }: DescribeClientQuotasRequest): Filter {
  const filter = new Map<string, string | null | undefined>();
  for (const component of components) {
    const { entityType } = component;
    if (entityType === '') throw invalid('Invalid empty entity type.');
    if (filter.has(entityType)) {
      throw invalid(`Entity type ${entityType} cannot appear more than once in the filter.`);
    }
    if (!ENTITY_TYPES.includes(entityType)) {
      throw new ApiError(Errors.UNSUPPORTED_VERSION, `Unsupported entity type ${entityType}`);
    }
    filter.set(entityType, wantedName(component));
  }
  if (filter.has('ip') && filter.size > 1) {
    throw invalid(
      'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
    );
  }
  return filter;
}

function wantedName({ matchType, match }: ComponentData): string | null | undefined {
  switch (matchType) {
    case EXACT:
      if (match !== null) return match;
      throw invalid('Request specified MATCH_TYPE_EXACT, but set match string to null.');
    case DEFAULT:
      if (match === null) return null;
      throw invalid('Request specified MATCH_TYPE_DEFAULT, but also specified a match string.');
    case SPECIFIED:
      if (match === null) return undefined;
      throw invalid('Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.');
    default:
      throw invalid(`Unknown match type ${matchType}`);
  }
}

function quotasByEntity(image: MetadataImage): EntryData[] {
  const entries = new Map<string, EntryData>();
  for (const { entity, key, value } of image.clientQuotas.values()) {
    const entityKey = quotaEntityKey(entity);
    const entry = entries.get(entityKey);
    if (entry === undefined) entries.set(entityKey, { entity, values: [{ key, value }] });
    else entry.values.push({ key, value });
  }
  for (const entry of entries.values()) entry.values = inKafkasOrder(entry.values);
  // The image's map is made anew by every change, with no room to begin with (ClientQuotasDelta).
  return javaHashOrder([...entries.values()], ({ entity }) => quotaEntityHash(entity), 0);
}

/** That of the maps they come through: the change's (ClientQuotaDelta), then the image's, which began with no room. */
function inKafkasOrder(values: readonly ValueData[]): ValueData[] {
  const byKey = new Map(values.map((value) => [value.key, value]));
  const names = javaHashMapOrder(javaHashMapOrder([...byKey.keys()]), 0);
  return names.map((name) => byKey.get(name)!);
}

function matches(entity: EntryData['entity'], filter: Filter, isStrict: boolean): boolean {
  if (isStrict && entity.length !== filter.size) return false;
  return [...filter].every(([type, wanted]) => {
    const part = entity.find(({ entityType }) => entityType === type);
    return part !== undefined && (wanted === undefined || part.entityName === wanted);
  });
}

const invalid = (message: string): ApiError => new ApiError(Errors.INVALID_REQUEST, message);
