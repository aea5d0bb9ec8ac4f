// Which feature levels this broker can work at, as ApiVersions and UpdateFeatures tell them: Kafka 4.3.1's.
// Which of them are in force is in the metadata image.

export interface SupportedFeatureRange {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** In the order of Apache Kafka's answer. */
export const SUPPORTED_FEATURES: readonly SupportedFeatureRange[] = [
  { name: 'group.version', minVersion: 0, maxVersion: 1 },
  { name: 'kraft.version', minVersion: 0, maxVersion: 1 },
  { name: 'metadata.version', minVersion: 7, maxVersion: 30 },
  { name: 'share.version', minVersion: 0, maxVersion: 1 },
  { name: 'streams.version', minVersion: 0, maxVersion: 1 },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2 },
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1 },
];

/** The finalized ones, in the order of Apache Kafka's answer. */
export const METADATA_FEATURES_ORDER: readonly string[] = [
  'group.version',
  'streams.version',
  'transaction.version',
  'eligible.leader.replicas.version',
  'share.version',
  'metadata.version',
];
