// Steps of classic members: joining, syncing, beating and leaving, as themselves, as somebody else, with wrong generations,
// protocols, instance ids and times. Part of a play of group requests (play.ts).

import { HEARTBEAT } from '../../../src/protocol/generated/apis/heartbeat.ts';
import { JOIN_GROUP } from '../../../src/protocol/generated/apis/join-group.ts';
import type { JoinGroupResponse } from '../../../src/protocol/generated/apis/join-group-response.ts';
import { LEAVE_GROUP } from '../../../src/protocol/generated/apis/leave-group.ts';
import { SYNC_GROUP } from '../../../src/protocol/generated/apis/sync-group.ts';
import { consumerProtocolAssignment } from '../../../src/protocol/generated/data/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../../src/protocol/generated/data/consumer-protocol-subscription.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import type { Player } from './player.ts';

const LONG_MS = 1_800_000;
const UNKNOWN_MEMBER_ID = 25;
const MEMBER_ID_REQUIRED = 79;
const FENCED_INSTANCE_ID = 82;
const GROUP_FULL = 81;

interface ClassicSlot {
  readonly clientId: string;
  readonly instanceId: string | null;
  memberId: string;
  generation: number;
  protocolName: string | null;
  isLeader: boolean;
  members: readonly string[];
}

export class ClassicSteps {
  readonly #player: Player;
  readonly #topics: readonly string[];
  readonly #slots = new Map<string, ClassicSlot[]>();

  constructor(player: Player, topics: readonly string[]) {
    this.#player = player;
    this.#topics = topics;
  }

  async step(group: string): Promise<void> {
    const slot = this.#player.pick(this.#slotsOf(group));
    const drawn = this.#player.int(100);
    if (drawn < 10) await this.#everybodyJoins(group);
    else if (drawn < 45) await this.#join(group, slot);
    else if (drawn < 75) await this.#sync(group, slot);
    else if (drawn < 90) await this.#heartbeat(group, slot);
    else await this.#leave(group, slot);
  }

  /** Who commits: a member's id and generation. */
  someone(group: string): { memberId: string; generation: number; instanceId: string | null } {
    return this.#player.pick(this.#slotsOf(group));
  }

