// Finalized features raised and lowered (FeatureControlManager): what this node and every registered broker and
// controller support, dependencies (Feature.validateVersion), metadata.version's own rules.
// Pure; all updates of a request or none. kraft.version is the quorum's, not a record of the image.
import { javaHashMapOrder } from '../../common/java.ts';
import { FEATURE_FACTS } from '../../protocol/api-keys.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type {
  FeatureUpdateKey,
  UpdateFeaturesRequest,
} from '../../protocol/generated/apis/update-features-request.ts';
import { METADATA_VERSION } from '../image/features-image.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import { supportedFeatures } from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';
import { elrSafetyRecords } from './configuration-control.ts';
import type { ControllerState } from './controller-state.ts';

/** FeatureUpdate.UpgradeType. */
const UpgradeType = { UNKNOWN: 0, UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 } as const;

const KRAFT_VERSION = 'kraft.version';
const ELR_VERSION = 'eligible.leader.replicas.version';

/** Levels at which metadata.version changed what records mean: going below one could lose metadata. */
const METADATA_CHANGING_LEVELS = [8, 10, 11, 13, 14, 15, 17, 23, 30];

export interface FeatureChanges {
  readonly records: RecordDraft[];
  /** Of kraft.version: the quorum writes it itself. undefined: no change. */
  readonly kraftVersion: number | undefined;
}

/** What all updates come to. Throws ApiError for the first that can't be. */
export function updateFeatures(
  state: ControllerState,
  request: UpdateFeaturesRequest,
  currentKraftVersion: number,
): FeatureChanges {
  const { image } = state;
  const proposed = new Map(image.features.finalizedVersions);
  for (const update of request.featureUpdates) proposed.set(update.feature, update.maxVersionLevel);
  const records: RecordDraft[] = [];
  let kraftVersion: number | undefined;
  for (const { feature, maxVersionLevel: level, upgradeType } of byHash(request.featureUpdates)) {
    const isKraft = feature === KRAFT_VERSION;
    const current = isKraft ? currentKraftVersion : image.features.level(feature);
    checkUpgradeType(feature, level, upgradeType);
    const reason = reasonNotSupported(state, feature, level);
    if (reason !== undefined) throw invalidUpdate(feature, level, reason);
    checkDirection(current, feature, level, upgradeType);
    if (isKraft) {
      if (level < current) {
        throw invalidUpdate(feature, level, "Can't downgrade the version of this feature.");
      }
      if (level > current) kraftVersion = level;
      continue;
    }
    if (feature === METADATA_VERSION) checkMetadataVersion(image, level, upgradeType);
    else checkDependencies(feature, level, proposed);
    if (feature === ELR_VERSION && level > 0) records.unshift(...elrSafetyRecords(state));
    const message = { name: feature, featureLevel: level };
    records.push({ type: 'FeatureLevelRecord', version: 0, message });
  }
  return { records, kraftVersion };
}

/** Which of several wrong ones is told is up to Kafka's HashMap. */
function byHash(updates: readonly FeatureUpdateKey[]): FeatureUpdateKey[] {
  const byName = new Map(updates.map((update) => [update.feature, update]));
  return javaHashMapOrder([...byName.keys()]).map((name) => byName.get(name)!);
}

function checkUpgradeType(feature: string, level: number, upgradeType: number): void {
  if (upgradeType < UpgradeType.UPGRADE || upgradeType > UpgradeType.UNSAFE_DOWNGRADE) {
    const sentence = 'The controller does not support the given upgrade type.';
    throw invalidUpdate(feature, level, sentence);
  }
  if (level < 0) {
    throw invalidUpdate(feature, level, 'A feature version cannot be less than 0.');
  }
}

function checkDirection(
  current: number,
  feature: string,
  level: number,
  upgradeType: number,
): void {
  if (level < current && upgradeType === UpgradeType.UPGRADE) {
    throw invalidUpdate(
      feature,
      level,
      "Can't downgrade the version of this feature without setting the " +
        'upgrade type to either safe or unsafe downgrade.',
    );
  }
  if (level > current && upgradeType !== UpgradeType.UPGRADE) {
    throw invalidUpdate(feature, level, "Can't downgrade to a newer version.");
  }
}

interface Range {
  readonly minSupportedVersion: number;
  readonly maxSupportedVersion: number;
}

const DISABLED: Range = { minSupportedVersion: 0, maxSupportedVersion: 0 };

function reasonNotSupported(
  state: ControllerState,
  feature: string,
  level: number,
): string | undefined {
  const { brokers, controllers } = state.image.cluster;
  const local = supportedFeatures().find((range) => range.name === feature) ?? DISABLED;
  const nodes: [string, Range][] = [[`Local controller ${state.config.nodeId}`, local]];
  for (const broker of brokers.values()) {
    nodes.push([`Broker ${broker.id}`, rangeOf(broker.supportedFeatures, feature)]);
  }
  for (const controller of controllers.values()) {
    if (controller.id === state.config.nodeId) continue;
    nodes.push([`Controller ${controller.id}`, rangeOf(controller.supportedFeatures, feature)]);
  }
  for (const [node, range] of nodes) {
    const { minSupportedVersion: min, maxSupportedVersion: max } = range;
    if (level >= min && level <= max) continue;
    if (min === 0 && max === 0) return `${node} does not support this feature.`;
    return `${node} only supports versions ${min}-${max}`;
  }
  return undefined;
}

function rangeOf(features: readonly (Range & { readonly name: string })[], feature: string): Range {
  return features.find((range) => range.name === feature) ?? DISABLED;
}

function checkDependencies(
  feature: string,
  level: number,
  proposed: ReadonlyMap<string, number>,
): void {
  const facts = FEATURE_FACTS.find((known) => known.name === feature);
  if (facts === undefined) throw invalidUpdate(feature, level, `Feature ${feature} not found.`);
  const dependencies = facts.levels.find((known) => known.level === level)?.dependencies ?? {};
  for (const [name, needed] of Object.entries(dependencies)) {
    if ((proposed.get(name) ?? 0) >= needed) continue;
    const sentence = `${feature} could not be set to ${level} because it depends on ${name} level ${needed}`;
    throw invalidUpdate(feature, level, sentence);
  }
}

function checkMetadataVersion(image: MetadataImage, level: number, upgradeType: number): void {
  const current = image.features.metadataVersion;
  if (level >= current) return;
  const isChanged = METADATA_CHANGING_LEVELS.some((at) => at > level && at <= current);
  if (!isChanged) return;
  const reason =
    upgradeType === UpgradeType.UNSAFE_DOWNGRADE
      ? 'Unsafe metadata downgrade is not supported in this version.'
      : 'Refusing to perform the requested downgrade because it might delete metadata information.';
  throw new ApiError(
    Errors.INVALID_UPDATE_VERSION,
    `Unsupported metadata.version downgrade from ${current} to ${level}. ${reason}`,
  );
}

const invalidUpdate = (feature: string, level: number, why: string): ApiError =>
  new ApiError(
    Errors.INVALID_UPDATE_VERSION,
    `Invalid update version ${level} for feature ${feature}. ${why}`,
  );
