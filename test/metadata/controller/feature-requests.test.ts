// What the controller answers to changes of feature levels; every sentence was seen on Apache Kafka 4.3.1.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture, joinBroker } from '../support.ts';

let fixture: ControllerFixture;
let controller: QuorumController;
beforeEach(async () => {
  fixture = new ControllerFixture();
  controller = await fixture.start({ 'num.partitions': '2' });
  await joinBroker(controller);
});
afterEach(() => fixture.close());

describe('features', () => {
  const update = (feature: string, maxVersionLevel: number, upgradeType: number) =>
    controller.updateFeatures({
      timeoutMs: 1,
      featureUpdates: [{ feature, maxVersionLevel, upgradeType, allowDowngrade: false }],
      validateOnly: false,
    });
  const prefix = 'The update failed for all features since the following feature had an error: ';

  it('go down and up again', async () => {
    expect((await update('transaction.version', 1, 2)).errorCode).toBe(0);
    expect(controller.image.features.level('transaction.version')).toBe(1);
    expect((await update('transaction.version', 2, 1)).errorCode).toBe(0);
    expect(controller.image.features.level('transaction.version')).toBe(2);
  });

  it('kraft.version, asked for twice at once, goes up once, and both are told so', async () => {
    const answers = await Promise.all([
      update('kraft.version', 1, 1),
      update('kraft.version', 1, 1),
    ]);
    expect(answers.map(({ errorCode }) => errorCode)).toEqual([0, 0]);
    expect(controller.kraftVersion).toBe(1);
  });

  it('of several wrong ones, the first of Kafka’s map is told', async () => {
    const { errorMessage } = await controller.updateFeatures({
      timeoutMs: 1,
      featureUpdates: ['share.version', 'kraft.version', 'group.version'].map((feature) => ({
        feature,
        maxVersionLevel: 99,
        upgradeType: 1,
        allowDowngrade: false,
      })),
      validateOnly: true,
    });
    expect(errorMessage).toContain('for feature group.version.');
  });

  it('eligible leaders, turned on, leave one min.insync.replicas for the whole cluster', async () => {
    const minIsr = (broker: string) =>
      controller.image.configs.configMapForResource(4, broker).get('min.insync.replicas');
    const change = (resourceName: string, configOperation: number, value: string | null) => ({
      resourceType: 4,
      resourceName,
      configs: [{ name: 'min.insync.replicas', configOperation, value }],
    });
    await update('eligible.leader.replicas.version', 0, 2);
    const resources = [change('', 1, null), change('1', 0, '2')];
    await controller.incrementalAlterConfigs({ resources, validateOnly: false });
    expect([minIsr(''), minIsr('1')]).toEqual([undefined, '2']);
    await update('eligible.leader.replicas.version', 1, 1);
    expect([minIsr(''), minIsr('1')]).toEqual(['1', undefined]);
  });

  const refused: [string, number, number, string][] = [
    [
      'transaction.version',
      9,
      1,
      'Invalid update version 9 for feature transaction.version. Local controller 1 only supports versions 0-2',
    ],
    [
      'unheard.of',
      1,
      1,
      'Invalid update version 1 for feature unheard.of. Local controller 1 does not support this feature.',
    ],
    [
      'metadata.version',
      20,
      2,
      'Unsupported metadata.version downgrade from 30 to 20. Refusing to perform the requested ' +
        'downgrade because it might delete metadata information.',
    ],
    [
      'share.version',
      0,
      1,
      'Invalid update version 0 for feature share.version. ' +
        "Can't downgrade the version of this feature without setting the upgrade type to either safe " +
        'or unsafe downgrade.',
    ],
  ];
  for (const [feature, level, type, sentence] of refused) {
    it(`${feature} does not become ${level}`, async () => {
      const { errorCode, errorMessage } = await update(feature, level, type);
      expect([errorCode, errorMessage]).toEqual([Errors.INVALID_UPDATE_VERSION, prefix + sentence]);
    });
  }
});
