import { expect, test } from 'vitest';
import { logConfig } from '../../src/log/log-config.ts';
import { UnifiedLog } from '../../src/log/unified-log.ts';
import { buildEndTransactionBatch } from '../../src/records/control-record.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { batch, NOW_MS, pool } from './support.ts';

const DIRECTORY = '/data/orders-0';
const abort = { commit: false, producerId: 7, producerEpoch: 0, coordinatorEpoch: 0 };

function open(world: VirtualWorld, recoveryPoint = 0) {
  const { io, disk } = world.process();
  const config = logConfig();
  const log = new UnifiedLog({
    ...{ io, config, pool, recoveryPoint },
    ...{ topic: 'orders', partition: 0, directory: DIRECTORY },
  });
  return { disk, log };
}

function appendAborted(log: UnifiedLog, sequence: number): void {
  const identity = { producerId: 7, producerEpoch: 0, baseSequence: sequence, transactional: true };
  log.appendAsLeader(batch(1, identity), 0);
  const marker = buildEndTransactionBatch({ ...abort, timestamp: NOW_MS });
  log.appendAsLeader(marker, 0, { origin: 'coordinator' });
  log.updateHighWatermark(log.logEndOffset);
}

test('a marker whose index entry cannot be written is in the log all the same, and known', async () => {
  const world = new VirtualWorld(1);
  await world.scheduler.run(async () => {
    const { disk, log } = open(world);
    disk.faults.push({ operation: 'write', path: /txnindex$/, code: 'EIO', times: 1 });
    appendAborted(log, 0);
    expect([log.logEndOffset, log.lastStableOffset]).toEqual([2, 2]);
    expect(log.abortedTransactions(0, 2)).toHaveLength(1);
    appendAborted(log, 1);
    expect(disk.readFile(`${DIRECTORY}/00000000000000000000.txnindex`)).toHaveLength(2 * 34);
    await log.flush();
    expect(log.recoveryPoint).toBe(4);
    log.abandon();
  });
});

test('the recovery point does not pass an entry that is not on the disk, and a restart finds it again', async () => {
  const world = new VirtualWorld(2);
  await world.scheduler.run(async () => {
    const { disk, log } = open(world);
    disk.faults.push({ operation: 'write', path: /txnindex$/, code: 'EIO', times: 2 });
    appendAborted(log, 0);
    await expect(log.flush()).rejects.toThrow('EIO');
    expect(log.recoveryPoint).toBe(0);
    world.restart('process');
    const again = open(world).log;
    expect(again.abortedTransactions(0, 2)).toHaveLength(1);
    again.abandon();
  });
});
