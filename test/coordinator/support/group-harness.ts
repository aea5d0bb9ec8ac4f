// A group coordinator over a log in memory and virtual time, with requests that need only what a test is about.

import { ZERO_UUID } from '../../../src/common/uuid.ts';
import type { GroupRequestContext } from '../../../src/coordinator/group/group.ts';
import {
  DEFAULT_GROUP_COORDINATOR_CONFIG,
  type GroupCoordinatorConfig,
} from '../../../src/coordinator/group/group-coordinator-config.ts';
import { GroupCoordinatorService } from '../../../src/coordinator/group/group-coordinator-service.ts';
import type { GroupSettingsLookup } from '../../../src/coordinator/group/group-settings.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../../src/protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { JoinGroupRequest } from '../../../src/protocol/generated/apis/join-group-request.ts';
import type { JoinGroupResponse } from '../../../src/protocol/generated/apis/join-group-response.ts';
import type { OffsetFetchResponsePartitions } from '../../../src/protocol/generated/apis/offset-fetch-response.ts';
import type { StreamsGroupHeartbeatRequest } from '../../../src/protocol/generated/apis/streams-group-heartbeat-request.ts';
import type { SyncGroupResponse } from '../../../src/protocol/generated/apis/sync-group-response.ts';
import { consumerProtocolSubscription } from '../../../src/protocol/generated/data/consumer-protocol-subscription.ts';
import type { Draft } from '../../../src/protocol/message.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import { MemoryLog } from './memory-log.ts';
import { TestTopics } from './topics.ts';
import { type SeededRandom, type VirtualClock, virtualIo } from './virtual-io.ts';

export function subscriptionOf(...topics: string[]): Buffer {
  const writer = new Writer();
  writer.writeInt16(0);
  consumerProtocolSubscription.write(writer, { topics }, 0);
  return writer.finishBuffer();
}

/** A promise whose outcome can be looked at without waiting for it. */
export class Pending<T> {
  result: T | undefined;
  error: unknown;
  constructor(promise: Promise<T>) {
    promise.then(
      (result) => {
        this.result = result;
      },
      (error: unknown) => {
        this.error = error;
      },
    );
  }
  get isDone(): boolean {
    return this.result !== undefined || this.error !== undefined;
  }
}

export type JoinOptions = Partial<JoinGroupRequest> & { version?: number; clientId?: string };

export class GroupHarness {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly log = new MemoryLog();
  readonly config: GroupCoordinatorConfig;
  readonly lines: string[] = [];
  readonly topics = new TestTopics();
  /** What is set for single groups. */
  settings: GroupSettingsLookup = () => ({});
  readonly #io: ReturnType<typeof virtualIo>['io'];
  service: GroupCoordinatorService;

  constructor(config: Partial<GroupCoordinatorConfig> = {}, seed = 1) {
    const { io, clock, random } = virtualIo(seed);
    this.#io = io;
    this.clock = clock;
    this.random = random;
    this.config = { ...DEFAULT_GROUP_COORDINATOR_CONFIG, offsetsTopicPartitions: 1, ...config };
    this.service = this.newService();
  }

  static async start(
    config: Partial<GroupCoordinatorConfig> = {},
    seed = 1,
  ): Promise<GroupHarness> {
    const harness = new GroupHarness(config, seed);
    await harness.elect();
    return harness;
  }

  newService(): GroupCoordinatorService {
    return new GroupCoordinatorService({
      io: this.#io,
      config: this.config,
      writer: this.log,
      topics: this.topics,
      settings: (groupId) => this.settings(groupId),
      log: (line) => this.lines.push(line),
    });
  }

  async elect(epoch = 0): Promise<void> {
    await this.run(this.service.onElection(0, epoch));
  }

  /** As after kill -9: nothing is left but the log. */
  async restart(): Promise<void> {
    this.service.close();
    this.service = this.newService();
    await this.elect(1);
  }

  context(version: number, clientId = 'client'): GroupRequestContext {
    return { clientId, clientHost: '/127.0.0.1', requestVersion: version };
  }

