// One partition of __consumer_offsets in memory: groups of every kind and their offsets, as a state machine for the
// runtime. It hands each request and each record to the part that knows it. Kafka: GroupCoordinatorShard.

import { appendAll } from '../../common/append-all.ts';
import { javaHashCode } from '../../common/java-hash.ts';
import { timelineOrder } from '../../common/timeline-order.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { DescribedGroup as DescribedConsumerGroup } from '../../protocol/generated/apis/consumer-group-describe-response.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { DeletableGroupResult } from '../../protocol/generated/apis/delete-groups-response.ts';
import type {
  DescribedGroup,
  DescribedGroupMember,
} from '../../protocol/generated/apis/describe-groups-response.ts';
import type { HeartbeatRequest } from '../../protocol/generated/apis/heartbeat-request.ts';
import type { HeartbeatResponse } from '../../protocol/generated/apis/heartbeat-response.ts';
import type { JoinGroupRequest } from '../../protocol/generated/apis/join-group-request.ts';
import type { LeaveGroupRequest } from '../../protocol/generated/apis/leave-group-request.ts';
import type { LeaveGroupResponse } from '../../protocol/generated/apis/leave-group-response.ts';
import type { ListedGroup } from '../../protocol/generated/apis/list-groups-response.ts';
import type { OffsetCommitRequest } from '../../protocol/generated/apis/offset-commit-request.ts';
import type { OffsetCommitResponse } from '../../protocol/generated/apis/offset-commit-response.ts';
import type { OffsetDeleteRequest } from '../../protocol/generated/apis/offset-delete-request.ts';
import type { OffsetDeleteResponse } from '../../protocol/generated/apis/offset-delete-response.ts';
import type { OffsetFetchRequestGroup } from '../../protocol/generated/apis/offset-fetch-request.ts';
import type { OffsetFetchResponseGroup } from '../../protocol/generated/apis/offset-fetch-response.ts';
import type { DescribedGroup as DescribedStreamsGroup } from '../../protocol/generated/apis/streams-group-describe-response.ts';
import type { StreamsGroupHeartbeatRequest } from '../../protocol/generated/apis/streams-group-heartbeat-request.ts';
import type { SyncGroupRequest } from '../../protocol/generated/apis/sync-group-request.ts';
import type { TxnOffsetCommitRequest } from '../../protocol/generated/apis/txn-offset-commit-request.ts';
import type { TxnOffsetCommitResponse } from '../../protocol/generated/apis/txn-offset-commit-response.ts';
import type { GroupMetadataKey } from '../../protocol/generated/coordinator/group-metadata-key.ts';
import type { GroupMetadataValue } from '../../protocol/generated/coordinator/group-metadata-value.ts';
import type { Draft } from '../../protocol/message.ts';
import { type CoordinatorResult, EMPTY_RESULT } from '../runtime/coordinator-result.ts';
import type { CoordinatorShard, ShardServices } from '../runtime/coordinator-shard.ts';
import { ClassicGroup } from './classic/classic-group.ts';
import { ClassicJoin } from './classic/classic-join.ts';
import { ClassicMember, type JoinResponder, type SyncResponder } from './classic/classic-member.ts';
import { ClassicRebalance, type ClassicResult } from './classic/classic-rebalance.ts';
import { ClassicSession } from './classic/classic-session.ts';
import { ClassicSync } from './classic/classic-sync.ts';
import { ConsumerGroup } from './consumer/consumer-group.ts';
import { ConsumerHeartbeat } from './consumer/consumer-heartbeat.ts';
import { ConsumerReplay } from './consumer/consumer-replay.ts';
import { ConsumerSessions } from './consumer/consumer-sessions.ts';
import { describeConsumerGroup } from './consumer/describe.ts';
import type { Group, GroupRequestContext } from './group.ts';
import type { GroupCoordinatorConfig } from './group-coordinator-config.ts';
import { GroupRegistry, groupNotFound } from './group-registry.ts';
import type { GroupSettingsLookup } from './group-settings.ts';
import { ClassicMembers } from './migration/classic-members.ts';
import { ClassicUpgrade } from './migration/classic-upgrade.ts';
import { ConsumerDowngrade } from './migration/consumer-downgrade.ts';
import { fetchOffsets } from './offsets/offset-fetch.ts';
import { OffsetManager } from './offsets/offset-manager.ts';
import { type GroupRecord, RecordType } from './records.ts';
import { ShareGroup } from './share/share-group.ts';
import type { ShareMembershipLookup } from './share/share-group-config.ts';
import { ShareGroups } from './share/share-groups.ts';
import { describeStreamsGroup } from './streams/describe-streams.ts';
import { StreamsGroup } from './streams/streams-group.ts';
import { StreamsHeartbeat, type StreamsHeartbeatResult } from './streams/streams-heartbeat.ts';
import { StreamsReplay } from './streams/streams-replay.ts';
import { StreamsSessions } from './streams/streams-sessions.ts';
import type { TopicLookup } from './topic-lookup.ts';

