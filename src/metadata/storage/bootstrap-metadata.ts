// The records that a new metadata log begins with: read from bootstrap.checkpoint, or made for a directory that has
// none (BootstrapDirectory, BootstrapMetadata). It never writes; format.ts does.
import { join } from 'node:path';
import type { Disk } from '../../io/io.ts';
import { FEATURE_FACTS, METADATA_VERSIONS } from '../../protocol/api-keys.ts';
import { readSnapshotFile } from '../../raft/snapshot.ts';
import { METADATA_VERSION } from '../image/features-image.ts';
import { latestMetadataVersion } from '../metadata-version.ts';
import { decodeRecord, type RecordDraft } from '../records.ts';

export const BOOTSTRAP_FILE = 'bootstrap.checkpoint';

/** Throws MetadataLogError when the file is damaged. */
export function readBootstrapRecords(disk: Disk, directory: string): RecordDraft[] {
  const path = join(directory, BOOTSTRAP_FILE);
  if (!disk.exists(path)) return featureRecords(defaultFeatures(latestMetadataVersion()));
  const records: RecordDraft[] = [];
  readSnapshotFile(disk, path, (value) => records.push(decodeRecord(value) as RecordDraft));
  return records;
}

/** metadata.version first, the others by name; a level of 0 isn't written. */
export function featureRecords(features: ReadonlyMap<string, number>): RecordDraft[] {
  const names = [...features.keys()].filter((name) => name !== METADATA_VERSION).sort();
  return [METADATA_VERSION, ...names]
    .map((name) => ({ name, featureLevel: features.get(name) ?? 0 }))
    .filter((feature) => feature.featureLevel > 0)
    .map((message) => ({ type: 'FeatureLevelRecord', version: 0, message }) as const);
}

/** Every feature at the level that a cluster formatted with this metadata.version has; kraft.version left out. */
export function defaultFeatures(metadataVersion: number): Map<string, number> {
  const features = new Map([[METADATA_VERSION, metadataVersion]]);
  for (const feature of FEATURE_FACTS) {
    if (feature.name === 'kraft.version') continue;
    features.set(feature.name, defaultLevel(feature.name, metadataVersion));
  }
  return features;
}

/** The highest level whose bootstrap metadata.version isn't above the given one (Feature.defaultLevel). */
export function defaultLevel(feature: string, metadataVersion: number): number {
  const facts = FEATURE_FACTS.find((known) => known.name === feature);
  let level = 0;
  for (const candidate of facts?.levels ?? []) {
    const bootstrap = METADATA_VERSIONS.find(
      (version) => version.version === candidate.bootstrapMetadataVersion,
    );
    if (bootstrap !== undefined && bootstrap.level <= metadataVersion) level = candidate.level;
  }
  return level;
}
