// Admin operations on groups, against our own broker in virtual time.

import { describe, expect, it } from 'vitest';
import {
  alterGroupOffsets,
  deleteGroupOffsets,
} from '../../src/client/admin/alter-group-offsets.ts';
import { deleteGroups } from '../../src/client/admin/delete-groups.ts';
import { describeGroups } from '../../src/client/admin/describe-groups.ts';
import { listGroupOffsets } from '../../src/client/admin/list-group-offsets.ts';
import { listGroups } from '../../src/client/admin/list-groups.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { append } from './support/produce-cluster.ts';
import { RealCluster } from './support/real-cluster.ts';

describe('a group', () => {
  it('can be listed, described, moved and deleted from outside', async () => {
    const world = new VirtualWorld(21);
    await world.scheduler.run(async () => {
      const cluster = await RealCluster.start(world);
      await cluster.createTopic('t', 2);
      const producer = cluster.producer();
      for (let index = 0; index < 10; index++) await append(producer, 't', `v${index}`, index % 2);
      await producer.close();
      const client = cluster.client();
      const consumer = cluster.consumer({ 'group.id': 'g' });
      consumer.subscribe(['t']);
      let records = 0;
      while (records < 10) {
        for (const batch of await consumer.poll(100))
          records += batch.nextOffset - batch.fromOffset;
      }
      expect(await listGroups(client)).toEqual([
        {
          groupId: 'g',
          protocolType: 'consumer',
          state: 'Stable',
          type: expect.stringMatching(/^classic$/i),
        },
      ]);
      expect(await listGroups(client, { states: ['Empty'] })).toEqual([]);
      const described = (await describeGroups(client, ['g'])).get('g')!.value!;
      expect(described).toMatchObject({
        state: 'Stable',
        protocol: 'range',
        coordinator: { id: 1 },
      });
      expect(described.members[0]!.assignment).toEqual([
        { topic: 't', partition: 0 },
        { topic: 't', partition: 1 },
      ]);
      const inUse = await deleteGroups(client, ['g']);
      expect(inUse.get('g')?.error?.name).toBe('GroupNotEmptyException');
      await consumer.close();
      const committed = await listGroupOffsets(client, 'g');
      expect(committed.map(({ partition, offset }) => [partition, offset]).sort()).toEqual([
        [0, 5],
        [1, 5],
      ]);
      await alterGroupOffsets(client, 'g', [
        { topic: 't', partition: 0, offset: 2, metadata: 'm' },
      ]);
      const partitions = [{ topic: 't', partition: 0 }];
      expect(await listGroupOffsets(client, 'g', { partitions })).toMatchObject([
        { partition: 0, offset: 2, metadata: 'm' },
      ]);
      const forgotten = await deleteGroupOffsets(client, 'g', partitions);
      expect(forgotten.get('t-0')?.error).toBeUndefined();
      expect(await listGroupOffsets(client, 'g', { partitions })).toEqual([]);
      const gone = await deleteGroups(client, ['g', 'nobody']);
      expect(gone.get('g')?.error).toBeUndefined();
      expect(gone.get('nobody')?.error?.name).toBe('GroupIdNotFoundException');
      expect(await listGroups(client)).toEqual([]);
      await client.close();
      await cluster.broker.shutdown();
    });
  });
});
