// Admin.describeClientQuotas and Admin.alterClientQuotas (KIP-546): quotas by entity.

import { ALTER_CLIENT_QUOTAS } from '../../protocol/generated/apis/alter-client-quotas.ts';
import { DESCRIBE_CLIENT_QUOTAS } from '../../protocol/generated/apis/describe-client-quotas.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions } from '../types.ts';

export type QuotaEntityType = 'user' | 'client-id' | 'ip';

/** Type → name, null for the type's default. */
export type QuotaEntity = ReadonlyMap<string, string | null>;

/** `name`: null the default, undefined any. */
export interface QuotaFilter {
  readonly type: QuotaEntityType;
  readonly name: string | null | undefined;
}

export interface EntityQuotas {
  readonly entity: QuotaEntity;
  /** In the broker's order. */
  readonly values: ReadonlyMap<string, number>;
}

const EXACT = 0;
const DEFAULT = 1;
const SPECIFIED = 2;

/** Entities with these parts and no others. Rejects with ClientError. */
export async function describeClientQuotas(
  client: KafkaClient,
  filters: readonly QuotaFilter[],
  options: OperationOptions = {},
): Promise<EntityQuotas[]> {
  const call = client.startCall('describeClientQuotas', options);
  const components = filters.map(({ type, name }) => ({
    entityType: type,
    matchType: name === undefined ? SPECIFIED : name === null ? DEFAULT : EXACT,
    match: name ?? null,
  }));
  const response = await client.request(call, DESCRIBE_CLIENT_QUOTAS, {
    components,
    strict: true,
  });
  if (response.errorCode !== 0) throw errorOf(response.errorCode, response.errorMessage);
  return (response.entries ?? []).map(({ entity, values }) => ({
    entity: new Map(entity.map((part) => [part.entityType, part.entityName])),
    values: new Map(values.map(({ key, value }) => [key, value])),
  }));
}

/** Changes one entity; a value of undefined removes the quota. Rejects with ClientError. */
export async function alterClientQuotas(
  client: KafkaClient,
  entity: QuotaEntity,
  changes: ReadonlyMap<string, number | undefined>,
  options: OperationOptions = {},
): Promise<void> {
  const call = client.startCall('alterClientQuotas', options);
  const response = await client.request(call, ALTER_CLIENT_QUOTAS, {
    entries: [
      {
        entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
        ops: [...changes].map(([key, value]) => ({
          key,
          value: value ?? 0,
          remove: value === undefined,
        })),
      },
    ],
    validateOnly: false,
  });
  for (const { errorCode, errorMessage } of response.entries) {
    if (errorCode !== 0) throw errorOf(errorCode, errorMessage);
  }
}
