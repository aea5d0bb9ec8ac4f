// Steps of members of the consumer protocol (KIP-848): joining, owning what they are given or something else, with right
// and wrong epochs, ids, instances, subscriptions, regular expressions and assignors. Part of a play of group requests.

import { CONSUMER_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../../src/protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type {
  Assignment,
  ConsumerGroupHeartbeatResponse,
} from '../../../src/protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { Committer, PlayTopic } from './admin-steps.ts';
import type { Player } from './player.ts';

const FENCED_MEMBER_EPOCH = 110;
const UNKNOWN_MEMBER_ID = 25;
/** Those that hold are looked up at once by one broker, later by another: they have a test of their own. */
const REGULAR_EXPRESSIONS = ['', '(', 'P-(?=a)', 'x{1001}', '[z-a]', 'a**', '(?P<n>'];

type Owned = Assignment['topicPartitions'];

interface ConsumerSlot {
  memberId: string;
  epoch: number;
  readonly instanceId: string | null;
  owned: Owned;
  given: Owned;
}

export class ConsumerSteps {
  readonly #player: Player;
  readonly #topics: readonly PlayTopic[];
  readonly #slots = new Map<string, ConsumerSlot[]>();

  constructor(player: Player, topics: readonly PlayTopic[]) {
    this.#player = player;
    this.#topics = topics;
  }

  async step(group: string): Promise<void> {
    const slot = this.#player.pick(this.#slotsOf(group));
    const drawn = this.#player.int(100);
    if (slot.epoch <= 0 || drawn < 6) await this.#join(group, slot);
    else if (drawn < 60) await this.#beat(group, slot);
    else if (drawn < 75) await this.#resubscribe(group, slot);
    else if (drawn < 88) await this.#leave(group, slot);
    else await this.#odd(group, slot);
  }

  someone(group: string): Committer {
    const { memberId, epoch, instanceId } = this.#player.pick(this.#slotsOf(group));
    return { memberId, generation: epoch, instanceId };
  }

  #slotsOf(group: string): ConsumerSlot[] {
    let slots = this.#slots.get(group);
    if (slots === undefined) {
      slots = [null, null, 'i0', 'i1'].map((instanceId) => ({
        ...{ memberId: this.#player.uuid(), epoch: 0, instanceId, owned: [], given: [] },
      }));
      this.#slots.set(group, slots);
    }
    return slots;
  }

  async #join(group: string, slot: ConsumerSlot): Promise<void> {
    const player = this.#player;
    if (player.chance(0.3)) slot.memberId = player.uuid();
    const version = player.chance(0.2) ? 0 : 1;
    slot.owned = [];
    await this.#send(group, slot, version, {
      memberId: version === 0 ? '' : slot.memberId,
      memberEpoch: 0,
      rebalanceTimeoutMs: player.chance(0.95) ? 600_000 : player.pick([-1, 0]),
      topicPartitions: player.chance(0.97) ? [] : null,
      ...this.#subscription(version),
      ...this.#rackAndAssignor(),
    });
  }

  async #beat(group: string, slot: ConsumerSlot): Promise<void> {
    const player = this.#player;
    const drawn = player.int(10);
    // Mostly it owns what it was given.
    if (drawn < 7) slot.owned = slot.given;
    const topicPartitions = drawn < 8 ? slot.owned : null;
    await this.#send(group, slot, 1, { topicPartitions });
  }

  async #resubscribe(group: string, slot: ConsumerSlot): Promise<void> {
    await this.#send(group, slot, 1, { ...this.#subscription(1), ...this.#rackAndAssignor() });
  }

  async #leave(group: string, slot: ConsumerSlot): Promise<void> {
    const player = this.#player;
    const memberEpoch =
      slot.instanceId !== null && player.chance(0.5) ? -2 : player.chance(0.95) ? -1 : -2;
    await this.#send(group, slot, 1, { memberEpoch });
  }

  async #odd(group: string, slot: ConsumerSlot): Promise<void> {
    const player = this.#player;
    const [topic] = this.#topics;
    const oddities: Partial<ConsumerGroupHeartbeatRequest>[] = [
      { memberEpoch: slot.epoch - 1 },
      { memberEpoch: slot.epoch - 1, topicPartitions: slot.owned },
      { memberEpoch: slot.epoch + 1 },
      { memberEpoch: -3 },
      { memberId: 'nobody' },
      { memberId: '' },
      { memberId: player.pick(this.#slotsOf(group)).memberId },
      { groupId: '' },
      { groupId: ' ' },
      { groupId: `${player.prefix}-none` },
      { instanceId: '' },
      { instanceId: 'i9' },
      { instanceId: 'i0' },
      { rackId: '' },
      { rackId: 'r2' },
      { serverAssignor: 'odd' },
      { serverAssignor: '' },
      { rebalanceTimeoutMs: 100_000 },
      { topicPartitions: [{ topicId: topic!.id, partitions: [0, 1, 5] }] },
      { topicPartitions: [{ topicId: 'zzzzzzzzzzzzzzzzzzzzzg', partitions: [0] }] },
      { topicPartitions: [], subscribedTopicNames: [] },
      { subscribedTopicNames: ['play-nowhere', topic!.name] },
    ];
    await this.#send(group, slot, player.chance(0.9) ? 1 : 0, player.pick(oddities));
  }

  #subscription(version: number): Partial<ConsumerGroupHeartbeatRequest> {
    const player = this.#player;
    // Which partitions of several topics go together depends on the topics' ids.
    const [a, b] = this.#topics.map(({ name }) => name);
    const names = player.chance(0.85) ? [a!] : player.pick([[], [b!], [a!, b!]]);
    const drawn = player.int(20);
    if (version === 0 || drawn < 12) return { subscribedTopicNames: names };
    const expression = player.pick(REGULAR_EXPRESSIONS);
    if (drawn < 17)
      return { subscribedTopicRegex: expression, subscribedTopicNames: player.pick([null, []]) };
    if (drawn < 19) return { subscribedTopicRegex: expression, subscribedTopicNames: names };
    return { subscribedTopicNames: null };
  }

  #rackAndAssignor(): Partial<ConsumerGroupHeartbeatRequest> {
    const player = this.#player;
    return {
      ...(player.chance(0.2) ? { serverAssignor: player.pick(['range', 'uniform']) } : {}),
      ...(player.chance(0.2) ? { rackId: player.pick(['r1', 'r2']) } : {}),
    };
  }

  async #send(
    group: string,
    slot: ConsumerSlot,
    version: number,
    fields: Partial<ConsumerGroupHeartbeatRequest>,
  ): Promise<void> {
    const request = {
      ...{
        groupId: group,
        memberId: slot.memberId,
        memberEpoch: slot.epoch,
        instanceId: slot.instanceId,
      },
      ...{ subscribedTopicNames: null, topicPartitions: null, rebalanceTimeoutMs: -1 },
      ...fields,
    };
    const answer = await this.#player.ask(CONSUMER_GROUP_HEARTBEAT, version, request);
    if (answer !== undefined && (request.groupId === group || answer.errorCode !== 0))
      this.#answered(slot, answer);
  }

  #answered(slot: ConsumerSlot, answer: ConsumerGroupHeartbeatResponse): void {
    const { errorCode } = answer;
    if (errorCode === FENCED_MEMBER_EPOCH || errorCode === UNKNOWN_MEMBER_ID) {
      Object.assign(slot, { epoch: 0, owned: [], given: [] });
    }
    if (errorCode !== 0) return;
    if (answer.memberId !== null) slot.memberId = answer.memberId;
    slot.epoch = answer.memberEpoch;
    if (answer.assignment !== null) {
      slot.given = this.#player.inOrder(answer.assignment.topicPartitions);
    }
  }
}
