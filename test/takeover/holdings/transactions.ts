// Transactions committed, aborted and left open, with offsets among them; written by a broker that has transactions,
// kept and answered by every broker.

import { createTopics } from '../../../src/client/admin/create-topics.ts';
import { listOffsets } from '../../../src/client/admin/list-offsets.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { ADD_PARTITIONS_TO_TXN } from '../../../src/protocol/generated/apis/add-partitions-to-txn.ts';
import { END_TXN } from '../../../src/protocol/generated/apis/end-txn.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INIT_PRODUCER_ID } from '../../../src/protocol/generated/apis/init-producer-id.ts';
import { LIST_TRANSACTIONS } from '../../../src/protocol/generated/apis/list-transactions.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import type { Holding } from '../holding.ts';
import { ask, produce, readPartition } from '../wire.ts';

const TOPIC = 'transacted';
const PARTITIONS = 2;
/** Longer than the check runs: the open transaction must still be open at its end. */
const TIMEOUT_MS = 600_000;

type Ending = 'committed' | 'aborted' | 'open';

export const transactions: Holding = {
  name: 'transactions',

  async add({ client, round, serves, memory }) {
    if (round === 0) await createTopics(client, [{ name: TOPIC, partitions: PARTITIONS }]);
    if (!serves(END_TXN.key)) return;
    for (const ending of ['committed', 'aborted'] as const)
      await transact(client, 0, round, ending);
    await transact(client, 0, round + 10, 'aborted');
    // One stays open in the other partition and holds its last stable offset.
    if (memory.has('open transaction')) return;
    await transact(client, 1, round, 'open');
    memory.set('open transaction', round);
  },

  async observe({ client, serves }) {
    const seen = new Map<string, string>();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const name = `${TOPIC}-${partition}`;
      const query = [{ topic: TOPIC, partition, timestamp: -1 }];
      const [stable] = await listOffsets(client, query, { isolationLevel: 'read_committed' });
      seen.set(`last stable offset of ${name}`, String(stable?.outcome.value?.offset));
      for (const level of [0, 1]) {
        const lines = await readPartition(client, TOPIC, partition, 0, level);
        seen.set(`records of ${name} at level ${level}`, lines.join('\n'));
      }
    }
    if (serves(LIST_TRANSACTIONS.key)) seen.set('transactions', await listed(client));
    return seen;
  },
};

async function transact(
  client: KafkaClient,
  partition: number,
  round: number,
  ending: Ending,
): Promise<void> {
  const transactionalId = `transaction-${partition}-${round}-${ending}`;
  const finding = { keyType: 1, coordinatorKeys: [transactionalId] };
  await ask(client, FIND_COORDINATOR, finding, (r) => r.coordinators.map((c) => c.errorCode));
  const init = { transactionalId, transactionTimeoutMs: TIMEOUT_MS };
  const errors = ({ errorCode }: { errorCode: number }) => [errorCode];
  const { producerId, producerEpoch } = await ask(client, INIT_PRODUCER_ID, init, errors);
  const adding = {
    ...{ v3AndBelowTransactionalId: transactionalId, v3AndBelowProducerId: producerId },
    v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: [{ name: TOPIC, partitions: [partition] }],
  };
  await ask(
    client,
    ADD_PARTITIONS_TO_TXN,
    adding,
    (r) =>
      r.resultsByTopicV3AndBelow.flatMap((t) =>
        t.resultsByPartition.map((p) => p.partitionErrorCode),
      ),
    3,
  );
  const value = Buffer.from(`${ending} in round ${round}`);
  const timestamp = 1_700_000_000_000 + round;
  const identity = { producerId, producerEpoch, baseSequence: 0, transactional: true };
  const batch = buildBatch(
    [
      { key: null, value },
      { key: value, value: null },
    ],
    { ...identity, timestamp },
  );
  await produce(client, TOPIC, partition, batch, transactionalId);
  if (ending === 'open') return;
  const end = { transactionalId, producerId, producerEpoch, committed: ending === 'committed' };
  await ask(client, END_TXN, end, errors, 4);
}

async function listed(client: KafkaClient): Promise<string> {
  const request = { stateFilters: [], producerIdFilters: [], durationFilter: -1 };
  const response = await ask(client, LIST_TRANSACTIONS, request, ({ errorCode }) => [errorCode]);
  return response.transactionStates
    .map((t) => `${t.transactionalId} ${t.producerId} ${t.transactionState}`)
    .sort()
    .join('\n');
}
