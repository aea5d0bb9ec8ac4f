// One change of a partition: its target ISR, replicas and directories in; a PartitionChangeRecord out, with the
// leader election and the eligible leader replicas (KIP-966) worked out as Kafka's PartitionChangeBuilder does.
// Pure: it reads a registration and writes a record, never an image.

import type { PartitionChangeRecord } from '../../protocol/generated/metadata/partition-change-record.ts';
import type { Draft } from '../../protocol/message.ts';
import { NO_LEADER, type PartitionRegistration } from '../image/topics-image.ts';
import { isDirectoryAssignmentSupported, partitionRecordVersion } from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';

export type Election = 'preferred' | 'online' | 'unclean';

const RECOVERING = 1;
const NO_LEADER_CHANGE = -2;

export interface PartitionChangeContext {
  readonly topicId: string;
  readonly partitionId: number;
  readonly metadataVersion: number;
  readonly isElrEnabled: boolean;
  readonly minIsr: number;
  readonly isAcceptableLeader: (brokerId: number) => boolean;
  /** Where a replica goes whose directory nobody said. */
  readonly defaultDirectory: (brokerId: number) => string;
}

export interface PartitionTarget {
  readonly isr?: readonly number[];
  readonly replicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly leaderRecoveryState?: number;
  readonly election?: Election;
  readonly uncleanShutdownReplicas?: readonly number[];
  /** Broker id → directory. */
  readonly directories?: ReadonlyMap<number, string>;
}

type Change = {
  -readonly [K in keyof Draft<PartitionChangeRecord>]: Draft<PartitionChangeRecord>[K];
};

/** undefined when nothing would change. */
export function buildPartitionChange(
  partition: PartitionRegistration,
  context: PartitionChangeContext,
  target: PartitionTarget,
): RecordDraft | undefined {
  const change = new PartitionChange(partition, context, target).build();
  if (change === undefined) return undefined;
  return {
    type: 'PartitionChangeRecord',
    version: partitionRecordVersion(context.metadataVersion),
    message: change,
  };
}

class PartitionChange {
  readonly #partition: PartitionRegistration;
  readonly #context: PartitionChangeContext;
  readonly #target: PartitionTarget;
  readonly #change: Change;
  #isr: readonly number[];
  #replicas: readonly number[];
  #removing: readonly number[];
  #adding: readonly number[];
  #elr: readonly number[];
  #lastKnownElr: readonly number[];

  constructor(
    partition: PartitionRegistration,
    context: PartitionChangeContext,
    target: PartitionTarget,
  ) {
    this.#partition = partition;
    this.#context = context;
    this.#target = target;
    this.#change = { topicId: context.topicId, partitionId: context.partitionId };
    this.#isr = target.isr ?? partition.isr;
    this.#replicas = target.replicas ?? partition.replicas;
    this.#removing = target.removingReplicas ?? partition.removingReplicas;
    this.#adding = target.addingReplicas ?? partition.addingReplicas;
    this.#elr = partition.elr;
    this.#lastKnownElr = partition.lastKnownElr;
  }

