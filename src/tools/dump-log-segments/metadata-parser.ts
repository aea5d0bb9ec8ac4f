// Records of __cluster_metadata as JSON (DumpLogSegments.ClusterMetadataLogMessageParser).

import { javaLongToString } from '../../common/java.ts';
import { abortTransactionRecord } from '../../protocol/generated/metadata/abort-transaction-record.ts';
import { accessControlEntryRecord } from '../../protocol/generated/metadata/access-control-entry-record.ts';
import { beginTransactionRecord } from '../../protocol/generated/metadata/begin-transaction-record.ts';
import { brokerRegistrationChangeRecord } from '../../protocol/generated/metadata/broker-registration-change-record.ts';
import { clearElrRecord } from '../../protocol/generated/metadata/clear-elr-record.ts';
import { clientQuotaRecord } from '../../protocol/generated/metadata/client-quota-record.ts';
import { configRecord } from '../../protocol/generated/metadata/config-record.ts';
import { delegationTokenRecord } from '../../protocol/generated/metadata/delegation-token-record.ts';
import { endTransactionRecord } from '../../protocol/generated/metadata/end-transaction-record.ts';
import { featureLevelRecord } from '../../protocol/generated/metadata/feature-level-record.ts';
import { fenceBrokerRecord } from '../../protocol/generated/metadata/fence-broker-record.ts';
import { noOpRecord } from '../../protocol/generated/metadata/no-op-record.ts';
import { partitionChangeRecord } from '../../protocol/generated/metadata/partition-change-record.ts';
import { partitionRecord } from '../../protocol/generated/metadata/partition-record.ts';
import { producerIdsRecord } from '../../protocol/generated/metadata/producer-ids-record.ts';
import { registerBrokerRecord } from '../../protocol/generated/metadata/register-broker-record.ts';
import { registerControllerRecord } from '../../protocol/generated/metadata/register-controller-record.ts';
import { removeAccessControlEntryRecord } from '../../protocol/generated/metadata/remove-access-control-entry-record.ts';
import { removeDelegationTokenRecord } from '../../protocol/generated/metadata/remove-delegation-token-record.ts';
import { removeTopicRecord } from '../../protocol/generated/metadata/remove-topic-record.ts';
import { removeUserScramCredentialRecord } from '../../protocol/generated/metadata/remove-user-scram-credential-record.ts';
import { topicRecord } from '../../protocol/generated/metadata/topic-record.ts';
import { unfenceBrokerRecord } from '../../protocol/generated/metadata/unfence-broker-record.ts';
import { unregisterBrokerRecord } from '../../protocol/generated/metadata/unregister-broker-record.ts';
import { userScramCredentialRecord } from '../../protocol/generated/metadata/user-scram-credential-record.ts';
import { zkMigrationStateRecord } from '../../protocol/generated/metadata/zk-migration-state-record.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import { messageOf } from '../support/java-error.ts';
import { messageJson } from '../support/message-json.ts';
import { NO_FRAME_VERSION, readFramed } from './framed-record.ts';
import { type RecordParser, type RecordView, writeTexts } from './record-parser.ts';

const SPECS: ReadonlyMap<number, MessageSpec<object>> = new Map(
  (
    [
      abortTransactionRecord,
      accessControlEntryRecord,
      beginTransactionRecord,
      brokerRegistrationChangeRecord,
      clearElrRecord,
      clientQuotaRecord,
      configRecord,
      delegationTokenRecord,
      endTransactionRecord,
      featureLevelRecord,
      fenceBrokerRecord,
      noOpRecord,
      partitionChangeRecord,
      partitionRecord,
      producerIdsRecord,
      registerBrokerRecord,
      registerControllerRecord,
      removeAccessControlEntryRecord,
      removeDelegationTokenRecord,
      removeTopicRecord,
      removeUserScramCredentialRecord,
      topicRecord,
      unfenceBrokerRecord,
      unregisterBrokerRecord,
      userScramCredentialRecord,
      zkMigrationStateRecord,
    ] as unknown[] as MessageSpec<object>[]
  ).map((spec) => [spec.apiKey, spec]),
);

export const METADATA_PARSER: RecordParser = {
  write(record, isAlone, out) {
    writeTexts(undefined, text(record), isAlone, out);
  },
  writeUnreadable(record, error, isAlone, out) {
    writeTexts(undefined, failure(record, error), isAlone, out);
  },
};

function text(record: RecordView): string {
  const { buffer, valuePosition, valueLength } = record;
  try {
    if (valueLength < 0) throw new Error(NO_FRAME_VERSION);
    const { spec, version, message } = readFramed(buffer, valuePosition, valueLength, SPECS);
    const data = messageJson(spec.name, message, version);
    return `{"type":"${typeName(spec.name)}","version":${version},"data":${data}}`;
  } catch (error) {
    return failure(record, error);
  }
}

function failure({ offset }: RecordView, error: unknown): string {
  return `Error at ${javaLongToString(offset)}, skipping. ${messageOf(error)}`;
}

/** MetadataRecordType: RegisterBrokerRecord is REGISTER_BROKER_RECORD. */
function typeName(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}
