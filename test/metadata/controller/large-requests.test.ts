// Requests with as many items as one may have: each must cost what its items cost, not their square. What takes a
// fraction of a second here would otherwise hold up the whole broker for minutes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture, create, joinBroker } from '../support.ts';

const names = (count: number) => Array.from({ length: count }, (_, n) => `name-${n}`);

let fixture: ControllerFixture;
let controller: QuorumController;
beforeEach(async () => {
  fixture = new ControllerFixture();
  controller = await fixture.start();
  await joinBroker(controller);
});
afterEach(() => fixture.close());

describe('a request of very many items', () => {
  it('to delete topics, each named twice', async () => {
    const once = names(10_000);
    const { responses } = await controller.deleteTopics(
      { topicNames: [...once, ...once], topics: [], timeoutMs: 1000 },
      { apiVersion: 5 },
    );
    expect(responses).toHaveLength(once.length);
    expect(responses.every(({ errorCode }) => errorCode === Errors.INVALID_REQUEST)).toBe(true);
  });

  it('to alter configs of a topic', async () => {
    await create(controller, { name: 't' });
    const configs = names(200_000).map((name) => ({ name, configOperation: 0, value: '1' }));
    const { responses } = await controller.incrementalAlterConfigs({
      resources: [{ resourceType: 2, resourceName: 't', configs }],
      validateOnly: false,
    });
    expect(responses[0]?.errorCode).toBe(Errors.INVALID_CONFIG);
  });

  it('to append to a list', async () => {
    const value = names(200_000).join(',');
    const configs = [{ name: 'metrics', configOperation: 2, value }];
    const { responses } = await controller.incrementalAlterConfigs({
      resources: [{ resourceType: 16, resourceName: 'm', configs }],
      validateOnly: true,
    });
    expect(responses[0]?.errorMessage).toMatch(/exceeds the maximum value size/);
  });
});