  /** The outcome of something that needs no time to pass. */
  async run<T>(promise: Promise<T>): Promise<T> {
    const pending = new Pending(promise);
    await this.clock.settle();
    if (pending.error !== undefined) throw pending.error;
    if (!pending.isDone) {
      let isDone = false;
      promise.then(() => {
        isDone = true;
      });
      await this.clock.settle();
      if (!isDone) throw new Error('not answered yet');
    }
    return promise;
  }

  join(groupId: string, options: JoinOptions = {}): Pending<Draft<JoinGroupResponse>> {
    const { version = 9, clientId, ...fields } = options;
    return new Pending(
      this.service.joinGroup(this.context(version, clientId), {
        groupId,
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 60_000,
        memberId: '',
        groupInstanceId: null,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: subscriptionOf('t') }],
        reason: null,
        ...fields,
      }),
    );
  }

  /** Gets a member id first, as clients since JoinGroup v4 do. */
  async joinWithId(
    groupId: string,
    options: JoinOptions = {},
  ): Promise<{ memberId: string; joining: Pending<Draft<JoinGroupResponse>> }> {
    const first = this.join(groupId, options);
    await this.clock.settle();
    const memberId = first.result!.memberId!;
    const joining = this.join(groupId, { ...options, memberId });
    await this.clock.settle();
    return { memberId, joining };
  }

  sync(
    groupId: string,
    memberId: string,
    generationId: number,
    assignments: Record<string, string> = {},
    groupInstanceId: string | null = null,
  ): Pending<Draft<SyncGroupResponse>> {
    const bytes = Object.entries(assignments).map(([id, text]) => [id, Buffer.from(text)] as const);
    return this.syncBytes(
      groupId,
      memberId,
      generationId,
      Object.fromEntries(bytes),
      groupInstanceId,
    );
  }

  syncBytes(
    groupId: string,
    memberId: string,
    generationId: number,
    assignments: Record<string, Buffer> = {},
    groupInstanceId: string | null = null,
  ): Pending<Draft<SyncGroupResponse>> {
    return new Pending(
      this.service.syncGroup({
        groupId,
        generationId,
        memberId,
        groupInstanceId,
        protocolType: null,
        protocolName: null,
        assignments: Object.entries(assignments).map(([id, assignment]) => ({
          memberId: id,
          assignment,
        })),
      }),
    );
  }

  async heartbeat(
    groupId: string,
    memberId: string,
    generationId: number,
    groupInstanceId: string | null = null,
  ): Promise<number> {
    const request = { groupId, memberId, generationId, groupInstanceId };
    return (await this.run(this.service.heartbeat(request))).errorCode!;
  }

  async leave(groupId: string, memberId: string, groupInstanceId: string | null = null) {
    const members = [{ memberId, groupInstanceId, reason: null }];
    return this.run(this.service.leaveGroup(this.context(5), { groupId, memberId: '', members }));
  }

  /** A stable group with these many members; the leader gives each its own name as assignment. */
  async stableGroup(
    groupId: string,
    size: number,
    options: JoinOptions = {},
  ): Promise<{ memberIds: string[]; generationId: number; leaderId: string }> {
    const joins = [];
    for (let i = 0; i < size; i++) joins.push(await this.joinWithId(groupId, options));
    await this.clock.advance(this.config.classicGroupInitialRebalanceDelayMs * 2 + 1);
    const memberIds = joins.map(({ memberId }) => memberId);
    const { generationId, leader } = joins[0]!.joining.result!;
    const leaderId = leader!;
    const assignments = Object.fromEntries(memberIds.map((id) => [id, id]));
    const syncs = memberIds.map((id) =>
      this.sync(groupId, id, generationId!, id === leaderId ? assignments : {}),
    );
    await this.clock.settle();
    if (syncs.some(({ result }) => result?.errorCode !== 0)) throw new Error('sync failed');
    return { memberIds, generationId: generationId!, leaderId };
  }

  /** One ConsumerGroupHeartbeat; an error is in the answer. */
  async beat(
    groupId: string,
    memberId: string,
    memberEpoch: number,
    fields: Partial<ConsumerGroupHeartbeatRequest> = {},
    version = 1,
  ) {
    return this.run(
      this.service.consumerGroupHeartbeat(this.context(version), {
        groupId,
        memberId,
        memberEpoch,
        instanceId: null,
        rackId: null,
        rebalanceTimeoutMs: memberEpoch === 0 ? 30_000 : -1,
        subscribedTopicNames: memberEpoch === 0 ? ['t'] : null,
        subscribedTopicRegex: null,
        serverAssignor: null,
        topicPartitions: memberEpoch === 0 ? [] : null,
        ...fields,
      }),
    );
  }

  /** One StreamsGroupHeartbeat; an error is in the answer. */
  async streamsBeat(
    groupId: string,
    memberId: string,
    memberEpoch: number,
    fields: Partial<StreamsGroupHeartbeatRequest> = {},
  ) {
    const tasks = memberEpoch === 0 ? [] : null;
    return this.run(
      this.service.streamsGroupHeartbeat(this.context(0), {
        groupId,
        memberId,
        memberEpoch,
        endpointInformationEpoch: 0,
        instanceId: null,
        rackId: null,
        rebalanceTimeoutMs: memberEpoch === 0 ? 30_000 : -1,
        topology: null,
        activeTasks: tasks,
        standbyTasks: tasks,
        warmupTasks: tasks,
        processId: memberEpoch === 0 ? `process-of-${memberId}` : null,
        userEndpoint: null,
        clientTags: null,
        taskOffsets: null,
        taskEndOffsets: null,
        shutdownApplication: false,
        ...fields,
      }),
    );
  }

  async describeStreams(groupId: string) {
    const request = { groupIds: [groupId], includeAuthorizedOperations: false };
    const response = await this.run(this.service.describeStreamsGroups(request));
    return response.groups![0]!;
  }

  async describeConsumer(groupId: string) {
    const request = { groupIds: [groupId], includeAuthorizedOperations: false };
    const response = await this.run(this.service.describeConsumerGroups(request));
    return response.groups![0]!;
  }

  async commit(
    groupId: string,
    offsets: Record<number, number>,
    options: {
      memberId?: string;
      generation?: number;
      topic?: string;
      metadata?: string | null;
      version?: number;
      retentionTimeMs?: number;
      topicId?: string;
    } = {},
  ): Promise<number[]> {
    const { memberId = '', generation = -1, topic = 't', metadata = '', version = 9 } = options;
    const response = await this.run(
      this.service.commitOffsets(this.context(version), {
        groupId,
        generationIdOrMemberEpoch: generation,
        memberId,
        groupInstanceId: null,
        retentionTimeMs: options.retentionTimeMs ?? -1,
        topics: [
          {
            name: topic,
            topicId: options.topicId ?? ZERO_UUID,
            partitions: Object.entries(offsets).map(([partition, committedOffset]) => ({
              partitionIndex: Number(partition),
              committedOffset,
              committedLeaderEpoch: 3,
              committedMetadata: metadata,
            })),
          },
        ],
      }),
    );
    return response.topics![0]!.partitions!.map(({ errorCode }) => errorCode!);
  }

  /** Committed offsets by topic-partition; -1 where there is none. */
  async fetch(groupId: string, topics: Record<string, number[]> | null = null) {
    const response = await this.run(
      this.service.fetchOffsets(
        this.context(8),
        {
          groupId,
          memberId: null,
          memberEpoch: -1,
          topics:
            topics === null
              ? null
              : Object.entries(topics).map(([name, partitionIndexes]) => ({
                  name,
                  topicId: ZERO_UUID,
                  partitionIndexes,
                })),
        },
        false,
      ),
    );
    const found: Record<string, Draft<OffsetFetchResponsePartitions>> = {};
    for (const { name, partitions } of response.topics ?? []) {
      for (const one of partitions ?? []) found[`${name}-${one.partitionIndex}`] = one;
    }
    return found;
  }

  async describe(groupId: string, version = 6) {
    const request = { groups: [groupId], includeAuthorizedOperations: false };
    const response = await this.run(this.service.describeGroups(this.context(version), request));
    return response.groups![0]!;
  }

  async list(statesFilter: string[] = [], typesFilter: string[] = []) {
    const response = await this.run(this.service.listGroups({ statesFilter, typesFilter }));
    return response.groups!;
  }
}
