// ACLs, SCRAM credentials, delegation tokens, client quotas and the next producer id (AclsImage, ScramImage,
// DelegationTokenImage, ClientQuotasImage, ProducerIdsImage): kept, written to snapshots, replayed.
// Immutable; KeyedDelta collects replayed records. Nothing here checks a permission or a password.

import { javaHashCode } from '../../common/java-hash.ts';
import { LayeredMap } from '../../common/layered-map.ts';
import type { AccessControlEntryRecord } from '../../protocol/generated/metadata/access-control-entry-record.ts';
import type { ClientQuotaRecord } from '../../protocol/generated/metadata/client-quota-record.ts';
import type { DelegationTokenRecord } from '../../protocol/generated/metadata/delegation-token-record.ts';
import type { ProducerIdsRecord } from '../../protocol/generated/metadata/producer-ids-record.ts';
import type { UserScramCredentialRecord } from '../../protocol/generated/metadata/user-scram-credential-record.ts';

export type Acls = ReadonlyMap<string, AccessControlEntryRecord>;
/** scramKey → credential. */
export type ScramCredentials = ReadonlyMap<string, UserScramCredentialRecord>;
export type DelegationTokens = ReadonlyMap<string, DelegationTokenRecord>;

/** One quota value of one entity, as its record. */
export type ClientQuotas = ReadonlyMap<string, ClientQuotaRecord>;

/** As in Kafka, the image keeps no more than where the next block begins. */
export interface ProducerIdsImage {
  readonly nextProducerId: number;
}

export const NO_PRODUCER_IDS: ProducerIdsImage = { nextProducerId: 0 };

export const scramKey = (user: string, mechanism: number): string => `${mechanism}:${user}`;

/** The same for every order of the entity's parts. */
export function quotaEntityKey(entity: ClientQuotaRecord['entity']): string {
  const parts = entity.map((part) => [part.entityType, part.entityName]);
  return JSON.stringify(parts.sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1)));
}

/** ClientQuotaEntity.hashCode: Objects.hash of a map of types and names. */
export function quotaEntityHash(entity: ClientQuotaRecord['entity']): number {
  const hashes = entity.map(
    ({ entityType, entityName }) => javaHashCode(entityType) ^ javaHashCode(entityName ?? ''),
  );
  return hashes.reduce((sum, hash) => (sum + hash) | 0, 31);
}

export const quotaKey = (record: ClientQuotaRecord): string =>
  `${quotaEntityKey(record.entity)} ${record.key}`;

export const producerIdsOf = (record: ProducerIdsRecord): ProducerIdsImage => ({
  nextProducerId: record.nextProducerId,
});

/** Changes of an image that is a map of whole records. */
export class KeyedDelta<V> {
  readonly image: ReadonlyMap<string, V>;
  /** undefined: removed. */
  readonly changes = new Map<string, V | undefined>();

  constructor(image: ReadonlyMap<string, V>) {
    this.image = image;
  }

  set(key: string, value: V): void {
    this.changes.set(key, value);
  }

  remove(key: string): void {
    this.changes.set(key, undefined);
  }

  apply(): ReadonlyMap<string, V> {
    return LayeredMap.with(this.image, this.changes);
  }
}
