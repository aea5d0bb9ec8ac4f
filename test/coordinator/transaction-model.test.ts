// Transactional producers that crash, retry and are zombies, a coordinator that is killed, appends and markers that fail:
// from one seed on virtual time. KAFTA_TXN_SEEDS=500 runs more of them; a failure names its seed.

import { expect, test } from 'vitest';
import {
  statusName,
  type TransactionState,
} from '../../src/coordinator/transaction/transaction-state.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { ModelProducer } from './support/model-producer.ts';
import { TransactionHarness } from './support/transaction-harness.ts';

const SEEDS = Number(process.env.KAFTA_TXN_SEEDS ?? 40);
const STEPS = 150;
const MARKER_ERRORS = [
  Errors.NOT_LEADER_OR_FOLLOWER,
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
  Errors.NOT_ENOUGH_REPLICAS,
  Errors.KAFKA_STORAGE_ERROR,
];

async function disturb(harness: TransactionHarness): Promise<void> {
  const { random } = harness;
  if (random.chance(4)) await restartSame(harness);
  if (random.chance(5)) harness.log.failures.push(new Error('disk full'));
  if (random.chance(5)) harness.partitions.failures.push(random.pick(MARKER_ERRORS));
  if (random.chance(5)) harness.partitions.isHeld = true;
  else if (harness.partitions.isHeld && random.chance(50)) harness.partitions.release();
  if (random.chance(10)) await harness.clock.advance(random.int(30_000));
}

/** What a restart finds is what was there; the last epoch isn't in the log, nor the last producer id in its old format. */
async function restartSame(harness: TransactionHarness): Promise<void> {
  await harness.clock.settle();
  harness.partitions.isHeld = true;
  const before = await statesOf(harness);
  await harness.restart();
  expect(await statesOf(harness)).toEqual(before);
  harness.partitions.release();
  await harness.clock.settle();
}

async function statesOf(harness: TransactionHarness): Promise<object[]> {
  const states = await harness.run(harness.coordinator.list(() => true));
  return states
    .map(({ lastProducerEpoch: _, previousProducerId, ...state }) =>
      harness.transactionVersion === 0 ? state : { ...state, previousProducerId },
    )
    .sort((a, b) => (a.transactionalId < b.transactionalId ? -1 : 1));
}

/** Time passes, and nobody disturbs any more: whatever is open ends. */
async function comeToRest(harness: TransactionHarness): Promise<void> {
  harness.log.failures.length = 0;
  harness.partitions.failures.length = 0;
  harness.partitions.release();
  await harness.clock.advance(300_000);
  const isOver = ({ status }: TransactionState) => /^(Empty|Complete)/.test(statusName(status));
  const states = await harness.run(harness.coordinator.list((state) => !isOver(state)));
  expect(states).toEqual([]);
  for (const [name, { state }] of harness.partitions.all()) {
    expect([name, state.firstUndecidedOffset]).toEqual([name, undefined]);
  }
}

test.each([2, 0])(
  'transactions are all or nothing (transaction.version %i)',
  async (level) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const harness = await TransactionHarness.start({}, seed);
      harness.transactionVersion = level;
      const producers = Array.from(
        { length: 3 },
        (_, n) => new ModelProducer(harness, `tx-${n % 2}`, `p${n}`),
      );
      try {
        for (let step = 0; step < STEPS; step++) {
          await disturb(harness);
          await harness.random.pick(producers).step();
        }
        await comeToRest(harness);
        for (const producer of producers) producer.checkOutcomes();
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  },
  120_000,
);