type Result<T> = CoordinatorResult<GroupRecord, T>;

const EXPIRY_TIMER = 'expire-group-metadata';
/** Offsets and groups that one turn of the event loop looks at. */
const EXPIRY_SLICE = 2000;
/** From here on DescribeGroups says that a group doesn't exist; below it is Dead without an error. */
const GROUP_ID_NOT_FOUND_VERSION = 6;

export interface GroupShardOptions {
  readonly config: GroupCoordinatorConfig;
  readonly topics: TopicLookup;
  readonly settings: GroupSettingsLookup;
  readonly shareSettings: ShareMembershipLookup;
}

export class GroupShard implements CoordinatorShard<GroupRecord> {
  readonly groups: GroupRegistry;
  readonly offsets: OffsetManager;
  readonly share: ShareGroups;
  readonly #services: ShardServices<GroupRecord>;
  readonly #config: GroupCoordinatorConfig;
  readonly #rebalance: ClassicRebalance;
  readonly #join: ClassicJoin;
  readonly #sync: ClassicSync;
  readonly #session: ClassicSession;

  readonly #topics: TopicLookup;
  readonly #consumers: ConsumerSessions;
  readonly #consumerHeartbeat: ConsumerHeartbeat;
  readonly #consumerReplay: ConsumerReplay;
  /** Those in consumer groups. */
  readonly #classicMembers: ClassicMembers;

  readonly #streams: StreamsSessions;
  readonly #streamsHeartbeat: StreamsHeartbeat;
  readonly #streamsReplay: StreamsReplay;

