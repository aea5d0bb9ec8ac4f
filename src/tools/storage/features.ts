// Features and releases as kafka-storage names them: `version-mapping`, `feature-dependencies`, and the reading of
// --release-version and --feature.

import type { ToolContext } from '../../flags/tool-context.ts';
import { METADATA_VERSION } from '../../metadata/image/features-image.ts';
import { latestMetadataVersion, metadataVersionText } from '../../metadata/metadata-version.ts';
import { defaultLevel } from '../../metadata/storage/bootstrap-metadata.ts';
import { StorageError } from '../../metadata/storage/meta-properties.ts';
import {
  FEATURE_FACTS,
  LATEST_PRODUCTION_METADATA_VERSION,
  METADATA_VERSIONS,
  metadataVersion,
} from '../../protocol/api-keys.ts';

/** Throws StorageError with Kafka's sentence. */
export function parseReleaseVersion(text: string, takesUnstable = false): number {
  const highest = takesUnstable ? Number.MAX_SAFE_INTEGER : latestMetadataVersion();
  const facts = metadataVersion(text);
  if (facts !== undefined && facts.level <= highest) return facts.level;
  const known = METADATA_VERSIONS.filter((each) => each.level <= highest);
  const names = known.map((each) => each.version).join(', ');
  throw new StorageError(
    `Unknown metadata.version '${text}'. Supported metadata.version are: ${names}`,
  );
}

/** 'kraft.version=1' → name and level. Throws StorageError. */
export function parseFeature(text: string): readonly [string, number] {
  const equals = text.indexOf('=');
  if (equals < 0) {
    throw new StorageError(`Can't parse feature=level string ${text}: equals sign not found.`);
  }
  const name = text.slice(0, equals).trim();
  const levelText = text.slice(equals + 1).trim();
  const level = /^[+-]?[0-9]+$/.test(levelText) ? Number(levelText) : Number.NaN;
  if (!(level >= -32768 && level <= 32767)) {
    throw new StorageError(
      `Can't parse feature=level string ${text}: unable to parse ${levelText} as a short.`,
    );
  }
  return [name, level];
}

export function versionMapping(release: string | undefined, context: ToolContext): number {
  const text = release ?? LATEST_PRODUCTION_METADATA_VERSION;
  const level = parseReleaseVersion(text, true);
  context.out.line(`metadata.version=${level} (${text})`);
  for (const feature of FEATURE_FACTS) {
    context.out.line(`${feature.name}=${defaultLevel(feature.name, level)}`);
  }
  return 0;
}

export function featureDependencies(features: readonly string[], context: ToolContext): number {
  for (const feature of features) dependenciesOf(feature, context);
  return 0;
}

function dependenciesOf(text: string, context: ToolContext): void {
  const parts = text.split('=');
  if (parts.length !== 2) {
    throw new StorageError(
      `Invalid feature format: ${text}. Expected format: 'feature=version' (e.g. 'group.version=1')`,
    );
  }
  const [name, levelText] = parts as [string, string];
  const level = /^[+-]?[0-9]+$/.test(levelText) ? Number(levelText) : Number.NaN;
  if (!(level >= -32768 && level <= 32767)) {
    throw new StorageError(`Invalid version format: ${levelText} for feature ${name}`);
  }
  tellDependencies(
    name,
    level,
    context,
    `Feature level ${level} is not supported for feature ${name}`,
  );
}

/** As kafka-features tells them; `unknownLevel` is its complaint about a level that isn't one. */
export function tellDependencies(
  name: string,
  level: number,
  context: ToolContext,
  unknownLevel: string,
): void {
  if (name === METADATA_VERSION) {
    if (METADATA_VERSIONS.every((each) => each.level !== level)) {
      throw new StorageError(`Unknown metadata.version ${level}`);
    }
    context.out.line(`${name}=${level} (${metadataVersionText(level)}) has no dependencies.`);
    return;
  }
  const facts = FEATURE_FACTS.find((each) => each.name === name);
  if (facts === undefined) throw new StorageError(`Unknown feature: ${name}`);
  const found = facts.levels.find((each) => each.level === level);
  if (found === undefined) {
    throw new StorageError(unknownLevel);
  }
  const dependencies = Object.entries(found.dependencies ?? {});
  if (dependencies.length === 0) {
    context.out.line(`${name}=${level} has no dependencies.`);
    return;
  }
  context.out.line(`${name}=${level} requires:`);
  for (const [dependency, needed] of dependencies) {
    const suffix = dependency === METADATA_VERSION ? ` (${metadataVersionText(needed)})` : '';
    context.out.line(`    ${dependency}=${needed}${suffix}`);
  }
}
