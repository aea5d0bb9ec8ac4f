import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALTER_CLIENT_QUOTAS } from '../../src/protocol/generated/apis/alter-client-quotas.ts';
import { DESCRIBE_CLIENT_QUOTAS } from '../../src/protocol/generated/apis/describe-client-quotas.ts';
import type { RawClient } from './support/raw-client.ts';
import { TestBroker } from './support/running-broker.ts';

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

describe('quotas of several entities', () => {
  it('are told in the order of Kafka’s map of entities, which grows', async () => {
    const ask = (components: object[]) => client.send(DESCRIBE_CLIENT_QUOTAS, 1, { components });
    const told: string[] = [];
    for (const name of ['somebody', 'Client1+User1', 'User1', 'a', 'b', 'c']) {
      const [user, clientId] = name.split('+').reverse();
      const entity = [
        ...(clientId === undefined ? [] : [{ entityType: 'client-id', entityName: clientId }]),
        { entityType: 'user', entityName: user ?? '' },
      ];
      const ops = [{ key: 'request_percentage', value: 50, remove: false }];
      await client.send(ALTER_CLIENT_QUOTAS, 1, { entries: [{ entity, ops }] });
      const { entries } = await ask([{ entityType: 'user', matchType: 2, match: null }]);
      const names = entries?.map((each) => each.entity.map((part) => part.entityName).join('+'));
      told.push(names?.join(' ') ?? '');
    }
    // As Apache Kafka 4.3.1 answered them.
    expect(told).toEqual([
      'somebody',
      'Client1+User1 somebody',
      'Client1+User1 User1 somebody',
      'User1 somebody Client1+User1 a',
      'User1 somebody Client1+User1 b a',
      'User1 c somebody Client1+User1 b a',
    ]);
  });
});

describe('quotas of one entity', () => {
  it('set at once are told in the order of Kafka’s maps', async () => {
    const keys = [
      'controller_mutation_rate',
      'request_percentage',
      'consumer_byte_rate',
      'producer_byte_rate',
    ];
    const entity = [{ entityType: 'user', entityName: 'somebody' }];
    const ops = keys.map((key) => ({ key, value: 1000, remove: false }));
    await client.send(ALTER_CLIENT_QUOTAS, 1, { entries: [{ entity, ops }], validateOnly: false });
    const { entries } = await client.send(DESCRIBE_CLIENT_QUOTAS, 1, {
      components: [{ entityType: 'user', matchType: 0, match: 'somebody' }],
      strict: true,
    });
    expect(entries?.[0]?.values.map(({ key }) => key)).toEqual([
      'producer_byte_rate',
      'consumer_byte_rate',
      'controller_mutation_rate',
      'request_percentage',
    ]);
  });
});
