// What the consumer asks of its membership in a group, whichever protocol it speaks.

import type { TopicPartition } from '../../types.ts';
import type { CommitIdentity } from './offset-store.ts';

export interface Membership {
  readonly identity: CommitIdentity;
  /** Whether the group knows us, as far as we know. */
  readonly isMember: boolean;
  /** Whether the reader may go on with what it has. */
  readonly isStable: boolean;
  /** One step, called by poll: takes in what is new, sends what is due. Throws what the group refused us with. */
  poll(): Promise<void>;
  /** Milliseconds until poll has something to do by time alone. */
  nextStepMs(): number;
  metadataChanged(countOf: (topic: string) => number | undefined): void;
  /** A commit said that we aren't who we think. */
  membershipError(code: number): void;
  /** Leaves unless static; never rejects. Idempotent. */
  close(reason: string, timeoutMs: number): Promise<void>;
}

/** What the consumer does when its assignment changes; called within poll only. */
export interface AssignmentHooks {
  /** Before partitions are given up: commit what was read. */
  readonly beforeRebalance: () => Promise<void>;
  readonly onRevoked: (partitions: readonly TopicPartition[]) => Promise<void>;
  readonly onLost: (partitions: readonly TopicPartition[]) => Promise<void>;
  /** `added` is what is new; `all` is the whole assignment. */
  readonly onAssigned: (
    added: readonly TopicPartition[],
    all: readonly TopicPartition[],
  ) => Promise<void>;
}
