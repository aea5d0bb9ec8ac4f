// A fake broker that coordinates transactions as a test scripts it: each API answers with the codes that wait for it, then well.

import type { Producer } from '../../../src/client/producer/producer.ts';
import { ADD_OFFSETS_TO_TXN } from '../../../src/protocol/generated/apis/add-offsets-to-txn.ts';
import { ADD_PARTITIONS_TO_TXN } from '../../../src/protocol/generated/apis/add-partitions-to-txn.ts';
import { END_TXN } from '../../../src/protocol/generated/apis/end-txn.ts';
import type { EndTxnRequest } from '../../../src/protocol/generated/apis/end-txn-request.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INIT_PRODUCER_ID } from '../../../src/protocol/generated/apis/init-producer-id.ts';
import type { InitProducerIdRequest } from '../../../src/protocol/generated/apis/init-producer-id-request.ts';
import { TXN_OFFSET_COMMIT } from '../../../src/protocol/generated/apis/txn-offset-commit.ts';
import type { TxnOffsetCommitRequest } from '../../../src/protocol/generated/apis/txn-offset-commit-request.ts';
import type { VirtualWorld } from '../../simulation/virtual-io.ts';
import { HANG_UP, SILENCE } from './fake-broker.ts';
import { ProduceCluster } from './produce-cluster.ts';

/** What waits for a request: an error code, or the connection's end before or after it had its effect. */
export type Script = (number | 'lost request' | 'lost answer' | 'silence')[];

export class TransactionCluster {
  readonly produce: ProduceCluster;
  readonly scripts = {
    find: [] as Script,
    init: [] as Script,
    addPartitions: [] as Script,
    addOffsets: [] as Script,
    commitOffsets: [] as Script,
    end: [] as Script,
  };
  readonly inits: InitProducerIdRequest[] = [];
  readonly ends: EndTxnRequest[] = [];
  readonly offsets: TxnOffsetCommitRequest[] = [];
  /** topic-partition of every partition that was added by AddPartitionsToTxn, in order. */
  readonly added: string[] = [];
  epoch = -1;
  readonly #isV2: boolean;

  private constructor(produce: ProduceCluster, isV2: boolean) {
    this.produce = produce;
    this.#isV2 = isV2;
    this.#serve();
  }

  static async start(world: VirtualWorld, version: 1 | 2): Promise<TransactionCluster> {
    const produce = await ProduceCluster.start(world);
    produce.broker.features = { 'transaction.version': version };
    produce.broker.topic('t', 2);
    return new TransactionCluster(produce, version === 2);
  }

  producer(config: Record<string, string> = {}): Producer {
    return this.produce.producer({ 'transactional.id': 'tx', 'linger.ms': '0', ...config });
  }

  /** The cluster comes to transaction.version 2; clients learn of it with their next connection. */
  upgrade(): void {
    this.produce.broker.features = { 'transaction.version': 2 };
    this.produce.broker.limit(END_TXN, 5);
  }

  #serve(): void {
    const { broker } = this.produce;
    broker.on(FIND_COORDINATOR, ({ coordinatorKeys }) =>
      this.#answer(this.scripts.find, (errorCode) => ({
        coordinators: coordinatorKeys.map((key) => {
          return { key, nodeId: 1, host: 'localhost', port: broker.port, errorCode };
        }),
      })),
    );
    broker.on(INIT_PRODUCER_ID, (request) => {
      this.inits.push(request);
      return this.#answer(this.scripts.init, (errorCode) => {
        if (errorCode === 0) this.epoch++;
        return { errorCode, producerId: 77, producerEpoch: this.epoch };
      });
    });
    broker.on(
      ADD_PARTITIONS_TO_TXN,
      ({ v3AndBelowTopics }) =>
        this.#answer(this.scripts.addPartitions, (partitionErrorCode) => ({
          resultsByTopicV3AndBelow: v3AndBelowTopics.map(({ name, partitions }) => ({
            name,
            resultsByPartition: partitions.map((partitionIndex) => {
              if (partitionErrorCode === 0) this.added.push(`${name}-${partitionIndex}`);
              return { partitionIndex, partitionErrorCode };
            }),
          })),
        })),
      { maxVersion: 5 },
    );
    broker.on(ADD_OFFSETS_TO_TXN, () =>
      this.#answer(this.scripts.addOffsets, (errorCode) => ({ errorCode })),
    );
    broker.on(TXN_OFFSET_COMMIT, (request) => {
      this.offsets.push(request);
      return this.#answer(this.scripts.commitOffsets, (errorCode) => ({
        topics: request.topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
        })),
      }));
    });
    broker.on(END_TXN, (request, version) => {
      this.ends.push(request);
      return this.#answer(this.scripts.end, (errorCode) => {
        if (errorCode !== 0 || version < 5) return { errorCode };
        this.epoch++;
        return { errorCode, producerId: 77, producerEpoch: this.epoch };
      });
    });
    if (!this.#isV2) broker.limit(END_TXN, 4);
  }

  #answer<R>(script: Script, made: (errorCode: number) => R) {
    const next = script.shift();
    if (next === 'lost request') return HANG_UP;
    if (next === 'silence') return SILENCE;
    const answer = made(typeof next === 'number' ? next : 0);
    return next === 'lost answer' ? HANG_UP : answer;
  }
}
