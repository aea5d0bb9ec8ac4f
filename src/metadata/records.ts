// Every record of __cluster_metadata as a typed union, and its frame in a log: uvarint frame version 1, uvarint
// apiKey, uvarint version, message (MetadataRecordSerde). Drafts are what the controller writes, records are what a
// replay reads. It never decides anything.
import { abortTransactionRecord } from '../protocol/generated/metadata/abort-transaction-record.ts';
import { accessControlEntryRecord } from '../protocol/generated/metadata/access-control-entry-record.ts';
import { beginTransactionRecord } from '../protocol/generated/metadata/begin-transaction-record.ts';
import { brokerRegistrationChangeRecord } from '../protocol/generated/metadata/broker-registration-change-record.ts';
import { clearElrRecord } from '../protocol/generated/metadata/clear-elr-record.ts';
import { clientQuotaRecord } from '../protocol/generated/metadata/client-quota-record.ts';
import { configRecord } from '../protocol/generated/metadata/config-record.ts';
import { delegationTokenRecord } from '../protocol/generated/metadata/delegation-token-record.ts';
import { endTransactionRecord } from '../protocol/generated/metadata/end-transaction-record.ts';
import { featureLevelRecord } from '../protocol/generated/metadata/feature-level-record.ts';
import { fenceBrokerRecord } from '../protocol/generated/metadata/fence-broker-record.ts';
import { noOpRecord } from '../protocol/generated/metadata/no-op-record.ts';
import { partitionChangeRecord } from '../protocol/generated/metadata/partition-change-record.ts';
import { partitionRecord } from '../protocol/generated/metadata/partition-record.ts';
import { producerIdsRecord } from '../protocol/generated/metadata/producer-ids-record.ts';
import { registerBrokerRecord } from '../protocol/generated/metadata/register-broker-record.ts';
import { registerControllerRecord } from '../protocol/generated/metadata/register-controller-record.ts';
import { removeAccessControlEntryRecord } from '../protocol/generated/metadata/remove-access-control-entry-record.ts';
import { removeDelegationTokenRecord } from '../protocol/generated/metadata/remove-delegation-token-record.ts';
import { removeTopicRecord } from '../protocol/generated/metadata/remove-topic-record.ts';
import { removeUserScramCredentialRecord } from '../protocol/generated/metadata/remove-user-scram-credential-record.ts';
import { topicRecord } from '../protocol/generated/metadata/topic-record.ts';
import { unfenceBrokerRecord } from '../protocol/generated/metadata/unfence-broker-record.ts';
import { unregisterBrokerRecord } from '../protocol/generated/metadata/unregister-broker-record.ts';
import { userScramCredentialRecord } from '../protocol/generated/metadata/user-scram-credential-record.ts';
import { zkMigrationStateRecord } from '../protocol/generated/metadata/zk-migration-state-record.ts';
import type { Draft, MessageSpec } from '../protocol/message.ts';
import { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';

const SPECS = {
  RegisterBrokerRecord: registerBrokerRecord,
  UnregisterBrokerRecord: unregisterBrokerRecord,
  TopicRecord: topicRecord,
  PartitionRecord: partitionRecord,
  ConfigRecord: configRecord,
  PartitionChangeRecord: partitionChangeRecord,
  FenceBrokerRecord: fenceBrokerRecord,
  UnfenceBrokerRecord: unfenceBrokerRecord,
  RemoveTopicRecord: removeTopicRecord,
  DelegationTokenRecord: delegationTokenRecord,
  UserScramCredentialRecord: userScramCredentialRecord,
  FeatureLevelRecord: featureLevelRecord,
  ClientQuotaRecord: clientQuotaRecord,
  ProducerIdsRecord: producerIdsRecord,
  BrokerRegistrationChangeRecord: brokerRegistrationChangeRecord,
  AccessControlEntryRecord: accessControlEntryRecord,
  RemoveAccessControlEntryRecord: removeAccessControlEntryRecord,
  NoOpRecord: noOpRecord,
  ZkMigrationStateRecord: zkMigrationStateRecord,
  RemoveUserScramCredentialRecord: removeUserScramCredentialRecord,
  BeginTransactionRecord: beginTransactionRecord,
  EndTransactionRecord: endTransactionRecord,
  AbortTransactionRecord: abortTransactionRecord,
  RemoveDelegationTokenRecord: removeDelegationTokenRecord,
  RegisterControllerRecord: registerControllerRecord,
  ClearElrRecord: clearElrRecord,
} as const;

export type RecordType = keyof typeof SPECS;
type MessageOf<N extends RecordType> = (typeof SPECS)[N] extends MessageSpec<infer T> ? T : never;

/** A record as a replay reads it: every field is there. */
export type MetadataRecord = {
  [N in RecordType]: { readonly type: N; readonly version: number; readonly message: MessageOf<N> };
}[RecordType];

/** A record as the controller writes it: fields left out take the schema's default. */
export type RecordDraft = {
  [N in RecordType]: {
    readonly type: N;
    readonly version: number;
    readonly message: Draft<MessageOf<N>>;
  };
}[RecordType];

/** A record of a kind or version that this kafta doesn't know, or one that doesn't parse. */
export class MetadataRecordError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'MetadataRecordError';
  }
}

const FRAME_VERSION = 1;

const BY_API_KEY: ReadonlyMap<number, RecordType> = new Map(
  (Object.keys(SPECS) as RecordType[]).map((type) => [SPECS[type].apiKey, type]),
);

/** The value of a log record: frame and message. */
export function encodeRecord(record: RecordDraft): Buffer {
  const spec = SPECS[record.type] as unknown as MessageSpec<object>;
  const writer = new Writer();
  writer.writeUvarint(FRAME_VERSION);
  writer.writeUvarint(spec.apiKey);
  writer.writeUvarint(record.version);
  spec.write(writer, record.message as Draft<object>, record.version);
  const parts = writer.finish();
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** Throws MetadataRecordError. */
export function decodeRecord(value: Buffer): MetadataRecord {
  try {
    const reader = new Reader(value);
    const frameVersion = reader.readUvarint();
    if (frameVersion !== FRAME_VERSION) {
      throw new MetadataRecordError(
        `Could not deserialize metadata record due to unknown frame version ${frameVersion}`,
      );
    }
    const apiKey = reader.readUvarint();
    const version = reader.readUvarint();
    const type = BY_API_KEY.get(apiKey);
    if (type === undefined) throw new MetadataRecordError(`Unknown metadata id ${apiKey}`);
    const spec = SPECS[type] as unknown as MessageSpec<object>;
    if (version > spec.maxVersion) {
      throw new MetadataRecordError(
        `Can't read version ${version} of ${type}: ${spec.maxVersion} is the highest known`,
      );
    }
    return { type, version, message: spec.read(reader, version) } as MetadataRecord;
  } catch (error) {
    if (error instanceof MetadataRecordError) throw error;
    throw new MetadataRecordError('A metadata record does not parse', error);
  }
}
