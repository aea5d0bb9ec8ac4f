import { expect, test } from 'vitest';
import { BrokerLifecycle } from '../../src/broker/broker-lifecycle.ts';
import type { Controller } from '../../src/metadata/controller/controller.ts';
import type { BrokerHeartbeatRequest } from '../../src/protocol/generated/apis/broker-heartbeat-request.ts';
import type { BrokerRegistrationRequest } from '../../src/protocol/generated/apis/broker-registration-request.ts';
import { virtualIo } from '../coordinator/support/virtual-io.ts';

/** A controller that answers each heartbeat with the next of `answers`, and then always with the last. */
function lifecycle(answers: { isFenced: boolean; shouldShutDown: boolean }[]) {
  const { clock } = virtualIo();
  const lines: string[] = [];
  const heartbeats: Partial<BrokerHeartbeatRequest>[] = [];
  const controller = {
    lastCommittedOffset: 7,
    registerBroker: async () => ({ errorCode: 0, brokerEpoch: 3 }),
    brokerHeartbeat: async (request: BrokerHeartbeatRequest) => {
      heartbeats.push(request);
      const [answer] = answers.length > 1 ? answers.splice(0, 1) : answers;
      return { errorCode: 0, ...answer };
    },
  };
  const tested = new BrokerLifecycle({
    controller: controller as unknown as Controller,
    clock,
    registration: { brokerId: 1 } as BrokerRegistrationRequest,
    heartbeatIntervalMs: 2000,
    offlineLogDirs: () => [],
    cordonedLogDirs: () => ['cordonedAAAAAAAAAAAAAA'],
    log: (line) => lines.push(line),
    onFatal: (error) => lines.push(error.message),
  });
  return { tested, clock, lines, heartbeats };
}

const FENCED = { isFenced: true, shouldShutDown: false };
const SERVING = { isFenced: false, shouldShutDown: false };
const LEAVING = { isFenced: true, shouldShutDown: true };

test('a broker asks until it is unfenced, and beats from then on', async () => {
  const { tested, clock, lines, heartbeats } = lifecycle([FENCED, FENCED, SERVING]);
  await tested.start();
  expect(heartbeats).toHaveLength(3);
  await clock.advance(4000);
  expect(heartbeats).toHaveLength(5);
  expect(heartbeats.at(-1)).toMatchObject({
    ...{ brokerEpoch: 3, currentMetadataOffset: 7 },
    cordonedLogDirs: ['cordonedAAAAAAAAAAAAAA'],
  });
  expect(lines).toEqual([]);
});

test('a broker that stays fenced says so and goes on asking', async () => {
  const { tested, clock, lines, heartbeats } = lifecycle([FENCED]);
  await tested.start();
  expect(lines).toEqual(['the controller keeps this broker fenced']);
  const asked = heartbeats.length;
  await clock.advance(2000);
  expect(heartbeats).toHaveLength(asked + 1);
});

test('a broker leaves when it may, and beats no more', async () => {
  const { tested, clock, lines, heartbeats } = lifecycle([SERVING, SERVING, LEAVING]);
  await tested.start();
  await tested.leave();
  expect(heartbeats.map(({ wantShutDown }) => wantShutDown)).toEqual([false, true, true]);
  await clock.advance(10_000);
  expect(heartbeats).toHaveLength(3);
  expect(lines).toEqual([]);
});

test('a broker that may not leave says so, and leaves', async () => {
  const { tested, clock, lines, heartbeats } = lifecycle([SERVING]);
  await tested.start();
  await tested.leave();
  expect(lines).toEqual(['the controller did not let this broker leave; it leaves nevertheless']);
  const asked = heartbeats.length;
  await clock.advance(10_000);
  expect(heartbeats).toHaveLength(asked);
});