  constructor(services: ShardServices<GroupRecord>, options: GroupShardOptions) {
    const { config, topics, settings, shareSettings } = options;
    this.#services = services;
    this.#config = config;
    this.#topics = topics;
    const { undo, clock } = services;
    this.groups = new GroupRegistry(undo);
    this.#rebalance = new ClassicRebalance({ ...services, config, groups: this.groups });
    this.#join = new ClassicJoin(this.#rebalance);
    this.#sync = new ClassicSync(this.#rebalance);
    this.#session = new ClassicSession(this.#rebalance);
    const { groups } = this;
    const downgrade = new ConsumerDowngrade(this.#rebalance, topics);
    const upgrade = new ClassicUpgrade({ ...services, config, topics });
    const common = { ...services, config, settings, groups, topics };
    this.#consumers = new ConsumerSessions(common, downgrade);
    this.#consumerHeartbeat = new ConsumerHeartbeat(this.#consumers, upgrade);
    this.#classicMembers = new ClassicMembers(this.#consumers, downgrade);
    this.#consumerReplay = new ConsumerReplay(groups, undo);
    this.#streams = new StreamsSessions(common);
    this.#streamsHeartbeat = new StreamsHeartbeat(this.#streams);
    this.#streamsReplay = new StreamsReplay(groups, undo);
    this.share = new ShareGroups({
      ...services,
      config: config.share,
      settings: shareSettings,
      groups,
      topics,
    });
    const rebalance = this.#rebalance;
    this.offsets = new OffsetManager({ config, clock, undo, groups, topics, rebalance });
  }

  // Membership of classic groups

  joinGroup(
    context: GroupRequestContext,
    request: JoinGroupRequest,
    respond: JoinResponder,
  ): ClassicResult {
    const group = this.groups.find(request.groupId);
    if (group === undefined || group instanceof ClassicGroup) {
      return this.#join.join(context, request, respond);
    }
    if (group instanceof ConsumerGroup && !group.isEmpty()) {
      return this.#classicMembers.join(group, context, request, respond);
    }
    const isConvertible = group instanceof ConsumerGroup || group instanceof StreamsGroup;
    if (!isConvertible || !group.isEmpty()) {
      throw new ApiError(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }
    // Nobody is in the group of the other kind: it becomes a classic one.
    const tombstones = group.tombstones();
    this.groups.delete(request.groupId);
    const result = this.#join.join(context, request, respond);
    return { ...result, records: [...tombstones, ...result.records], replay: false };
  }

  // Consumer groups (KIP-848)

  consumerGroupHeartbeat(
    context: GroupRequestContext,
    request: ConsumerGroupHeartbeatRequest,
  ): Result<Draft<ConsumerGroupHeartbeatResponse>> {
    return this.#consumerHeartbeat.heartbeat(context, request);
  }

  /** Throws GROUP_ID_NOT_FOUND. */
  describeConsumerGroup(groupId: string): Draft<DescribedConsumerGroup> {
    return describeConsumerGroup(this.#consumers.group(groupId), this.#topics);
  }

  // Streams groups (KIP-1071)

  streamsGroupHeartbeat(
    context: GroupRequestContext,
    request: StreamsGroupHeartbeatRequest,
  ): Result<StreamsHeartbeatResult> {
    return this.#streamsHeartbeat.heartbeat(context, request);
  }

  /** Throws GROUP_ID_NOT_FOUND. */
  describeStreamsGroup(groupId: string): Draft<DescribedStreamsGroup> {
    return describeStreamsGroup(this.#streams.group(groupId));
  }

  syncGroup(request: SyncGroupRequest, respond: SyncResponder): ClassicResult {
    const group = this.groups.find(request.groupId);
    if (group instanceof ConsumerGroup && !group.isEmpty()) {
      return this.#classicMembers.sync(group, request, respond);
    }
    return this.#sync.sync(request, respond);
  }

  heartbeat(request: HeartbeatRequest): Result<Draft<HeartbeatResponse>> {
    const group = this.groups.find(request.groupId);
    if (group instanceof ConsumerGroup) return this.#classicMembers.heartbeat(group, request);
    return this.#session.heartbeat(this.#classicOfMember(request.groupId), request);
  }

  leaveGroup(request: LeaveGroupRequest): Result<Draft<LeaveGroupResponse>> {
    const group = this.groups.find(request.groupId);
    if (group instanceof ConsumerGroup) return this.#classicMembers.leave(group, request);
    return this.#session.leave(this.#classicOfMember(request.groupId), request);
  }

  /** Whoever claims to be a member of a group that isn't there has an unknown member id. */
  #classicOfMember(groupId: string): ClassicGroup {
    const group = this.groups.find(groupId);
    if (group instanceof ClassicGroup) return group;
    throw new ApiError(Errors.UNKNOWN_MEMBER_ID, `Group ${groupId} not found.`);
  }

  // Offsets

  commitOffsets(
    context: GroupRequestContext,
    request: OffsetCommitRequest,
  ): Result<Draft<OffsetCommitResponse>> {
    return this.offsets.commit(context, request);
  }

  commitTransactionalOffsets(
    context: GroupRequestContext,
    request: TxnOffsetCommitRequest,
  ): Result<Draft<TxnOffsetCommitResponse>> {
    return this.offsets.commitTransactional(context, request);
  }

  fetchOffsets(
    request: OffsetFetchRequestGroup,
    requireStable: boolean,
  ): Draft<OffsetFetchResponseGroup> {
    return fetchOffsets(this.offsets, this.groups, request, requireStable);
  }

  deleteOffsets(request: OffsetDeleteRequest): Result<Draft<OffsetDeleteResponse>> {
    return this.offsets.delete(request);
  }

  onTopicsDeleted(topics: ReadonlySet<string>): Result<undefined> {
    const records = this.offsets.tombstonesOfTopics(topics);
    return { records, response: undefined, atomic: false };
  }

  // Groups

  /** States in lower case, types likewise; empty means all. */
  listGroups(states: ReadonlySet<string>, types: ReadonlySet<string>): ListedGroup[] {
    const listed: ListedGroup[] = [];
    const groups = timelineOrder([...this.groups.all()], ({ groupId }) => javaHashCode(groupId));
    for (const group of groups) {
      if (!this.groups.isWritten(group.groupId)) continue;
      if (states.size > 0 && !states.has(group.stateName().toLowerCase())) continue;
      if (types.size > 0 && !types.has(group.type.toLowerCase())) continue;
      listed.push(group.asListedGroup());
    }
    return listed;
  }

  describeGroup(groupId: string, requestVersion: number): Draft<DescribedGroup> {
    try {
      if (!this.groups.isWritten(groupId)) throw groupNotFound(groupId);
      return describeClassic(this.groups.classic(groupId));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (requestVersion < GROUP_ID_NOT_FOUND_VERSION) return { groupId, groupState: 'Dead' };
      const { code: errorCode, message: errorMessage } = error;
      return { groupId, groupState: 'Dead', errorCode, errorMessage };
    }
  }

  deleteGroups(groupIds: readonly string[]): Result<Draft<DeletableGroupResult>[]> {
    const records: GroupRecord[] = [];
    const deleted: Group[] = [];
    const response = groupIds.map((groupId) => {
      try {
        const group = this.groups.get(groupId);
        group.validateDelete();
        appendAll(records, this.offsets.tombstonesOf(groupId));
        appendAll(records, group.tombstones());
        deleted.push(group);
        return { groupId, errorCode: Errors.NONE };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { groupId, errorCode: error.code };
      }
    });
    return { records, response, onAppended: this.#cancelTimersOf(deleted) };
  }

  /** Only when the groups are really gone: what stays needs its timers. */
  #cancelTimersOf(groups: readonly Group[]): (error: ApiError | undefined) => void {
    const keys = groups.flatMap((group) => group.timerKeys());
    return (error) => {
      if (error !== undefined) return;
      for (const key of keys) this.#services.timer.cancel(key);
    };
  }

  // Expiry

  #scheduleExpiry(): void {
    const intervalMs = this.#config.offsetsRetentionCheckIntervalMs;
    this.#continueExpiry(this.#expiry(), intervalMs);
  }

  /** A slice in a turn of the event loop: a shard may hold millions of offsets. */
  #continueExpiry(slices: Generator<Result<undefined>>, delayMs: number): void {
    const intervalMs = this.#config.offsetsRetentionCheckIntervalMs;
    const next = (): Result<undefined> => {
      const { value, done } = slices.next();
      if (done === true) this.#scheduleExpiry();
      else this.#continueExpiry(slices, 0);
      return value ?? EMPTY_RESULT;
    };
    this.#services.timer.schedule(EXPIRY_TIMER, delayMs, next, intervalMs);
  }

  /** Offsets that nobody has needed for the retention time, and groups that have nothing left. */
  *#expiry(): Generator<Result<undefined>> {
    let records: GroupRecord[] = [];
    let deleted: Group[] = [];
    let looks = 0;
    const slice = (): Result<undefined> => {
      const onAppended = this.#cancelTimersOf(deleted);
      const result = { records, response: undefined, atomic: false, onAppended };
      records = [];
      deleted = [];
      looks = 0;
      return result;
    };
    for (const groupId of this.groups.ids()) {
      const group = this.groups.find(groupId);
      if (group === undefined || !group.shouldExpire()) continue;
      let hasOffsets = this.offsets.pending.hasGroup(groupId);
      for (const tombstone of this.offsets.expire(group)) {
        if (tombstone === undefined) hasOffsets = true;
        else records.push(tombstone);
        if (++looks < EXPIRY_SLICE) continue;
        yield slice();
        // Anything may have been committed meanwhile: the group itself is for the next time.
        hasOffsets = true;
        if (this.groups.find(groupId) !== group) break;
      }
      if (!hasOffsets && group.isEmpty()) {
        appendAll(records, group.tombstones());
        deleted.push(group);
      }
      if (++looks >= EXPIRY_SLICE) yield slice();
    }
    yield slice();
  }

