// What each metadata.version allows: the versions of records, and the features that this kafta can run
// (MetadataVersion, QuorumFeatures). Only facts.
import {
  FEATURE_FACTS,
  LATEST_PRODUCTION_METADATA_VERSION,
  METADATA_VERSIONS,
  metadataVersion,
} from '../protocol/api-keys.ts';
import { METADATA_VERSION } from './image/features-image.ts';

export const MINIMUM_METADATA_VERSION = 7;

export const latestMetadataVersion = (): number =>
  metadataVersion(LATEST_PRODUCTION_METADATA_VERSION)?.level ?? MINIMUM_METADATA_VERSION;

export const isScramSupported = (level: number): boolean => level >= 11;
export const isDirectoryAssignmentSupported = (level: number): boolean => level >= 17;
export const isElrSupported = (level: number): boolean => level >= 23;
export const isControllerRegistrationSupported = (level: number): boolean => level >= 15;
export const isMetadataTransactionSupported = (level: number): boolean => level >= 14;
export const isCordonedLogDirsSupported = (level: number): boolean => level >= 30;

export function registerBrokerRecordVersion(level: number): number {
  if (isCordonedLogDirsSupported(level)) return 4;
  if (isDirectoryAssignmentSupported(level)) return 3;
  return level >= 8 ? 2 : 1;
}

/** Of PartitionRecord and PartitionChangeRecord. */
export function partitionRecordVersion(level: number): number {
  if (isElrSupported(level)) return 2;
  return isDirectoryAssignmentSupported(level) ? 1 : 0;
}

export interface FeatureRange {
  readonly name: string;
  readonly minSupportedVersion: number;
  readonly maxSupportedVersion: number;
}

/** Every feature with the range this node supports, metadata.version among them. */
export function supportedFeatures(): FeatureRange[] {
  const ranges: FeatureRange[] = FEATURE_FACTS.map((feature) => ({
    name: feature.name,
    minSupportedVersion: feature.minimumProduction,
    maxSupportedVersion: feature.latestProduction,
  }));
  ranges.push({
    name: METADATA_VERSION,
    minSupportedVersion: MINIMUM_METADATA_VERSION,
    maxSupportedVersion: latestMetadataVersion(),
  });
  return ranges;
}

/** '4.3-IV0' for 30; the number itself for one nobody knows. */
export const metadataVersionText = (level: number): string =>
  METADATA_VERSIONS.find((facts) => facts.level === level)?.version ?? String(level);
