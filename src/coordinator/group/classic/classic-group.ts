// A group of the classic protocol: members, state, generation and who waits for what. Its members live in memory;
// what must outlive the coordinator is in a GroupMetadata record per generation. Kafka: ClassicGroup.
// It never sets timers, makes records or answers anybody on its own account.

import { assert } from '../../../common/assert.ts';
import { javaHashMapOrder } from '../../../common/java.ts';
import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { JoinGroupResponse } from '../../../protocol/generated/apis/join-group-response.ts';
import type { ListedGroup } from '../../../protocol/generated/apis/list-groups-response.ts';
import type { SyncGroupResponse } from '../../../protocol/generated/apis/sync-group-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { Group, OffsetExpiryBase } from '../group.ts';
import { groupMetadataTombstone } from '../record-helpers.ts';
import type { GroupRecord } from '../records.ts';
import { ClassicMember, type ClassicProtocol, type JoinResponder } from './classic-member.ts';
import { classicTimers } from './classic-timers.ts';
import { subscribedTopicsOf } from './subscription.ts';

/** Protocol type of consumers; Connect and Schema Registry have their own. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer';

export type ClassicGroupState =
  | 'Empty'
  | 'PreparingRebalance'
  | 'CompletingRebalance'
  | 'Stable'
  | 'Dead';

const VALID_PREVIOUS: Record<ClassicGroupState, readonly ClassicGroupState[]> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Stable', 'PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead'],
};

export class ClassicGroup implements Group {
  readonly type = 'Classic';
  readonly groupId: string;
  readonly members = new Map<string, ClassicMember>();
  /** Member ids that were given out (MEMBER_ID_REQUIRED) and haven't joined with them yet. */
  readonly pendingJoinMembers = new Set<string>();
  /** Members of this generation that haven't sent SyncGroup yet. */
  readonly pendingSyncMembers = new Set<string>();
  /** Member id by group.instance.id. */
  readonly staticMembers = new Map<string, string>();
  /** Between the first join of an empty group and the end of the initial rebalance delay. */
  newMemberAdded = false;
  generationId = 0;
  protocolType: string | null = null;
  protocolName: string | null = null;
  leaderId: string | null = null;
  currentStateTimestampMs: number | undefined;
  #state: ClassicGroupState;
  #previousState: ClassicGroupState;
  #awaitingJoin = 0;
  /** By name, how many members support it. */
  readonly #supportedProtocols = new Map<string, number>();
  /** Undefined: not consumers, or their subscriptions can't be read. */
  #subscribedTopics: ReadonlySet<string> | undefined;

  constructor(groupId: string, state: ClassicGroupState = 'Empty') {
    this.groupId = groupId;
    this.#state = state;
    this.#previousState = state;
  }

  get state(): ClassicGroupState {
    return this.#state;
  }

  get previousState(): ClassicGroupState {
    return this.#previousState;
  }

  get membersAwaitingJoin(): number {
    return this.#awaitingJoin;
  }

  stateName(): string {
    return this.#state;
  }

  isInState(...states: readonly ClassicGroupState[]): boolean {
    return states.includes(this.#state);
  }

  isEmpty(): boolean {
    return this.#state === 'Empty';
  }

  shouldExpire(): boolean {
    return true;
  }

  canRebalance(): boolean {
    return VALID_PREVIOUS.PreparingRebalance.includes(this.#state);
  }

  transitionTo(state: ClassicGroupState, nowMs: number): void {
    assert(
      VALID_PREVIOUS[state].includes(this.#state),
      `group ${this.groupId} can't go from ${this.#state} to ${state}`,
    );
    this.#previousState = this.#state;
    this.#state = state;
    this.currentStateTimestampMs = nowMs;
  }

  // Members

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId;
  }

  member(memberId: string): ClassicMember {
    const member = this.members.get(memberId);
    assert(member !== undefined, `group ${this.groupId} has no member ${memberId}`);
    return member;
  }

  add(member: ClassicMember, responder?: JoinResponder): void {
    const { memberId, groupInstanceId } = member;
    if (groupInstanceId !== null) {
      assert(!this.staticMembers.has(groupInstanceId), `static member ${groupInstanceId} exists`);
      this.staticMembers.set(groupInstanceId, memberId);
    }
    if (this.members.size === 0) this.protocolType = member.protocolType;
    assert(this.protocolType === member.protocolType, 'one protocol type per group');
    this.leaderId ??= memberId;
    this.members.set(memberId, member);
    this.#countProtocols(member, 1);
    member.awaitingJoin = responder;
    if (member.isAwaitingJoin) this.#awaitingJoin++;
    this.pendingJoinMembers.delete(memberId);
  }

  remove(memberId: string): void {
    const member = this.members.get(memberId);
    if (member !== undefined) {
      this.members.delete(memberId);
      this.#countProtocols(member, -1);
      if (member.isAwaitingJoin) this.#awaitingJoin--;
      if (member.groupInstanceId !== null) this.staticMembers.delete(member.groupInstanceId);
    }
    if (this.isLeader(memberId)) this.leaderId = this.members.keys().next().value ?? null;
    this.pendingJoinMembers.delete(memberId);
    this.pendingSyncMembers.delete(memberId);
  }

  /** A static member comes back under a new id; who still uses the old one is fenced. */
  replaceStaticMember(instanceId: string, oldMemberId: string, newMemberId: string): ClassicMember {
    const old = this.member(oldMemberId);
    this.members.delete(oldMemberId);
    this.completeJoin(old, joinError(oldMemberId, Errors.FENCED_INSTANCE_ID));
    this.completeSync(old, { errorCode: Errors.FENCED_INSTANCE_ID });
    const { clientId, clientHost, protocolType, protocols, assignment } = old;
    const { rebalanceTimeoutMs, sessionTimeoutMs } = old;
    const member = new ClassicMember({
      memberId: newMemberId,
      groupInstanceId: old.groupInstanceId,
      clientId,
      clientHost,
      rebalanceTimeoutMs,
      sessionTimeoutMs,
      protocolType,
      protocols,
      assignment,
    });
    this.members.set(newMemberId, member);
    if (this.isLeader(oldMemberId)) this.leaderId = newMemberId;
    this.staticMembers.set(instanceId, newMemberId);
    return member;
  }

  updateMember(
    member: ClassicMember,
    protocols: readonly ClassicProtocol[],
    rebalanceTimeoutMs: number,
    sessionTimeoutMs: number,
    responder: JoinResponder | undefined,
  ): void {
    this.#countProtocols(member, -1);
    member.protocols = protocols;
    this.#countProtocols(member, 1);
    member.rebalanceTimeoutMs = rebalanceTimeoutMs;
    member.sessionTimeoutMs = sessionTimeoutMs;
    if (responder !== undefined && !member.isAwaitingJoin) this.#awaitingJoin++;
    else if (responder === undefined && member.isAwaitingJoin) this.#awaitingJoin--;
    // A member that joins again over another connection doesn't read the first answer, but nobody waits for ever.
    const replaced = member.awaitingJoin;
    member.awaitingJoin = responder;
    replaced?.(joinError(member.memberId, Errors.REBALANCE_IN_PROGRESS));
  }

  /** Throws UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID. */
  validateMember(memberId: string, groupInstanceId: string | null): void {
    if (groupInstanceId !== null) {
      const current = this.staticMembers.get(groupInstanceId);
      if (current === undefined) throw new ApiError(Errors.UNKNOWN_MEMBER_ID);
      if (current !== memberId) throw new ApiError(Errors.FENCED_INSTANCE_ID);
    }
    if (!this.members.has(memberId)) throw new ApiError(Errors.UNKNOWN_MEMBER_ID);
  }

  // Joining

  hasAllMembersJoined(): boolean {
    return this.members.size === this.#awaitingJoin && this.pendingJoinMembers.size === 0;
  }

  hasReceivedSyncFromAllMembers(): boolean {
    return this.pendingSyncMembers.size === 0;
  }

  notYetRejoinedMembers(): ClassicMember[] {
    return [...this.members.values()].filter((member) => !member.isAwaitingJoin);
  }

  /** The longest of the members'. */
  rebalanceTimeoutMs(): number {
    let timeoutMs = 0;
    for (const member of this.members.values()) {
      timeoutMs = Math.max(timeoutMs, member.rebalanceTimeoutMs);
    }
    return timeoutMs;
  }

  /** False when the leader didn't rejoin and nobody else did either. */
  electLeaderAmongJoined(): boolean {
    if (this.leaderId === null) return false;
    if (this.member(this.leaderId).isAwaitingJoin) return true;
    for (const member of this.members.values()) {
      if (!member.isAwaitingJoin) continue;
      this.leaderId = member.memberId;
      return true;
    }
    return false;
  }

  initNextGeneration(nowMs: number): void {
    this.generationId++;
    this.protocolName = this.members.size === 0 ? null : this.selectProtocol();
    this.computeSubscribedTopics();
    this.transitionTo(this.members.size === 0 ? 'Empty' : 'CompletingRebalance', nowMs);
    this.pendingSyncMembers.clear();
  }

  completeJoin(member: ClassicMember, response: Draft<JoinGroupResponse>): boolean {
    const responder = member.awaitingJoin;
    if (responder === undefined) return false;
    member.awaitingJoin = undefined;
    this.#awaitingJoin--;
    responder(response);
    return true;
  }

  completeSync(member: ClassicMember, response: Draft<SyncGroupResponse>): boolean {
    const responder = member.awaitingSync;
    if (responder === undefined) return false;
    member.awaitingSync = undefined;
    responder(response);
    return true;
  }

  // Protocols

  /** An empty group takes whatever has a type and a protocol; else the type is given and one protocol must be everybody's. */
  supportsProtocols(
    protocolType: string,
    protocols: readonly { readonly name: string }[],
  ): boolean {
    if (this.isEmpty()) return protocolType !== '' && protocols.length > 0;
    if (this.protocolType !== protocolType) return false;
    return protocols.some(({ name }) => this.#isSupportedByAll(name));
  }

  /**
   * The protocol with most votes among those that all support. Equal votes go by the order of Java's HashMap, as in
   * Kafka, so that both choose the same.
   */
  selectProtocol(): string {
    assert(this.members.size > 0, 'an empty group has no protocol');
    const candidates = new Set(
      [...this.#supportedProtocols.keys()].filter((name) => this.#isSupportedByAll(name)),
    );
    const votes = new Map<string, number>();
    for (const member of this.members.values()) {
      const name = member.vote(candidates);
      votes.set(name, (votes.get(name) ?? 0) + 1);
    }
    const most = Math.max(...votes.values());
    return javaHashMapOrder([...votes.keys()]).find((name) => votes.get(name) === most)!;
  }

  #isSupportedByAll(name: string): boolean {
    return (this.#supportedProtocols.get(name) ?? 0) === this.members.size;
  }

  #countProtocols(member: ClassicMember, by: number): void {
    for (const { name } of member.protocols) {
      const count = (this.#supportedProtocols.get(name) ?? 0) + by;
      if (count === 0) this.#supportedProtocols.delete(name);
      else this.#supportedProtocols.set(name, count);
    }
  }

  // Offsets, deletion, listing

  usesConsumerProtocol(): boolean {
    return this.protocolType === CONSUMER_PROTOCOL_TYPE;
  }

  computeSubscribedTopics(): void {
    this.#subscribedTopics = this.usesConsumerProtocol() ? subscribedTopicsOf(this) : undefined;
  }

  /** Unreadable subscriptions of consumers count as subscribed to everything: nothing of theirs is deleted. */
  isSubscribedToTopic(topic: string): boolean {
    return this.#subscribedTopics?.has(topic) ?? this.usesConsumerProtocol();
  }

  offsetExpiryBase(): OffsetExpiryBase {
    if (this.protocolType === null) return ({ commitTimestamp }) => commitTimestamp;
    if (this.isEmpty()) {
      return ({ commitTimestamp }) => this.currentStateTimestampMs ?? commitTimestamp;
    }
    const knowsTopics = this.usesConsumerProtocol() && this.#subscribedTopics !== undefined;
    if (knowsTopics && this.#state === 'Stable') {
      return ({ commitTimestamp }) => commitTimestamp;
    }
    return undefined;
  }

  validateOffsetCommit(
    memberId: string,
    groupInstanceId: string | null,
    generation: number,
    transactional: boolean,
  ): undefined {
    if (this.#state === 'Dead') throw new ApiError(Errors.COORDINATOR_NOT_AVAILABLE);
    // Somebody manages its partitions itself and uses the group for its offsets only.
    if (generation < 0 && this.isEmpty()) return;
    if (generation >= 0 || memberId !== '' || groupInstanceId !== null) {
      this.validateMember(memberId, groupInstanceId);
      if (generation !== this.generationId) throw new ApiError(Errors.ILLEGAL_GENERATION);
    } else if (!transactional && !this.isEmpty()) {
      throw new ApiError(Errors.UNKNOWN_MEMBER_ID);
    }
    if (!transactional && this.#state === 'CompletingRebalance') {
      throw new ApiError(Errors.REBALANCE_IN_PROGRESS);
    }
  }

  validateOffsetFetch(): void {
    if (this.#state === 'Dead') throw this.#deadError();
  }

  validateOffsetDelete(): void {
    if (this.#state === 'Dead') throw this.#deadError();
    if (!this.isEmpty() && !this.usesConsumerProtocol()) throw new ApiError(Errors.NON_EMPTY_GROUP);
  }

  validateDelete(): void {
    if (this.#state === 'Dead') throw this.#deadError();
    if (!this.isEmpty()) throw new ApiError(Errors.NON_EMPTY_GROUP);
  }

  #deadError(): ApiError {
    return new ApiError(Errors.GROUP_ID_NOT_FOUND, `Group ${this.groupId} is in dead state.`);
  }

  tombstones(): GroupRecord[] {
    return [groupMetadataTombstone(this.groupId)];
  }

  timerKeys(): string[] {
    const { groupId } = this;
    const members = [...this.members.keys(), ...this.pendingJoinMembers];
    return [
      classicTimers.join(groupId),
      classicTimers.sync(groupId),
      ...members.map((memberId) => classicTimers.heartbeat(groupId, memberId)),
    ];
  }

  asListedGroup(): ListedGroup {
    return {
      groupId: this.groupId,
      protocolType: this.protocolType ?? '',
      groupState: this.#state,
      groupType: this.type,
    };
  }
}

export function joinError(memberId: string, errorCode: number): Draft<JoinGroupResponse> {
  return { memberId, errorCode, leader: '', generationId: -1, protocolType: null };
}
