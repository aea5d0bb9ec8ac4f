// Membership in a group under the classic protocol: join, sync, stay, leave (AbstractCoordinator and ConsumerCoordinator).
// A rebalance begins and ends inside poll() only, so that callbacks never surprise the reader; between polls only answers
// are taken in and heartbeats sent. KIP-848's protocol is consumer-group-member.ts.

import type { Io } from '../../../io/io.ts';
import { Errors } from '../../../protocol/errors.ts';
import { JOIN_GROUP } from '../../../protocol/generated/apis/join-group.ts';
import type { JoinGroupResponse } from '../../../protocol/generated/apis/join-group-response.ts';
import { LEAVE_GROUP } from '../../../protocol/generated/apis/leave-group.ts';
import { SYNC_GROUP } from '../../../protocol/generated/apis/sync-group.ts';
import type { ClientLog } from '../../client-log.ts';
import type { AssignorName, GroupConfig } from '../../config/consumer-config.ts';
import { ClientError, KafkaError } from '../../errors.ts';
import type { NetworkClient } from '../../net/network-client.ts';
import { partitionKey, type TopicPartition } from '../../types.ts';
import type { GroupMemberInfo } from './assignors/assignor.ts';
import { ASSIGNORS } from './assignors/index.ts';
import type { GroupCoordinatorClient } from './group-coordinator-client.ts';
import { Heartbeat } from './heartbeat.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './member-protocol.ts';
import type { AssignmentHooks, Membership } from './membership.ts';
import type { CommitIdentity } from './offset-store.ts';

const NO_GENERATION = -1;
const COORDINATOR_LOGGER = 'org.apache.kafka.clients.consumer.internals.ConsumerCoordinator';
const PROTOCOL_TYPE = 'consumer';
/** AbstractCoordinator.JOIN_GROUP_TIMEOUT_LAPSE: a join is answered when the rebalance is over, at the latest. */
const JOIN_TIMEOUT_LAPSE_MS = 5000;

export interface GroupMemberOptions {
  readonly io: Io;
  readonly config: GroupConfig;
  readonly network: NetworkClient;
  readonly coordinator: GroupCoordinatorClient;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly log: ClientLog;
  /** The topics that this member reads now. */
  readonly topics: () => readonly string[];
  /** Partition counts of topics of all members; asks for those not known and waits a little. */
  readonly partitionCounts: (topics: readonly string[]) => Promise<Map<string, number>>;
  readonly hooks: AssignmentHooks;
  readonly onProgress: () => void;
}