  #slotsOf(group: string): ClassicSlot[] {
    let slots = this.#slots.get(group);
    if (slots === undefined) {
      slots = [null, null, 'i0', 'i1'].map((instanceId, n) => ({
        ...{ clientId: `c${n}`, instanceId, memberId: '', generation: -1 },
        ...{ protocolName: null, isLeader: false, members: [] },
      }));
      this.#slots.set(group, slots);
    }
    return slots;
  }

  // A rebalance comes to its end when all members that are known have joined.
  async #everybodyJoins(group: string): Promise<void> {
    const slots = this.#slotsOf(group).filter(({ memberId }) => memberId !== '');
    for (const slot of slots)
      await this.#joinAs(group, slot, this.#player.version(JOIN_GROUP, 5), 'range');
    const leader = slots.find(({ isLeader }) => isLeader);
    if (leader !== undefined) await this.#sync(group, leader);
  }

  async #join(group: string, slot: ClassicSlot): Promise<void> {
    const version = this.#player.version(JOIN_GROUP, slot.instanceId === null ? 0 : 5);
    await this.#joinAs(
      group,
      slot,
      version,
      this.#player.pick(['range', 'both', 'range', 'cooperative', 'odd']),
    );
  }

  async #joinAs(group: string, slot: ClassicSlot, version: number, choice: string): Promise<void> {
    const player = this.#player;
    const isOdd = choice === 'odd';
    const memberId = this.#memberIdOf(group, slot);
    const request = {
      groupId: group,
      sessionTimeoutMs: isOdd && player.chance(0.2) ? player.pick([0, 99, 1_800_001, -1]) : LONG_MS,
      rebalanceTimeoutMs: LONG_MS,
      memberId,
      groupInstanceId: version >= 5 ? slot.instanceId : null,
      protocolType: isOdd ? player.pick(['consumer', 'connect', '']) : 'consumer',
      protocols: this.#protocols(choice),
      ...(version >= 8 && player.chance(0.3)
        ? { reason: player.pick(['', 'why not', 'x'.repeat(300)]) }
        : {}),
    };
    const later = (answer: JoinGroupResponse) => this.#joined(slot, answer);
    await player.ask(JOIN_GROUP, version, request, {
      ...{ clientId: slot.clientId, mayWait: true, later },
      ...(memberId === '' ? {} : { key: `join ${group} ${memberId}` }),
    });
  }

  #joined(slot: ClassicSlot, answer: JoinGroupResponse): void {
    const { errorCode } = answer;
    if (errorCode === MEMBER_ID_REQUIRED) slot.memberId = answer.memberId;
    if ([UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, GROUP_FULL].includes(errorCode)) slot.memberId = '';
    if (errorCode !== 0) return;
    slot.memberId = answer.memberId;
    slot.generation = answer.generationId;
    slot.protocolName = answer.protocolName;
    slot.isLeader = answer.leader === answer.memberId;
    slot.members = this.#player.inOrder(answer.members.map(({ memberId }) => memberId));
  }

  /** Mostly the right one. */
  #memberIdOf(group: string, slot: ClassicSlot): string {
    const player = this.#player;
    if (player.chance(0.85)) return slot.memberId;
    return player.pick(['', 'nobody', player.pick(this.#slotsOf(group)).memberId]);
  }

  #generationOf(slot: ClassicSlot): number {
    const player = this.#player;
    return player.chance(0.88) ? slot.generation : slot.generation + player.pick([-1, 1, 5]);
  }

  #protocols(choice: string): { name: string; metadata: Buffer }[] {
    const player = this.#player;
    const range = { name: 'range', metadata: this.#subscription() };
    const roundrobin = { name: 'roundrobin', metadata: this.#subscription() };
    const cooperative = { name: 'cooperative-sticky', metadata: this.#subscription() };
    if (choice === 'range') return [range];
    if (choice === 'both') return player.chance(0.5) ? [range, roundrobin] : [roundrobin, range];
    if (choice === 'cooperative') return [cooperative, range];
    return player.pick([
      [],
      [range, range],
      [{ name: '', metadata: range.metadata }],
      [cooperative],
    ]);
  }

  /** Of any version; sometimes no subscription at all. */
  #subscription(): Buffer {
    const player = this.#player;
    if (player.chance(0.03)) return player.pick([Buffer.alloc(0), Buffer.from([0])]);
    const version = player.int(4);
    const writer = new Writer();
    writer.writeInt16(version);
    const topics = this.#topics.filter(() => player.chance(0.6));
    const rackId = version >= 3 && player.chance(0.3) ? { rackId: 'r' } : {};
    consumerProtocolSubscription.write(writer, { topics, ...rackId }, version);
    return writer.finishBuffer();
  }

  async #sync(group: string, slot: ClassicSlot): Promise<void> {
    const player = this.#player;
    const version = player.version(SYNC_GROUP, slot.instanceId === null ? 0 : 3);
    const isOdd = player.chance(0.1);
    const names =
      version < 5
        ? {}
        : {
            protocolType: isOdd ? player.pick(['connect', '', null]) : 'consumer',
            protocolName: isOdd ? player.pick(['odd', null]) : slot.protocolName,
          };
    const brings = slot.isLeader ? player.chance(0.95) : player.chance(0.05);
    const memberId = this.#memberIdOf(group, slot);
    const request = {
      ...{ groupId: group, generationId: this.#generationOf(slot), memberId },
      groupInstanceId: version >= 3 ? slot.instanceId : null,
      ...names,
      assignments: brings ? this.#assignments(slot) : [],
    };
    await player.ask(SYNC_GROUP, version, request, {
      mayWait: true,
      key: `sync ${group} ${memberId}`,
    });
  }

  #assignments(slot: ClassicSlot): { memberId: string; assignment: Buffer }[] {
    const player = this.#player;
    const told = player.chance(0.9) ? slot.members : [...slot.members.slice(1), 'nobody'];
    return told.map((memberId, n) => {
      const writer = new Writer();
      writer.writeInt16(0);
      const assignedPartitions = [
        { topic: this.#topics[n % this.#topics.length]!, partitions: [0] },
      ];
      consumerProtocolAssignment.write(writer, { assignedPartitions }, 0);
      return { memberId, assignment: player.chance(0.9) ? writer.finishBuffer() : Buffer.alloc(0) };
    });
  }

  async #heartbeat(group: string, slot: ClassicSlot): Promise<void> {
    const version = this.#player.version(HEARTBEAT, slot.instanceId === null ? 0 : 3);
    const request = {
      groupId: group,
      generationId: this.#generationOf(slot),
      memberId: this.#memberIdOf(group, slot),
      groupInstanceId: version >= 3 ? slot.instanceId : null,
    };
    await this.#player.ask(HEARTBEAT, version, request);
  }

  async #leave(group: string, slot: ClassicSlot): Promise<void> {
    const player = this.#player;
    const version = player.version(LEAVE_GROUP);
    const memberId = this.#memberIdOf(group, slot);
    if (version < 3) {
      await player.ask(LEAVE_GROUP, version, { groupId: group, memberId });
      return;
    }
    const isByInstance = slot.instanceId !== null && player.chance(0.5);
    const identity = isByInstance
      ? { memberId: player.chance(0.7) ? '' : memberId, groupInstanceId: slot.instanceId }
      : { memberId, groupInstanceId: null };
    const members = [identity];
    if (player.chance(0.2)) {
      members.push({
        memberId: this.#memberIdOf(group, player.pick(this.#slotsOf(group))),
        groupInstanceId: null,
      });
    }
    if (player.chance(0.05)) members.push({ memberId: '', groupInstanceId: 'i9' });
    const reason = version >= 5 && player.chance(0.3) ? { reason: 'enough' } : {};
    const request = { groupId: group, members: members.map((one) => ({ ...one, ...reason })) };
    await player.ask(LEAVE_GROUP, version, request, { isOrdered: true });
  }
}
