// Reassignments (KIP-455) among three registered brokers, one of which speaks: its AlterPartition brings new replicas
// into the ISR. Sentences and codes were seen on Apache Kafka 4.3.1.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import type { PartitionRegistration } from '../../../src/metadata/image/topics-image.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture, create, joinBroker } from '../support.ts';

let fixture: ControllerFixture;
let controller: QuorumController;
let epoch: number;
beforeEach(async () => {
  fixture = new ControllerFixture();
  controller = await fixture.start();
  epoch = await joinBroker(controller, 1);
  await joinBroker(controller, 2, { directoryId: 'AAAAAAAAAAAAAAAAAAAAIA' });
  await joinBroker(controller, 3, { directoryId: 'AAAAAAAAAAAAAAAAAAAAMA' });
});
afterEach(() => fixture.close());

async function createOn(name: string, ...brokerIds: number[]): Promise<void> {
  await create(controller, {
    name,
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 0, brokerIds }],
  });
}

/** The code and sentence of one partition's result. */
async function reassign(
  name: string,
  replicas: number[] | null,
  { mayChangeFactor = true, partitionIndex = 0 } = {},
): Promise<[number, string | null]> {
  const { responses } = await controller.alterPartitionReassignments({
    timeoutMs: 1000,
    allowReplicationFactorChange: mayChangeFactor,
    topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
  });
  const { errorCode, errorMessage } = responses[0]!.partitions[0]!;
  return [errorCode, errorMessage];
}

const partition = (name: string): PartitionRegistration =>
  controller.image.topics.getTopic(name)!.partitions[0]!;

async function bringIntoIsr(name: string, ...isr: number[]): Promise<void> {
  const { leaderEpoch, partitionEpoch } = partition(name);
  await controller.alterPartition({
    brokerId: 1,
    brokerEpoch: epoch,
    topics: [
      {
        topicId: controller.image.topics.getTopic(name)!.id,
        partitions: [
          {
            partitionIndex: 0,
            leaderEpoch,
            partitionEpoch,
            newIsr: [],
            newIsrWithEpochs: isr.map((brokerId) => ({ brokerId, brokerEpoch: -1 })),
            leaderRecoveryState: 0,
          },
        ],
      },
    ],
  });
}

describe('a reassignment', () => {
  it('to the replicas that the partition has changes nothing', async () => {
    await createOn('t', 1);
    const before = controller.lastCommittedOffset;
    expect(await reassign('t', [1])).toEqual([Errors.NONE, null]);
    expect(controller.lastCommittedOffset).toBe(before);
  });

  it('goes on until the new replicas are in the ISR', async () => {
    await createOn('t', 1);
    expect(await reassign('t', [3, 2])).toEqual([Errors.NONE, null]);
    expect(partition('t')).toMatchObject({
      replicas: [3, 2, 1],
      addingReplicas: [2, 3],
      removingReplicas: [1],
      isr: [1],
      leader: 1,
    });
    await bringIntoIsr('t', 1, 2);
    expect(partition('t').addingReplicas).toEqual([2, 3]);
    await bringIntoIsr('t', 1, 2, 3);
    expect(partition('t')).toMatchObject({
      replicas: [3, 2],
      addingReplicas: [],
      removingReplicas: [],
      isr: [2, 3],
      leader: 3,
    });
  });

  it('to fewer replicas waits until all that stay are in sync', async () => {
    await createOn('t', 1, 2, 3);
    await bringIntoIsr('t', 1, 3);
    await reassign('t', [1, 2]);
    expect(partition('t')).toMatchObject({ replicas: [1, 2, 3], removingReplicas: [3] });
    await bringIntoIsr('t', 1, 2, 3);
    expect(partition('t')).toMatchObject({ replicas: [1, 2], removingReplicas: [], isr: [1, 2] });
  });

  it('is cancelled by null: the replicas are those from before', async () => {
    await createOn('t', 1);
    await reassign('t', [2]);
    expect(await reassign('t', null)).toEqual([Errors.NONE, null]);
    expect(partition('t')).toMatchObject({
      replicas: [1],
      addingReplicas: [],
      removingReplicas: [],
      isr: [1],
      leader: 1,
    });
  });

  it('may be forbidden to change the replication factor (KIP-860)', async () => {
    await createOn('t', 1);
    expect(await reassign('t', [1, 2], { mayChangeFactor: false })).toEqual([
      Errors.INVALID_REPLICATION_FACTOR,
      'The replication factor is changed from 1 to 2',
    ]);
    await reassign('t', [2, 3]);
    // What counts is the factor that it will have.
    expect(await reassign('t', [1, 3], { mayChangeFactor: false })).toEqual([Errors.NONE, null]);
  });

  it.each([
    ['of no topic', 'nope', 0, [1], 3, 'Unable to find a topic named nope.'],
    ['of no partition', 't', 7, [1], 3, 'Unable to find partition t:7.'],
    ['that nobody began is not cancelled', 't', 0, null, 85, null],
    [
      'to nobody',
      't',
      0,
      [],
      39,
      'The manual partition assignment includes an empty replica list.',
    ],
    [
      'to a broker that is not registered',
      't',
      0,
      [1, 5],
      39,
      'The manual partition assignment includes broker 5, but no such broker is registered.',
    ],
  ])('%s is refused', async (_, name, partitionIndex, replicas, code, sentence) => {
    await createOn('t', 1);
    expect(await reassign(name, replicas, { partitionIndex })).toEqual([code, sentence]);
    expect(partition('t').replicas).toEqual([1]);
  });
});
