// Facts about Kafka's APIs, features and metadata versions, generated from schemas/apis.json.
// What our broker serves is another matter: src/broker/apis/index.ts.

import {
  FEATURE_FACTS,
  LATEST_PRODUCTION_METADATA_VERSION,
  METADATA_VERSIONS,
} from './generated/api-facts.ts';

export { FEATURE_FACTS, LATEST_PRODUCTION_METADATA_VERSION, METADATA_VERSIONS };

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

export interface ApiFacts {
  readonly key: number;
  /** ApiKeys.name(): DESCRIBE_CONFIGS */
  readonly name: string;
  /** ApiKeys.name as tools print it: DescribeConfigs */
  readonly title: string;
  readonly min: number;
  /** The last stable version. */
  readonly max: number;
  /** There is one more version, for tests only (unstable.api.versions.enable). */
  readonly latestVersionUnstable: boolean;
  /** What ApiVersions on a broker's listener says; undefined when it isn't served there. */
  readonly broker: VersionRange | undefined;
  readonly controller: VersionRange | undefined;
  readonly clusterAction: boolean;
  /** Brokers hand it on to the controller in an Envelope. */
  readonly forwardable: boolean;
}

export interface FeatureLevelFacts {
  readonly level: number;
  readonly name: string;
  readonly bootstrapMetadataVersion: string;
  readonly dependencies?: Readonly<Record<string, number>>;
}

export interface FeatureFacts {
  readonly name: string;
  readonly minimumProduction: number;
  readonly latestProduction: number;
  readonly latestTesting: number;
  readonly levels: readonly FeatureLevelFacts[];
}

export interface MetadataVersionFacts {
  /** IBP_4_3_IV0 */
  readonly name: string;
  /** 4.3-IV0 */
  readonly version: string;
  readonly level: number;
}

/** The metadata version of that text ("4.3-IV0"; "4.3" and "4.3.1" are its latest), as MetadataVersion.fromVersionString. */
export function metadataVersion(text: string): MetadataVersionFacts | undefined {
  const name = text.split('.').slice(0, 2).join('.');
  const exact = METADATA_VERSIONS.find((facts) => facts.version === name);
  return exact ?? METADATA_VERSIONS.findLast((facts) => facts.version.startsWith(`${name}-`));
}