  // Life

  onLoaded(): void {
    for (const group of this.groups.all()) {
      if (group instanceof ClassicGroup) this.#rebalance.onLoaded(group);
      else if (group instanceof ConsumerGroup) this.#consumers.onLoaded(group);
      else if (group instanceof ShareGroup) this.share.onLoaded(group);
      else if (group instanceof StreamsGroup) this.#streams.onLoaded(group);
    }
    this.#scheduleExpiry();
  }

  onUnloaded(): void {
    for (const group of this.groups.all()) {
      if (group instanceof ClassicGroup) this.#rebalance.onUnloaded(group);
    }
  }

  replay(record: GroupRecord, _offset: number, producerId: number): void {
    this.groups.onRecord();
    switch (record.type) {
      case RecordType.LEGACY_OFFSET_COMMIT:
        this.offsets.replayLegacy(record.key, record.value, producerId);
        break;
      case RecordType.OFFSET_COMMIT:
        this.offsets.replay(record.key, record.value, producerId);
        break;
      case RecordType.GROUP_METADATA:
        this.#replayGroupMetadata(record.key, record.value);
        break;
      default:
        this.#consumerReplay.replay(record);
        this.share.replay(record);
        this.#streamsReplay.replay(record);
    }
  }

  replayEndTransactionMarker(producerId: number, committed: boolean): void {
    this.offsets.replayEndTransactionMarker(producerId, committed);
  }

