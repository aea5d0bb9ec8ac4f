// What a broker speaks, and which version of an API both sides know (NodeApiVersions).
// Pure: filled from an ApiVersions response.

import { UnsupportedVersionError } from '../errors.ts';

export interface VersionRange {
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** What is needed to know of an API to choose its version. */
export interface VersionedApi extends VersionRange {
  readonly key: number;
  readonly name: string;
}

export interface ApiVersionTable {
  readonly ranges: ReadonlyMap<number, VersionRange>;
  /** Finalized features by name, as max version level (KIP-584). */
  readonly finalizedFeatures: ReadonlyMap<string, number>;
}

export const NO_VERSIONS: ApiVersionTable = { ranges: new Map(), finalizedFeatures: new Map() };

/** The highest version that both know, within the caller's limits. Throws UnsupportedVersionError with Kafka's text. */
export function chooseVersion(
  table: ApiVersionTable,
  api: VersionedApi,
  limits: Partial<VersionRange> = {},
): number {
  const range = table.ranges.get(api.key);
  if (range === undefined) {
    throw new UnsupportedVersionError(`The node does not support ${api.name}`);
  }
  const least = Math.max(api.minVersion, limits.minVersion ?? 0);
  const most = Math.min(api.maxVersion, limits.maxVersion ?? api.maxVersion);
  const version = Math.min(most, range.maxVersion);
  if (version < Math.max(least, range.minVersion)) {
    throw new UnsupportedVersionError(
      `The node does not support ${api.name} with version in range [${least},${most}]. ` +
        `The supported range is [${range.minVersion},${range.maxVersion}].`,
    );
  }
  return version;
}

export function supports(
  table: ApiVersionTable,
  api: VersionedApi,
  version = api.minVersion,
): boolean {
  const range = table.ranges.get(api.key);
  return range !== undefined && range.maxVersion >= version && range.minVersion <= api.maxVersion;
}