export class GroupMember implements Membership {
  readonly #options: GroupMemberOptions;
  readonly #heartbeat: Heartbeat;
  readonly #isCooperative: boolean;
  #memberId = '';
  #generationId = NO_GENERATION;
  /** Why to join (again); undefined while all is well. */
  #rejoinReason: string | undefined = 'initial join';
  #isJoining = false;
  #isPrepared = false;
  #isLost = false;
  #retryAtMs = 0;
  #owned: readonly TopicPartition[] = [];
  #pending: readonly TopicPartition[] | undefined;
  #joinedTopics: readonly string[] = [];
  /** As leader: the counts of the last assignment, to notice changes. */
  #leaderCounts: ReadonlyMap<string, number> | undefined;
  #failure: ClientError | undefined;
  #isClosed = false;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    // Cooperative only when every assignor is (ConsumerCoordinator's choice of the rebalance protocol).
    this.#isCooperative = options.config.assignors.every((name) => name === 'cooperative-sticky');
    this.#heartbeat = new Heartbeat({
      io: options.io,
      config: options.config,
      coordinator: options.coordinator,
      retryBackoffMs: options.retryBackoffMs,
      identity: () => this.identity,
      onRebalance: () => this.#rejoin('group is already rebalancing'),
      onLost: (code) => this.#lost(`heartbeat answered with error ${code}`),
      onFatal: (error) => this.#fail(error),
      onPollTimeout: () => void this.#leaveForPollTimeout(),
    });
  }

  get identity(): CommitIdentity {
    const { groupInstanceId } = this.#options.config;
    return { generationId: this.#generationId, memberId: this.#memberId, groupInstanceId };
  }

  get isMember(): boolean {
    return this.#generationId !== NO_GENERATION;
  }

  /** Whether the reader may go on with what it has. */
  get isStable(): boolean {
    return this.#rejoinReason === undefined && this.#pending === undefined && !this.#isJoining;
  }

  /** One step: takes in an assignment, or begins to join when there is reason to. Throws what the group refused us with. */
  async poll(): Promise<void> {
    this.#heartbeat.polled();
    this.#throwFailure();
    if (this.#pending !== undefined) await this.#takeAssignment();
    this.#checkSubscription();
    if (this.#rejoinReason === undefined || this.#isJoining) return;
    if (this.#options.io.clock.monotonicMs() < this.#retryAtMs) return;
    if (!this.#isPrepared) {
      await this.#prepare();
      this.#isPrepared = true;
    }
    this.#isJoining = true;
    void this.#join();
  }

  /** Milliseconds until poll has something to do by time alone. */
  nextStepMs(): number {
    if (this.#rejoinReason === undefined || this.#isJoining) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#retryAtMs - this.#options.io.clock.monotonicMs());
  }

  /** After new metadata: the leader watches the partition counts of all members' topics. */
  metadataChanged(countOf: (topic: string) => number | undefined): void {
    if (this.#leaderCounts === undefined || this.#isJoining) return;
    for (const [topic, count] of this.#leaderCounts) {
      if ((countOf(topic) ?? 0) !== count) {
        this.#rejoin('cached metadata has changed');
        return;
      }
    }
  }

  /** A commit said that we aren't who we think. */
  membershipError(code: number): void {
    if (code === Errors.FENCED_INSTANCE_ID) return;
    this.#lost(`offset commit failed with error ${code}`);
  }

  /** Leaves unless static; never rejects. Idempotent. */
  async close(reason: string, timeoutMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#heartbeat.stop();
    await this.#leave(reason, timeoutMs);
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    const failure = this.#failure;
    this.#failure = undefined;
    throw failure;
  }

  #checkSubscription(): void {
    if (this.#isJoining || this.#rejoinReason !== undefined) return;
    const topics = [...this.#options.topics()].sort();
    const isSame =
      topics.length === this.#joinedTopics.length &&
      topics.every((topic, index) => topic === this.#joinedTopics[index]);
    if (!isSame) this.#rejoin('the subscription has changed');
  }

  #rejoin(reason: string): void {
    this.#rejoinReason ??= reason;
    this.#options.onProgress();
  }

  /** Out of the group: what we held belongs to others already. */
  #lost(reason: string): void {
    this.#generationId = NO_GENERATION;
    this.#memberId = '';
    this.#isLost = this.#owned.length > 0;
    this.#isPrepared = false;
    this.#heartbeat.stop();
    this.#rejoin(reason);
  }

  #fail(error: ClientError): void {
    this.#failure = error;
    this.#heartbeat.stop();
    this.#options.onProgress();
  }

  /** onJoinPrepare: eager members give everything up, cooperative ones what they don't read any more. */
  async #prepare(): Promise<void> {
    const { hooks } = this.#options;
    if (!this.#isLost) await hooks.beforeRebalance();
    if (this.#isLost) {
      const gone = this.#owned;
      this.#owned = [];
      this.#isLost = false;
      await hooks.onLost(gone);
    } else if (this.#isCooperative) {
      const topics = new Set(this.#options.topics());
      const gone = this.#owned.filter((item) => !topics.has(item.topic));
      this.#owned = this.#owned.filter((item) => topics.has(item.topic));
      if (gone.length > 0) await hooks.onRevoked(gone);
    } else if (this.#owned.length > 0) {
      const gone = this.#owned;
      this.#previous = gone;
      this.#owned = [];
      await hooks.onRevoked(gone);
    }
  }

  /** What was assigned before an eager member gave it up. */
  #previous: readonly TopicPartition[] = [];

  async #join(): Promise<void> {
    const reason = this.#rejoinReason ?? '';
    this.#rejoinReason = undefined;
    try {
      const response = await this.#askToJoin(reason);
      if (response === undefined) return;
      const assignment = await this.#sync(response);
      if (assignment === undefined) return;
      this.#pending = assignment;
      this.#isPrepared = false;
      this.#heartbeat.start();
    } catch (error) {
      const failure = error instanceof ClientError ? error : new KafkaError(String(error), error);
      if (!failure.retriable) this.#fail(failure);
      this.#again(reason, failure.retriable ? this.#options.retryBackoffMs : 0);
    } finally {
      this.#isJoining = false;
      this.#options.onProgress();
    }
  }

  #again(reason: string, delayMs: number): void {
    this.#rejoinReason ??= reason;
    this.#retryAtMs = this.#options.io.clock.monotonicMs() + delayMs;
  }

  get #rebalanceLimitMs(): number {
    const { config, requestTimeoutMs } = this.#options;
    return Math.max(requestTimeoutMs, config.maxPollIntervalMs + JOIN_TIMEOUT_LAPSE_MS);
  }

  async #askToJoin(reason: string): Promise<JoinGroupResponse | undefined> {
    const { config, coordinator } = this.#options;
    const topics = [...this.#options.topics()].sort();
    this.#joinedTopics = topics;
    const own = {
      topics,
      owned: this.#isCooperative ? this.#owned : [],
      previous: this.#previous,
      generationId: this.#generationId,
      rack: config.rack,
    };
    this.#heartbeat.stop();
    const response = await coordinator.request(
      JOIN_GROUP,
      (version) => ({
        groupId: config.groupId,
        sessionTimeoutMs: config.sessionTimeoutMs,
        rebalanceTimeoutMs: config.maxPollIntervalMs,
        memberId: this.#memberId,
        protocolType: PROTOCOL_TYPE,
        protocols: config.assignors.map((name) => ({
          name,
          metadata: encodeSubscription(own, name),
        })),
        ...(version >= 5 ? { groupInstanceId: config.groupInstanceId } : {}),
        ...(version >= 8 ? { reason: reason.slice(0, 255) } : {}),
      }),
      { timeoutMs: this.#rebalanceLimitMs, isSlow: true },
    );
    if (response.errorCode === 0) {
      this.#memberId = response.memberId;
      this.#generationId = response.generationId;
      return response;
    }
    this.#joinRefused(response, reason);
    return undefined;
  }

  #joinRefused(response: JoinGroupResponse, reason: string): void {
    const { coordinator, retryBackoffMs } = this.#options;
    const error = coordinator.check(response.errorCode)!;
    switch (error.code) {
      case Errors.MEMBER_ID_REQUIRED:
        // The coordinator wants to know that we heard our id before it waits for us (KIP-394).
        this.#memberId = response.memberId;
        this.#again(`need to re-join with the given member-id: ${response.memberId}`, 0);
        return;
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.ILLEGAL_GENERATION:
        this.#memberId = '';
        this.#generationId = NO_GENERATION;
        this.#again(reason, retryBackoffMs);
        return;
      case Errors.REBALANCE_IN_PROGRESS:
        this.#again(reason, retryBackoffMs);
        return;
      default:
        if (!error.retriable) {
          const what = `JoinGroup failed due to fatal error: ${error.message}`;
          this.#options.log('ERROR', what, COORDINATOR_LOGGER);
        }
        throw error;
    }
  }

  async #sync(joined: JoinGroupResponse): Promise<TopicPartition[] | undefined> {
    const { config, coordinator, retryBackoffMs } = this.#options;
    const { groupId, groupInstanceId } = config;
    const protocolName = joined.protocolName ?? '';
    const assignments = await this.#assignAsLeader(joined, protocolName as AssignorName);
    const response = await coordinator.request(
      SYNC_GROUP,
      (version) => ({
        groupId,
        generationId: joined.generationId,
        memberId: this.#memberId,
        assignments,
        ...(version >= 3 ? { groupInstanceId } : {}),
        ...(version >= 5 ? { protocolType: PROTOCOL_TYPE, protocolName } : {}),
      }),
      { timeoutMs: this.#rebalanceLimitMs, isSlow: true },
    );
    const error = coordinator.check(response.errorCode);
    if (error === undefined) return decodeAssignment(response.assignment);
    switch (error.code) {
      case Errors.REBALANCE_IN_PROGRESS:
        this.#again('group is already rebalancing', 0);
        return undefined;
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.ILLEGAL_GENERATION:
        this.#memberId = '';
        this.#generationId = NO_GENERATION;
        this.#again(`sync group failed with error ${error.code}`, retryBackoffMs);
        return undefined;
      default:
        throw error;
    }
  }

  /** The leader's part; others send nothing. */
  async #assignAsLeader(
    joined: JoinGroupResponse,
    name: AssignorName,
  ): Promise<{ memberId: string; assignment: Buffer }[]> {
    const isLeader = joined.leader === joined.memberId;
    this.#leaderCounts = undefined;
    if (!isLeader) return [];
    const members: GroupMemberInfo[] = joined.members.map((member) =>
      decodeSubscription(member, name),
    );
    const topics = [...new Set(members.flatMap((member) => member.topics))];
    const counts = await this.#options.partitionCounts(topics);
    this.#leaderCounts = new Map(topics.map((topic) => [topic, counts.get(topic) ?? 0]));
    // A returning static leader: the coordinator kept the assignment (KIP-814).
    if (joined.skipAssignment) return [];
    const assignor = ASSIGNORS[name];
    if (assignor === undefined) {
      throw new ClientError(
        'java.lang.IllegalStateException',
        `Coordinator selected invalid assignment protocol: ${name}`,
      );
    }
    const assignment = assignor.assign(members, counts);
    return [...assignment].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeAssignment(partitions),
    }));
  }

  /** onJoinComplete. */
  async #takeAssignment(): Promise<void> {
    const { hooks } = this.#options;
    const assigned = this.#pending!;
    this.#pending = undefined;
    const ownedKeys = new Set(this.#owned.map(keyOf));
    const assignedKeys = new Set(assigned.map(keyOf));
    const added = assigned.filter((item) => !ownedKeys.has(keyOf(item)));
    const revoked = this.#owned.filter((item) => !assignedKeys.has(keyOf(item)));
    this.#owned = assigned;
    this.#previous = assigned;
    if (revoked.length > 0) {
      await hooks.onRevoked(revoked);
      this.#rejoin('need to revoke partitions and re-join');
    }
    await hooks.onAssigned(added, assigned);
  }

  async #leaveForPollTimeout(): Promise<void> {
    await this.#leave('consumer poll timeout has expired.', this.#options.requestTimeoutMs);
    this.#lost('consumer poll timeout has expired.');
  }

  async #leave(reason: string, timeoutMs: number): Promise<void> {
    const { config, coordinator } = this.#options;
    const { groupId, groupInstanceId } = config;
    const memberId = this.#memberId;
    // A static member's place is kept for session.timeout.ms (KIP-345).
    if (groupInstanceId !== null || memberId === '' || !coordinator.isKnown) return;
    this.#memberId = '';
    this.#generationId = NO_GENERATION;
    try {
      await coordinator.request(
        LEAVE_GROUP,
        (version) => {
          if (version < 3) return { groupId, memberId };
          const member = version >= 5 ? { memberId, reason } : { memberId };
          return { groupId, members: [member] };
        },
        { timeoutMs },
      );
    } catch {
      // The session will time out by itself.
    }
  }
}

function keyOf(item: TopicPartition): string {
  return partitionKey(item.topic, item.partition);
}
