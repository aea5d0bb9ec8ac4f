// `describe`: which levels the nodes support, and which are in force.

import { errorOf } from '../../client/errors.ts';
import type { KafkaClient, Target } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { METADATA_VERSION } from '../../metadata/image/features-image.ts';
import { METADATA_VERSIONS } from '../../protocol/api-keys.ts';
import { API_VERSIONS } from '../../protocol/generated/apis/api-versions.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, get } from '../support/java-future.ts';

export interface FeatureService {
  readonly client: KafkaClient;
  readonly target: Target;
  readonly options: ParsedOptions;
  readonly context: ToolContext;
}

export async function describeFeatures(service: FeatureService): Promise<void> {
  const { supported, finalized, epoch } = await ask(service);
  const names = [...supported.keys()].sort();
  const rows = names.map((name) => {
    const range = supported.get(name) as { min: number; max: number };
    return { name, ...range, level: finalized.get(name) ?? 0 };
  });
  await service.context.out.present({
    kafka: () =>
      rows.map(({ name, min, max, level }) =>
        [
          `Feature: ${name.padEnd(40)}`,
          `SupportedMinVersion: ${levelText(name, min).padEnd(15)}`,
          `SupportedMaxVersion: ${levelText(name, max).padEnd(15)}`,
          `FinalizedVersionLevel: ${levelText(name, level).padEnd(15)}`,
          `Epoch: ${epoch ?? '-'}`,
        ].join('  '),
      ),
    table: () => ({
      columns: [
        { name: 'FEATURE' },
        { name: 'MIN', align: 'right' },
        { name: 'MAX', align: 'right' },
        { name: 'LEVEL', align: 'right' },
      ],
      rows: rows.map(({ name, min, max, level }) => [
        name,
        levelText(name, min),
        levelText(name, max),
        levelText(name, level),
      ]),
    }),
    data: () =>
      rows.map(({ name, min, max, level }) => {
        return { feature: name, supportedMin: min, supportedMax: max, level, epoch: epoch ?? null };
      }),
  });
}

interface Described {
  readonly supported: ReadonlyMap<string, { readonly min: number; readonly max: number }>;
  readonly finalized: ReadonlyMap<string, number>;
  readonly epoch: number | undefined;
}

async function ask({ client, options }: FeatureService): Promise<Described> {
  const nodeId = options.integer('node-id');
  if (nodeId !== undefined && nodeId < 0) {
    throw new ToolError(`Invalid node id ${nodeId}: must be non-negative.`);
  }
  const request = { clientSoftwareName: 'kafta', clientSoftwareVersion: '4.3.1' };
  const sending = client.send(API_VERSIONS, (version) => (version >= 3 ? request : {}), {
    callName: 'describeFeatures',
    ...(nodeId === undefined ? {} : { target: nodeId }),
  });
  const response = await get(sending);
  if (response.errorCode !== 0) throw executionError(errorOf(response.errorCode));
  const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch: epoch } = response;
  return {
    supported: new Map(
      supportedFeatures.map(({ name, minVersion: min, maxVersion: max }) => [name, { min, max }]),
    ),
    finalized: new Map(finalizedFeatures.map((each) => [each.name, each.maxVersionLevel])),
    epoch: epoch < 0 ? undefined : epoch,
  };
}

function levelText(name: string, level: number): string {
  if (name !== METADATA_VERSION) return String(level);
  const facts = METADATA_VERSIONS.find((each) => each.level === level);
  return facts?.version ?? `UNKNOWN ${level}`;
}