  #replayGroupMetadata(key: GroupMetadataKey, value: GroupMetadataValue | null): void {
    if (value === null) {
      if (this.groups.find(key.group) instanceof ClassicGroup) this.groups.delete(key.group);
    } else this.groups.put(classicGroupOf(key.group, value));
  }
}

/** A group as its last generation left it; who was a member has a session to come back. */
function classicGroupOf(groupId: string, value: GroupMetadataValue): ClassicGroup {
  const group = new ClassicGroup(groupId, value.members.length === 0 ? 'Empty' : 'Stable');
  group.generationId = value.generation;
  group.protocolType = value.protocolType === '' ? null : value.protocolType;
  group.protocolName = value.protocol;
  group.leaderId = value.leader;
  group.currentStateTimestampMs =
    value.currentStateTimestamp === -1 ? undefined : value.currentStateTimestamp;
  for (const member of value.members) {
    group.add(
      new ClassicMember({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeoutMs:
          member.rebalanceTimeout === -1 ? member.sessionTimeout : member.rebalanceTimeout,
        sessionTimeoutMs: member.sessionTimeout,
        protocolType: value.protocolType,
        protocols: [{ name: value.protocol ?? '', metadata: Buffer.from(member.subscription) }],
        assignment: Buffer.from(member.assignment),
      }),
    );
  }
  group.computeSubscribedTopics();
  return group;
}

/** Subscriptions and assignments are only told of a stable group. */
function describeClassic(group: ClassicGroup): Draft<DescribedGroup> {
  const isStable = group.isInState('Stable');
  const members = [...group.members.values()].map(
    (member): Draft<DescribedGroupMember> => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberAssignment: member.assignment,
      ...(isStable ? { memberMetadata: member.metadata(group.protocolName!) } : {}),
    }),
  );
  return {
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    ...(isStable ? { protocolData: group.protocolName! } : {}),
    members,
  };
}
