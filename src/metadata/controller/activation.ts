// What a controller writes when it begins to lead (ActivationRecordsGenerator): the bootstrap records of a new log in
// one metadata transaction, or the end of a transaction that an earlier leader left open. Pure.
import type { MetadataImage } from '../image/metadata-image.ts';
import { isElrSupported, isMetadataTransactionSupported } from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';

export interface ActivationInput {
  readonly image: MetadataImage;
  /** The log ends within a metadata transaction. */
  readonly isTransactionOpen: boolean;
  /** Of bootstrap.checkpoint, or what a directory without one begins with. */
  readonly bootstrapRecords: readonly RecordDraft[];
  /** min.insync.replicas of this node's config, kept for the whole cluster while ELR is on. */
  readonly minInsyncReplicas: number;
}

export function activationRecords(input: ActivationInput): RecordDraft[] {
  const records: RecordDraft[] = [];
  if (input.isTransactionOpen) {
    records.push({
      type: 'AbortTransactionRecord',
      version: 0,
      message: { reason: 'Controller failover' },
    });
  }
  if (input.image.features.metadataVersion > 0) return records;
  return [...records, ...bootstrapTransaction(input)];
}

function bootstrapTransaction(input: ActivationInput): RecordDraft[] {
  const bootstrap = [...input.bootstrapRecords];
  const level = (name: string): number => {
    const record = bootstrap.find(
      (r) => r.type === 'FeatureLevelRecord' && r.message.name === name,
    );
    return record?.type === 'FeatureLevelRecord' ? (record.message.featureLevel ?? 0) : 0;
  };
  const metadataVersion = level('metadata.version');
  if (level('eligible.leader.replicas.version') > 0 && isElrSupported(metadataVersion)) {
    bootstrap.push({
      type: 'ConfigRecord',
      version: 0,
      message: {
        resourceType: 4,
        resourceName: '',
        name: 'min.insync.replicas',
        value: String(input.minInsyncReplicas),
      },
    });
  }
  if (!isMetadataTransactionSupported(metadataVersion)) return bootstrap;
  return [
    { type: 'BeginTransactionRecord', version: 0, message: { name: 'Bootstrap records' } },
    ...bootstrap,
    { type: 'EndTransactionRecord', version: 0, message: {} },
  ];
}
