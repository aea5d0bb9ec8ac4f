// A directory that was formatted for an older release: what its features don't have yet is refused as Apache Kafka
// refuses it, until they are raised.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeIo } from '../../src/io/node.ts';
import { formatStorage } from '../../src/metadata/storage/format.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { CONSUMER_GROUP_DESCRIBE } from '../../src/protocol/generated/apis/consumer-group-describe.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { DESCRIBE_SHARE_GROUP_OFFSETS } from '../../src/protocol/generated/apis/describe-share-group-offsets.ts';
import { FIND_COORDINATOR } from '../../src/protocol/generated/apis/find-coordinator.ts';
import { SHARE_GROUP_DESCRIBE } from '../../src/protocol/generated/apis/share-group-describe.ts';
import { UPDATE_FEATURES } from '../../src/protocol/generated/apis/update-features.ts';
import type { RawClient } from './support/raw-client.ts';
import { TestBroker } from './support/running-broker.ts';

/** 3.6-IV2: no feature but itself. */
const METADATA_VERSION = 14;
const { UNSUPPORTED_VERSION } = Errors;

let directory: string;
let broker: TestBroker;
let client: RawClient;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kafta-older-'));
  formatStorage({
    io: nodeIo(),
    nodeId: 1,
    clusterId: 'olderAAAAAAAAAAAAAAAAA',
    directories: [directory],
    metadataLogDir: directory,
    controllerListenerName: 'CONTROLLER',
    releaseVersion: METADATA_VERSION,
  });
  broker = await TestBroker.start({ dataDirectory: directory });
  client = await broker.client();
});

afterEach(async () => {
  await broker.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function join848(): Promise<number> {
  const request = {
    ...{ groupId: 'g', memberId: 'memberAAAAAAAAAAAAAAAA', memberEpoch: 0 },
    ...{ rebalanceTimeoutMs: 1000, subscribedTopicNames: ['t'], topicPartitions: [] },
  };
  return (await client.send(CONSUMER_GROUP_HEARTBEAT, 1, request)).errorCode;
}

it('has no groups of the new protocols', async () => {
  const refused = { errorCode: UNSUPPORTED_VERSION, errorMessage: null };
  expect(await join848()).toBe(UNSUPPORTED_VERSION);
  const groupIds = ['g'];
  const described = [
    await client.send(CONSUMER_GROUP_DESCRIBE, 1, { groupIds }),
    await client.send(SHARE_GROUP_DESCRIBE, 1, { groupIds }),
    await client.send(DESCRIBE_SHARE_GROUP_OFFSETS, 1, {
      groups: [{ groupId: 'g', topics: null }],
    }),
  ];
  for (const { groups } of described) expect(groups).toMatchObject([{ groupId: 'g', ...refused }]);
});

it('has consumer groups as soon as group.version is raised', async () => {
  await client.send(FIND_COORDINATOR, 4, { coordinatorKeys: ['g'] });
  const featureUpdates = ['metadata.version', 'group.version'].map((feature, i) => ({
    ...{ feature, maxVersionLevel: [30, 1][i]!, upgradeType: 1 },
  }));
  const updated = await client.send(UPDATE_FEATURES, 2, { timeoutMs: 5000, featureUpdates });
  expect(updated.errorCode).toBe(Errors.NONE);
  expect(await join848()).not.toBe(UNSUPPORTED_VERSION);
});
