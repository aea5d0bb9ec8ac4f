// What groups whose assignments the coordinator makes have in common (KIP-848, KIP-932, KIP-1071): members, the target
// of each, and the epochs of both. Every lasting change comes from a record. Kafka: ModernGroup, StreamsGroup.
// It knows neither what a target consists of nor who holds what now.

import { ApiError, Errors } from '../../protocol/errors.ts';
import type { ListedGroup } from '../../protocol/generated/apis/list-groups-response.ts';
import { TrackedMap, type UndoLog } from '../runtime/undo-log.ts';
import type { GroupType } from './group.ts';

/** Before anybody has joined; as in Kafka since 4.3, where the first member gets the next one. */
const INITIAL_EPOCH = 1;

export interface GroupMetadata {
  /** Grows with every change of members, of what they want, or of what there is of it. */
  readonly epoch: number;
  /** Of the topics that the members want, when the epoch began. */
  readonly metadataHash: bigint;
}

export const INITIAL_METADATA: GroupMetadata = { epoch: INITIAL_EPOCH, metadataHash: 0n };

const INITIAL_ASSIGNMENT = { epoch: INITIAL_EPOCH, timestampMs: 0 };

/** `Member` and `Target` (what one member should hold) are values that are replaced, never changed. */
export abstract class ModernGroup<
  Member extends { readonly memberId: string },
  Target extends object,
  Metadata extends GroupMetadata = GroupMetadata,
> {
  abstract readonly type: GroupType;
  readonly groupId: string;
  readonly members: TrackedMap<string, Member>;
  readonly targets: TrackedMap<string, Target>;
  readonly #metadata: TrackedMap<'group', Metadata>;
  readonly #initialMetadata: Metadata;
  readonly #assignment: TrackedMap<'target', typeof INITIAL_ASSIGNMENT>;
  readonly #noTarget: Target;
  #checkedVersion = -1;
  readonly #undo: UndoLog;

  protected constructor(
    groupId: string,
    undo: UndoLog,
    initial: { readonly metadata: Metadata; readonly target: Target },
  ) {
    this.groupId = groupId;
    this.#undo = undo;
    this.members = new TrackedMap(undo);
    this.targets = new TrackedMap(undo);
    this.#metadata = new TrackedMap(undo);
    this.#initialMetadata = initial.metadata;
    this.#assignment = new TrackedMap(undo);
    this.#noTarget = initial.target;
  }

  abstract stateName(): string;

  // Epochs

  get metadata(): Metadata {
    return this.#metadata.get('group') ?? this.#initialMetadata;
  }

  get groupEpoch(): number {
    return this.metadata.epoch;
  }

  get metadataHash(): bigint {
    return this.metadata.metadataHash;
  }

  setMetadata(metadata: Metadata): void {
    this.#metadata.set('group', metadata);
  }

  /** The group epoch that the target assignment is for. */
  get assignmentEpoch(): number {
    return (this.#assignment.get('target') ?? INITIAL_ASSIGNMENT).epoch;
  }

  /** 0: there was none yet. */
  get assignmentTimestampMs(): number {
    return (this.#assignment.get('target') ?? INITIAL_ASSIGNMENT).timestampMs;
  }

  setAssignment(epoch: number, timestampMs: number): void {
    this.#assignment.set('target', { epoch, timestampMs });
  }

  /** Version of the topics' metadata that the epoch was last checked against; not replayed. */
  get checkedVersion(): number {
    return this.#checkedVersion;
  }

  set checkedVersion(version: number) {
    const before = this.#checkedVersion;
    this.#undo.push(() => {
      this.#checkedVersion = before;
    });
    this.#checkedVersion = version;
  }

  // Members

  /** Throws UNKNOWN_MEMBER_ID. */
  member(memberId: string): Member {
    const member = this.members.get(memberId);
    if (member !== undefined) return member;
    throw new ApiError(
      Errors.UNKNOWN_MEMBER_ID,
      `Member ${memberId} is not a member of group ${this.groupId}.`,
    );
  }

  putMember(member: Member): void {
    this.members.set(member.memberId, member);
  }

  deleteMember(memberId: string): void {
    this.members.delete(memberId);
  }

  target(memberId: string): Target {
    return this.targets.get(memberId) ?? this.#noTarget;
  }

  isEmpty(): boolean {
    return this.members.size === 0;
  }

  validateDelete(): void {
    if (!this.isEmpty()) throw new ApiError(Errors.NON_EMPTY_GROUP);
  }

  asListedGroup(): ListedGroup {
    return {
      groupId: this.groupId,
      protocolType: this.type.toLowerCase(),
      groupState: this.stateName(),
      groupType: this.type,
    };
  }
}
