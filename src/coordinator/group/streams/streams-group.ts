// A streams group (KIP-1071): the members of one application, its topology, epochs, the target assignment and which
// process runs which task now. Every lasting change comes from a record. Kafka: StreamsGroup.
// It takes no decisions about tasks.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import { TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import type { CommitValidator, Group, OffsetExpiryBase } from '../group.ts';
import { type GroupMetadata, INITIAL_METADATA, ModernGroup } from '../modern-group.ts';
import type { GroupRecord } from '../records.ts';
import type { ConfiguredTopology } from './internal-topics.ts';
import { isReconciledTo, type StreamsMember } from './streams-member.ts';
import { streamsGroupTombstones, streamsMemberTombstones } from './streams-records.ts';
import { streamsTimers } from './streams-timers.ts';
import type { StreamsTopology } from './streams-topology.ts';
import { TaskOwnership } from './task-ownership.ts';
import { NO_TARGET, type TargetTasks } from './tasks.ts';

export type StreamsGroupState = 'Empty' | 'NotReady' | 'Assigning' | 'Reconciling' | 'Stable';

/** Members commit with their epoch from this version of OffsetCommit on. */
const MEMBER_EPOCH_VERSION = 9;

export interface StreamsMetadata extends GroupMetadata {
  /** -1: the topics have never fitted. */
  readonly validatedTopologyEpoch: number;
  /** The settings that the epoch's assignment is made with. */
  readonly assignmentConfigs: ReadonlyMap<string, string>;
}

const INITIAL_STREAMS_METADATA: StreamsMetadata = {
  ...INITIAL_METADATA,
  validatedTopologyEpoch: -1,
  assignmentConfigs: new Map(),
};

export class StreamsGroup
  extends ModernGroup<StreamsMember, TargetTasks, StreamsMetadata>
  implements Group
{
  readonly type = 'Streams';
  readonly owners: TaskOwnership;
  readonly #topology: TrackedMap<'topology', StreamsTopology>;
  readonly #configured: TrackedMap<'topology', ConfiguredTopology>;
  /** Who has asked the whole application to stop, until it has; lost with the coordinator, as in Kafka. */
  shutdownRequestedBy: string | undefined;
  /** Grows when a member with an endpoint gets other tasks; starts anew with the coordinator. */
  endpointEpoch = 0;

  constructor(groupId: string, undo: UndoLog) {
    super(groupId, undo, { metadata: INITIAL_STREAMS_METADATA, target: NO_TARGET });
    this.owners = new TaskOwnership(undo);
    this.#topology = new TrackedMap(undo);
    this.#configured = new TrackedMap(undo);
  }

  // Topology

  get topology(): StreamsTopology | undefined {
    return this.#topology.get('topology');
  }

  setTopology(topology: StreamsTopology | undefined): void {
    this.#configured.delete('topology');
    if (topology === undefined) this.#topology.delete('topology');
    else this.#topology.set('topology', topology);
  }

  /** The topology with the topics as they were at `checkedVersion`; undefined after a restart. */
  get configured(): ConfiguredTopology | undefined {
    return this.#configured.get('topology');
  }

  setConfigured(configured: ConfiguredTopology): void {
    this.#configured.set('topology', configured);
  }

  // Members

  override putMember(member: StreamsMember): void {
    const before = this.members.get(member.memberId);
    if (before !== undefined) this.owners.remove(before);
    super.putMember(member);
    this.owners.add(member);
  }

  override deleteMember(memberId: string): void {
    const member = this.members.get(memberId);
    if (member === undefined) return;
    this.owners.remove(member);
    super.deleteMember(memberId);
    if (this.members.size === 0) this.shutdownRequestedBy = undefined;
  }

  // State

  stateName(): StreamsGroupState {
    if (this.members.size === 0) return 'Empty';
    if (this.topology?.epoch !== this.metadata.validatedTopologyEpoch) return 'NotReady';
    if (this.groupEpoch > this.assignmentEpoch) return 'Assigning';
    for (const member of this.members.values()) {
      if (!isReconciledTo(member, this.assignmentEpoch)) return 'Reconciling';
    }
    return 'Stable';
  }

  isSubscribedToTopic(topic: string): boolean {
    return !this.isEmpty() && this.topology?.bySourceTopic.has(topic) === true;
  }

  // Offsets and deletion

  shouldExpire(): boolean {
    return true;
  }

  offsetExpiryBase(): OffsetExpiryBase {
    return ({ commitTimestamp }) => commitTimestamp;
  }

  /** A commit of an earlier epoch is right for tasks that the member has run since. */
  validateOffsetCommit(
    memberId: string,
    groupInstanceId: string | null,
    memberEpoch: number,
    transactional: boolean,
    requestVersion: number,
  ): CommitValidator | undefined {
    if (memberEpoch < 0 && this.isEmpty()) return undefined;
    const isSimple = memberEpoch === -1 && memberId === '' && groupInstanceId === null;
    if (transactional && isSimple) return undefined;
    const member = this.member(memberId);
    if (!transactional && requestVersion < MEMBER_EPOCH_VERSION) {
      throw new ApiError(
        Errors.UNSUPPORTED_VERSION,
        `OffsetCommit version ${MEMBER_EPOCH_VERSION} or above must be used by members using the streams group protocol`,
      );
    }
    if (memberEpoch === member.memberEpoch) return undefined;
    const topology = this.topology;
    if (memberEpoch > member.memberEpoch || topology === undefined) throw staleEpoch();
    return (_topicId, partition, topic) => {
      const subtopologyId = topology.bySourceTopic.get(topic)?.subtopologyId ?? '';
      const epoch =
        member.assigned.active.get(subtopologyId)?.get(partition) ??
        member.pendingRevocation.active.get(subtopologyId)?.get(partition);
      if (epoch === undefined || memberEpoch < epoch) throw staleEpoch();
    };
  }

  validateOffsetFetch(memberId: string | null, memberEpoch: number): void {
    if (memberId === null && memberEpoch < 0) return;
    if (this.member(memberId ?? '').memberEpoch !== memberEpoch) throw staleEpoch();
  }

  validateOffsetDelete(): void {}

  tombstones(): GroupRecord[] {
    const { groupId } = this;
    return [
      ...[...this.members.keys()].flatMap((memberId) => streamsMemberTombstones(groupId, memberId)),
      ...streamsGroupTombstones(groupId),
    ];
  }

  timerKeys(): string[] {
    const { groupId } = this;
    return [
      streamsTimers.initialRebalance(groupId),
      ...[...this.members.keys()].flatMap((memberId) => [
        streamsTimers.session(groupId, memberId),
        streamsTimers.rebalance(groupId, memberId),
      ]),
    ];
  }
}

function staleEpoch(): ApiError {
  return new ApiError(Errors.STALE_MEMBER_EPOCH);
}
