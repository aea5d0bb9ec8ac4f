import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlers } from '../../src/broker/apis/index.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { API_VERSIONS } from '../../src/protocol/generated/apis/api-versions.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import type { RawClient } from './support/raw-client.ts';
import { TestBroker } from './support/running-broker.ts';

interface ApiFacts {
  readonly id: number;
  readonly listeners: Record<string, { min: number; max: number } | undefined>;
}

const factsPath = join(import.meta.dirname, '../../src/protocol/schemas/apis.json');
const { apis } = JSON.parse(readFileSync(factsPath, 'utf8')) as { apis: ApiFacts[] };

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

describe('the list of APIs', () => {
  it('names every file under apis, and has Apache Kafka’s versions', () => {
    const folder = join(import.meta.dirname, '../../src/broker/apis');
    const files = readdirSync(folder).filter((name) => /^\d\d-/.test(name));
    expect(handlers.map(({ key }) => key)).toEqual(
      files.map((name) => Number(name.slice(0, 2))).sort((a, b) => a - b),
    );
    for (const { key, advertisedMinVersion, maxVersion, roles } of handlers) {
      const facts = apis.find(({ id }) => id === key)?.listeners;
      const told = { min: advertisedMinVersion, max: maxVersion };
      expect({ key, ...told }).toEqual({ key, ...facts?.broker });
      expect(roles.includes('controller') && facts?.controller === undefined).toBe(false);
    }
  });

  it('is what ApiVersions answers, with the features', async () => {
    const answer = await client.send(API_VERSIONS, 4, {
      clientSoftwareName: 'test',
      clientSoftwareVersion: '1.0',
    });
    expect(answer.apiKeys.map(({ apiKey }) => apiKey)).toEqual(handlers.map(({ key }) => key));
    expect(answer.apiKeys[0]).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 });
    expect(answer.finalizedFeatures).toContainEqual({
      name: 'metadata.version',
      maxVersionLevel: 30,
      minVersionLevel: 30,
    });
  });

  it('a version of ApiVersions from the future is answered as v0 with error 35', async () => {
    const request = Buffer.from('0000000c00120063000000070000', 'hex');
    request.writeInt32BE(request.length - 4, 0);
    const answer = await client.answer((reader) => {
      reader.readInt32();
      return API_VERSIONS.response.read(reader, 0);
    }, request);
    expect(answer).toMatchObject({
      errorCode: Errors.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    });
  });

  it.each([
    ['an unknown API', '000000080063000000000001'],
    ['an unknown version', '00000008000300630000000100'],
    ['a header that is cut off', '0000000400030001'],
    ['a body that is cut off', '0000000a000300010000000100007fff'],
    ['an empty request', '00000000'],
  ])('%s closes the connection, and no other', async (_name, hex) => {
    const bad = await broker.client();
    const bytes = Buffer.from(hex, 'hex');
    bytes.writeInt32BE(bytes.length - 4, 0);
    bad.write(bytes);
    await bad.closed;
    expect((await client.send(METADATA, 13, { topics: [] })).errorCode).toBe(0);
  });
});
