// `upgrade`, `downgrade` and `disable`: all updates of a command line in one request, all of them or none.

import { errorOf } from '../../client/errors.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { METADATA_VERSION } from '../../metadata/image/features-image.ts';
import { defaultLevel } from '../../metadata/storage/bootstrap-metadata.ts';
import { FEATURE_FACTS, METADATA_VERSIONS, metadataVersion } from '../../protocol/api-keys.ts';
import { UPDATE_FEATURES } from '../../protocol/generated/apis/update-features.ts';
import { parseFeature } from '../storage/features.ts';
import { messageOf } from '../support/java-error.ts';
import { TerseError } from '../support/terse.ts';
import type { FeatureService } from './describe.ts';

/** FeatureUpdate.UpgradeType. */
const UPGRADE = 1;
const SAFE_DOWNGRADE = 2;
const UNSAFE_DOWNGRADE = 3;

const PAST = { upgrade: 'upgraded', downgrade: 'downgraded', disable: 'disabled' } as const;

export async function changeFeatures(service: FeatureService): Promise<void> {
  const { options, context } = service;
  const isUpgrade = options.subcommand === 'upgrade';
  const release = options.value('release-version');
  const metadata = options.value('metadata');
  const features = options.values('feature');
  if (release !== undefined && (metadata !== undefined || features.length > 0)) {
    throw new TerseError('Can not specify `release-version` with other feature flags.');
  }
  const levels = new Map<string, number>();
  if (release !== undefined) {
    const level = releaseLevel(release);
    levels.set(METADATA_VERSION, level);
    for (const { name } of FEATURE_FACTS) {
      const wanted = defaultLevel(name, level);
      // Nothing is upgraded to 0.
      if (!isUpgrade || wanted > 0) levels.set(name, wanted);
    }
  } else {
    if (metadata !== undefined) {
      context.notice(' `metadata` flag is deprecated and may be removed in a future release.');
      levels.set(METADATA_VERSION, releaseLevel(metadata));
    }
    for (const text of features) {
      const [name, level] = parseFeature(text);
      if (isUpgrade) ensureUpgrade(level);
      add(levels, name, level);
    }
  }
  await update(service, levels, isUpgrade ? UPGRADE : downgradeType(service));
}

export async function disableFeatures(service: FeatureService): Promise<void> {
  const levels = new Map<string, number>();
  for (const name of service.options.values('feature')) add(levels, name, 0);
  await update(service, levels, downgradeType(service));
}

const downgradeType = ({ options }: FeatureService): number =>
  options.has('unsafe') ? UNSAFE_DOWNGRADE : SAFE_DOWNGRADE;

function add(levels: Map<string, number>, name: string, level: number): void {
  if (levels.has(name)) throw new TerseError(`Feature ${name} was specified more than once.`);
  levels.set(name, level);
}

/** FeatureUpdate refuses by itself to upgrade to nothing. */
function ensureUpgrade(level: number): void {
  if (level >= 1) return;
  throw new TerseError(
    'The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided ' +
      `maxVersionLevel:${level} is < 1.`,
  );
}

/** Unstable releases too: the controller decides. */
function releaseLevel(text: string): number {
  const facts = metadataVersion(text);
  if (facts !== undefined) return facts.level;
  const names = METADATA_VERSIONS.map((each) => each.version).join(', ');
  throw new TerseError(
    `Unknown metadata.version '${text}'. Supported metadata.version are: ${names}`,
  );
}

async function update(
  service: FeatureService,
  levels: ReadonlyMap<string, number>,
  upgradeType: number,
): Promise<void> {
  const { options, context } = service;
  const verb = options.subcommand as keyof typeof PAST;
  if (levels.size === 0) throw new TerseError(`You must specify at least one feature to ${verb}`);
  const isDry = options.has('dry-run');
  if ([...levels.keys()].some((feature) => feature.trim() === '')) {
    throw new TerseError('Provided feature can not be empty.');
  }
  const failures = await send(service, levels, upgradeType);
  const rows = [...levels.keys()].sort().map((feature) => {
    const level = levels.get(feature) as number;
    return { feature, level, error: failures.get(feature) ?? null };
  });
  await context.out.present({
    kafka: () =>
      rows.map(({ feature, level, error }) => {
        const what = verb === 'disable' ? '' : ` to ${level}`;
        return error === null
          ? `${feature} ${isDry ? 'can be' : 'was'} ${PAST[verb]}${what}.`
          : `${isDry ? 'Can not' : 'Could not'} ${verb} ${feature}${what}. ${error}`;
      }),
    data: () => rows,
  });
  const count = rows.filter(({ error }) => error !== null).length;
  if (count > 0) {
    throw new TerseError(`${count} out of ${levels.size} operation(s) failed.`);
  }
}

/** Feature → why not. One error stands for all updates. */
async function send(
  { client, target, options }: FeatureService,
  levels: ReadonlyMap<string, number>,
  upgradeType: number,
): Promise<ReadonlyMap<string, string>> {
  // The first one that is wrong stands for all: in the order in which Kafka's tool sends them.
  const names = javaHashMapOrder([...levels.keys()]);
  const isDry = options.has('dry-run');
  const all = (message: string) => new Map(names.map((name) => [name, message]));
  try {
    const response = await client.send(
      UPDATE_FEATURES,
      (version) => ({
        timeoutMs: 60_000,
        featureUpdates: names.map((feature) => ({
          feature,
          maxVersionLevel: levels.get(feature) as number,
          ...(version === 0 ? { allowDowngrade: upgradeType !== UPGRADE } : { upgradeType }),
        })),
        ...(version >= 1 ? { validateOnly: isDry } : {}),
      }),
      { callName: 'updateFeatures', target, ...(isDry ? { minVersion: 1 } : {}) },
    );
    if (response.errorCode !== 0) {
      return all(errorOf(response.errorCode, response.errorMessage).message);
    }
    const failed = response.results.filter(({ errorCode }) => errorCode !== 0);
    return new Map(
      failed.map(({ feature, errorCode, errorMessage }) => {
        return [feature, errorOf(errorCode, errorMessage).message];
      }),
    );
  } catch (error) {
    return all(messageOf(error));
  }
}
