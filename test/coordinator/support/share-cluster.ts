// A group coordinator for a share group with a share coordinator beside it, both over logs in memory on virtual time.

import { DEFAULT_GROUP_COORDINATOR_CONFIG } from '../../../src/coordinator/group/group-coordinator-config.ts';
import { GroupCoordinatorService } from '../../../src/coordinator/group/group-coordinator-service.ts';
import type { Persister } from '../../../src/coordinator/share/persister.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import type { ShareGroupHeartbeatRequest } from '../../../src/protocol/generated/apis/share-group-heartbeat-request.ts';
import { MemoryLog } from './memory-log.ts';
import { ShareHarness } from './share-harness.ts';
import { TestTopics } from './topics.ts';

export const SHARE_GROUP = 'crew';

export class ShareCluster {
  readonly topics = new TestTopics();
  readonly log = new MemoryLog();
  /** Thrown away and made anew by a restart. */
  groups!: GroupCoordinatorService;
  /** Share partitions can't be initialized. */
  isBroken = false;
  readonly share: ShareHarness;

  private constructor(share: ShareHarness) {
    this.share = share;
  }

  static async start(): Promise<ShareCluster> {
    const cluster = new ShareCluster(await ShareHarness.start());
    cluster.topics.put('t', 4);
    await cluster.restart();
    return cluster;
  }

  get clock() {
    return this.share.clock;
  }

  async restart(): Promise<void> {
    this.groups?.close();
    const { service } = this.share;
    const persister: Persister = {
      initialize: async (...args) =>
        this.isBroken
          ? { errorCode: Errors.COORDINATOR_NOT_AVAILABLE, errorMessage: 'gone' }
          : service.initialize(...args),
      read: (...args) => service.read(...args),
      write: (...args) => service.write(...args),
      delete: (key) => service.delete(key),
      readSummary: (key) => service.readSummary(key),
    };
    const { clock, random } = this.share;
    this.groups = new GroupCoordinatorService({
      io: { clock, random } as never,
      config: { ...DEFAULT_GROUP_COORDINATOR_CONFIG, offsetsTopicPartitions: 1 },
      writer: this.log,
      topics: this.topics,
      persister,
      endOffset: () => 100,
    });
    await this.run(this.groups.onElection(0, 1));
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.share.run(promise);
  }

  async beat(
    memberId: string,
    memberEpoch: number,
    fields: Partial<ShareGroupHeartbeatRequest> = {},
  ) {
    const context = { clientId: 'client', clientHost: '/127.0.0.1', requestVersion: 1 };
    return this.run(
      this.groups.share.heartbeat(context, {
        groupId: SHARE_GROUP,
        memberId,
        memberEpoch,
        rackId: null,
        subscribedTopicNames: memberEpoch === 0 ? ['t'] : null,
        ...fields,
      }),
    );
  }

  async describe() {
    return (await this.run(this.groups.share.describe([SHARE_GROUP])))[0]!;
  }

  async offsets() {
    const described = await this.run(
      this.groups.share.describeOffsets({ groupId: SHARE_GROUP, topics: null }),
    );
    return (described.topics ?? []).flatMap(({ partitions }) => partitions ?? []);
  }
}
