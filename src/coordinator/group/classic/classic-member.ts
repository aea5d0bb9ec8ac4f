// A member of a classic group: what it told in JoinGroup, what it was assigned, and the answers it waits for.
// Kafka: ClassicGroupMember. It takes no decisions.

import { assert } from '../../../common/assert.ts';
import type { JoinGroupResponse } from '../../../protocol/generated/apis/join-group-response.ts';
import type { SyncGroupResponse } from '../../../protocol/generated/apis/sync-group-response.ts';
import type { Draft } from '../../../protocol/message.ts';

export const EMPTY_ASSIGNMENT: Buffer = Buffer.alloc(0);

export interface ClassicProtocol {
  readonly name: string;
  /** The member's subscription, opaque to the coordinator unless the protocol type is `consumer`. */
  readonly metadata: Buffer;
}

export type JoinResponder = (response: Draft<JoinGroupResponse>) => void;
export type SyncResponder = (response: Draft<SyncGroupResponse>) => void;

export interface ClassicMemberFields {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly ClassicProtocol[];
  readonly assignment?: Buffer;
}

export class ClassicMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly protocolType: string;
  rebalanceTimeoutMs: number;
  sessionTimeoutMs: number;
  /** In order of preference. */
  protocols: readonly ClassicProtocol[];
  assignment: Buffer;
  /** Between its first JoinGroup and the answer to it. */
  isNew = false;
  awaitingJoin: JoinResponder | undefined;
  awaitingSync: SyncResponder | undefined;

  constructor(fields: ClassicMemberFields) {
    this.memberId = fields.memberId;
    this.groupInstanceId = fields.groupInstanceId;
    this.clientId = fields.clientId;
    this.clientHost = fields.clientHost;
    this.protocolType = fields.protocolType;
    this.rebalanceTimeoutMs = fields.rebalanceTimeoutMs;
    this.sessionTimeoutMs = fields.sessionTimeoutMs;
    this.protocols = fields.protocols;
    this.assignment = fields.assignment ?? EMPTY_ASSIGNMENT;
  }

  get isStatic(): boolean {
    return this.groupInstanceId !== null;
  }

  get isAwaitingJoin(): boolean {
    return this.awaitingJoin !== undefined;
  }

  get isAwaitingSync(): boolean {
    return this.awaitingSync !== undefined;
  }

  /** A member that waits for the coordinator is alive without heartbeats, unless its first join takes too long. */
  get hasSatisfiedHeartbeat(): boolean {
    if (this.isNew) return false;
    return this.isAwaitingJoin || this.isAwaitingSync;
  }

  metadata(protocolName: string): Buffer {
    const protocol = this.protocols.find(({ name }) => name === protocolName);
    assert(protocol !== undefined, `member ${this.memberId} doesn't support ${protocolName}`);
    return protocol.metadata;
  }

  /** The same protocols in the same order with the same metadata: nothing to rebalance for. */
  matches(protocols: readonly ClassicProtocol[]): boolean {
    if (protocols.length !== this.protocols.length) return false;
    return protocols.every(({ name, metadata }, i) => {
      const own = this.protocols[i]!;
      return own.name === name && own.metadata.equals(metadata);
    });
  }

  /** The first of its protocols that is a candidate. */
  vote(candidates: ReadonlySet<string>): string {
    const choice = this.protocols.find(({ name }) => candidates.has(name));
    assert(choice !== undefined, `member ${this.memberId} supports none of the candidates`);
    return choice.name;
  }
}