  build(): Change | undefined {
    this.#completeReassignment();
    this.#populateElr();
    this.#elect();
    this.#bumpEpochForRemovedReplicas();
    this.#updateElr();
    this.#updateIsr();
    this.#bumpEpochForIsrShrink();
    this.#updateLastKnownLeader();
    this.#updateAssignment();
    const { leaderRecoveryState } = this.#target;
    if (
      leaderRecoveryState !== undefined &&
      leaderRecoveryState !== this.#partition.leaderRecoveryState
    ) {
      this.#change.leaderRecoveryState = leaderRecoveryState;
    }
    const isNoOp = Object.keys(this.#change).length === 2;
    return isNoOp ? undefined : this.#change;
  }

  /** A reassignment is over when the adding replicas are in the ISR (PartitionReassignmentReplicas). */
  #completeReassignment(): void {
    if (this.#removing.length === 0 && this.#adding.length === 0) return;
    const isr = this.#isr.filter((id) => !this.#removing.includes(id));
    const replicas = this.#replicas.filter((id) => !this.#removing.includes(id));
    if (replicas.length === 0) return;
    if (isr.length === 0 || !this.#adding.every((id) => isr.includes(id))) return;
    const isShrinking = this.#adding.length < this.#removing.length;
    if (isShrinking && !replicas.every((id) => isr.includes(id))) return;
    this.#isr = isr;
    this.#replicas = replicas;
    this.#removing = [];
    this.#adding = [];
  }

  #populateElr(): void {
    if (!this.#context.isElrEnabled) return;
    if (this.#isr.length >= this.#context.minIsr) {
      this.#elr = [];
      this.#lastKnownElr = [];
      return;
    }
    const unclean = this.#target.uncleanShutdownReplicas ?? [];
    const candidates = [...new Set([...this.#elr, ...this.#partition.isr])];
    this.#elr = candidates.filter((id) => !this.#isr.includes(id) && !unclean.includes(id));
    this.#lastKnownElr = [...new Set([...candidates, ...this.#lastKnownElr])].filter(
      (id) => !this.#isr.includes(id) && !this.#elr.includes(id),
    );
  }

  #elect(): void {
    const { leader, isUnclean } = this.#chooseLeader();
    if (leader === this.#partition.leader) return;
    if (this.#elr.includes(leader)) {
      this.#isr = [leader];
      this.#elr = this.#elr.filter((id) => id !== leader);
    }
    this.#change.leader = leader;
    if (!isUnclean) return;
    // An unclean leader starts anew: what only the others had is lost.
    this.#change.isr = [leader];
    if (this.#partition.leaderRecoveryState !== RECOVERING) {
      this.#change.leaderRecoveryState = RECOVERING;
    }
  }

  #chooseLeader(): { leader: number; isUnclean: boolean } {
    const preferred = this.#replicas[0] as number;
    if (this.#target.election === 'preferred' && this.#isValidLeader(preferred)) {
      return { leader: preferred, isUnclean: false };
    }
    const current = this.#partition.leader;
    if (this.#isValidLeader(current)) return { leader: current, isUnclean: false };
    const online = this.#replicas.find((id) => this.#isValidLeader(id));
    if (online !== undefined) return { leader: online, isUnclean: false };
    if (this.#canElectLastKnownLeader()) {
      return { leader: this.#partition.lastKnownElr[0] as number, isUnclean: true };
    }
    if (this.#target.election === 'unclean') {
      const any = this.#replicas.find((id) => this.#context.isAcceptableLeader(id));
      if (any !== undefined) return { leader: any, isUnclean: true };
    }
    return { leader: NO_LEADER, isUnclean: false };
  }

  #isValidLeader(id: number): boolean {
    const isEligible = this.#isr.includes(id) || (this.#isr.length === 0 && this.#elr.includes(id));
    return isEligible && this.#context.isAcceptableLeader(id);
  }

  #canElectLastKnownLeader(): boolean {
    if (!this.#context.isElrEnabled) return false;
    if (this.#elr.length > 0 || this.#isr.length > 0) return false;
    const [last, ...others] = this.#partition.lastKnownElr;
    return last !== undefined && others.length === 0 && this.#context.isAcceptableLeader(last);
  }

  #bumpEpochForRemovedReplicas(): void {
    if (this.#change.leader !== undefined) return;
    if (this.#partition.replicas.every((id) => this.#replicas.includes(id))) return;
    this.#change.leader = this.#partition.leader;
  }

  /** KAFKA-15021: only before metadata.version 3.6-IV0. */
  #bumpEpochForIsrShrink(): void {
    if (this.#context.metadataVersion >= 12) return;
    const { isr } = this.#change;
    if (this.#change.leader !== undefined || !isr) return;
    if (this.#partition.isr.every((id) => isr.includes(id))) return;
    this.#change.leader = this.#partition.leader;
  }

  #updateElr(): void {
    if (this.#change.isr || !this.#context.isElrEnabled) {
      this.#elr = [];
      this.#lastKnownElr = [];
    }
    if (!sameIds(this.#elr, this.#partition.elr)) this.#change.eligibleLeaderReplicas = this.#elr;
  }

  #updateIsr(): void {
    if (this.#change.isr || sameIds(this.#isr, this.#partition.isr)) return;
    // With ELR the ISR may become empty; without it the last member stays.
    if (this.#isr.length > 0 || this.#context.isElrEnabled) this.#change.isr = this.#isr;
  }

  /** lastKnownElr holds the last leader while there is none (KIP-966, balanced recovery). */
  #updateLastKnownLeader(): void {
    if (!this.#context.isElrEnabled) return;
    const { lastKnownElr, leader } = this.#partition;
    const newLeader = this.#change.leader ?? NO_LEADER_CHANGE;
    const isAlreadyKnown = lastKnownElr.length === 1 && lastKnownElr[0] === leader;
    if (this.#change.isr?.length === 0 && !isAlreadyKnown && leader !== NO_LEADER) {
      this.#change.lastKnownElr = [leader];
    } else if (
      (newLeader >= 0 || (leader !== NO_LEADER && newLeader !== NO_LEADER)) &&
      lastKnownElr.length > 0
    ) {
      this.#change.lastKnownElr = [];
    }
  }

  #updateAssignment(): void {
    if (isDirectoryAssignmentSupported(this.#context.metadataVersion)) {
      const directories = this.#replicas.map((id) => this.#directoryOf(id));
      if (!sameIds(directories, this.#partition.directories))
        this.#change.directories = directories;
    }
    if (!sameIds(this.#replicas, this.#partition.replicas)) this.#change.replicas = this.#replicas;
    if (!sameIds(this.#removing, this.#partition.removingReplicas)) {
      this.#change.removingReplicas = this.#removing;
    }
    if (!sameIds(this.#adding, this.#partition.addingReplicas)) {
      this.#change.addingReplicas = this.#adding;
    }
  }

  #directoryOf(id: number): string {
    const given = this.#target.directories?.get(id);
    if (given !== undefined) return given;
    const index = this.#partition.replicas.indexOf(id);
    return this.#partition.directories[index] ?? this.#context.defaultDirectory(id);
  }
}

function sameIds<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
