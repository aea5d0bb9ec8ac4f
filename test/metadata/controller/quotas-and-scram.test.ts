// Quotas and SCRAM credentials: what is stored, what is refused, and that a restart has them again.
import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import { scramKey } from '../../../src/metadata/image/security-images.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture } from '../support.ts';

let fixture: ControllerFixture;
beforeEach(() => {
  fixture = new ControllerFixture();
});
afterEach(() => fixture.close());

type Entity = { entityType: string; entityName: string | null }[];
const ALICE: Entity = [{ entityType: 'user', entityName: 'alice' }];

async function setQuota(
  controller: QuorumController,
  entity: Entity,
  key: string,
  value: number | undefined,
) {
  const ops = [{ key, value: value ?? 0, remove: value === undefined }];
  const response = await controller.alterClientQuotas({
    entries: [{ entity, ops }],
    validateOnly: false,
  });
  return response.entries[0]?.errorMessage ?? null;
}

const quotas = (controller: QuorumController) =>
  [...controller.image.clientQuotas.values()].map(({ entity, key, value }) => ({
    entity,
    key,
    value,
  }));

describe('a quota', () => {
  it('names its entity’s parts in the order that Kafka has them in', async () => {
    const controller = await fixture.start();
    const client = { entityType: 'client-id', entityName: 'c' };
    const { entries } = await controller.alterClientQuotas({
      entries: [
        {
          entity: [...ALICE, client],
          ops: [{ key: 'producer_byte_rate', value: 7, remove: false }],
        },
      ],
      validateOnly: false,
    });
    expect(entries[0]?.entity).toEqual([client, ...ALICE]);
    expect(quotas(controller)[0]?.entity).toEqual([client, ...ALICE]);
  });

  it('has the last of two parts of a type, and of strange types the first of Kafka’s map is told', async () => {
    const controller = await fixture.start();
    const part = (entityType: string, entityName: string) => ({ entityType, entityName });
    const { entries } = await controller.alterClientQuotas({
      entries: [
        { entity: [part('user', 'a'), part('user', 'b')], ops: [] },
        { entity: [part('nope', 'a'), part('', 'b'), part('user', '')], ops: [] },
      ],
      validateOnly: true,
    });
    expect(entries).toEqual([
      { errorCode: 0, errorMessage: null, entity: [part('user', 'b')] },
      {
        errorCode: Errors.INVALID_REQUEST,
        errorMessage: 'Unhandled client quota entity type: ',
        entity: [part('', 'b'), part('nope', 'a'), part('user', '')],
      },
    ]);
  });

  it('is there after a restart, and gone when it was removed', async () => {
    const controller = await fixture.start();
    expect(await setQuota(controller, ALICE, 'producer_byte_rate', 7)).toBeNull();
    expect(await setQuota(controller, ALICE, 'request_percentage', 12.5)).toBeNull();
    expect(await setQuota(controller, ALICE, 'producer_byte_rate', undefined)).toBeNull();
    await controller.shutdown();
    const again = await fixture.start();
    expect(quotas(again)).toEqual([{ entity: ALICE, key: 'request_percentage', value: 12.5 }]);
  });

  it.each([
    [ALICE, 'connection_creation_rate', 1, 'Invalid configuration key connection_creation_rate'],
    [ALICE, 'producer_byte_rate', 0, 'Quota producer_byte_rate must be greater than 0'],
    [ALICE, 'producer_byte_rate', 1.5, 'producer_byte_rate cannot be a fractional value.'],
    [[], 'producer_byte_rate', 1, 'Invalid empty client quota entity'],
    [[{ entityType: 'user', entityName: '' }], 'producer_byte_rate', 1, 'Empty user not supported'],
    [
      [...ALICE, { entityType: 'ip', entityName: null }],
      'connection_creation_rate',
      1,
      'Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId',
    ],
    [
      [{ entityType: 'ip', entityName: '127.0.0.9' }],
      'connection_creation_rate',
      2 ** 31,
      'Proposed value for connection_creation_rate is too large for an INT.',
    ],
  ])('of %j, %s=%d is refused', async (entity, key, value, message) => {
    const controller = await fixture.start();
    expect(await setQuota(controller, entity, key, value)).toBe(message);
    expect(quotas(controller)).toEqual([]);
  });
});

describe('a SCRAM credential', () => {
  const upsertion = {
    name: 'alice',
    mechanism: 1,
    iterations: 4096,
    salt: Buffer.from('salt'),
    saltedPassword: Buffer.from('salted'),
  };

  it('is stored as the keys of RFC 5802, and is there after a restart', async () => {
    const controller = await fixture.start();
    await controller.alterUserScramCredentials({ deletions: [], upsertions: [upsertion] });
    await controller.shutdown();
    const again = await fixture.start();
    const clientKey = createHmac('sha256', 'salted').update('Client Key').digest();
    expect(again.image.scram.get(scramKey('alice', 1))).toEqual({
      name: 'alice',
      mechanism: 1,
      salt: Buffer.from('salt'),
      storedKey: createHash('sha256').update(clientKey).digest(),
      serverKey: createHmac('sha256', 'salted').update('Server Key').digest(),
      iterations: 4096,
    });
  });

  it.each([
    [[], [{ ...upsertion, iterations: 4095 }], Errors.UNACCEPTABLE_CREDENTIAL],
    [[], [{ ...upsertion, iterations: 16385 }], Errors.UNACCEPTABLE_CREDENTIAL],
    [[], [{ ...upsertion, mechanism: 3 }], Errors.UNSUPPORTED_SASL_MECHANISM],
    [[], [{ ...upsertion, name: '' }], Errors.UNACCEPTABLE_CREDENTIAL],
    [[], [upsertion, upsertion], Errors.DUPLICATE_RESOURCE],
    [[{ name: 'alice', mechanism: 2 }], [], Errors.RESOURCE_NOT_FOUND],
    // What is wrong first is what is told, and Java has no key of no bytes.
    [[{ name: 'alice', mechanism: 0 }], [upsertion], Errors.UNSUPPORTED_SASL_MECHANISM],
    [[], [{ ...upsertion, saltedPassword: Buffer.alloc(0) }], Errors.UNKNOWN_SERVER_ERROR],
  ])('deletions %j and upsertions %j are refused', async (deletions, upsertions, code) => {
    const controller = await fixture.start();
    const { results } = await controller.alterUserScramCredentials({ deletions, upsertions });
    expect(results.map(({ errorCode }) => errorCode)).toEqual([code]);
    // An unexpected error has no sentence of its own.
    expect(results[0]!.errorMessage === null).toBe(code === Errors.UNKNOWN_SERVER_ERROR);
    expect(controller.image.scram.size).toBe(0);
  });
});
