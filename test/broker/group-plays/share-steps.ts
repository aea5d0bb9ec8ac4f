// Steps of members of share groups (KIP-932): joining, fetching in sessions, acknowledging what they hold or don't, and
// whoever looks at and sets a group's offsets. Part of a play of group requests.

import { ALTER_SHARE_GROUP_OFFSETS } from '../../../src/protocol/generated/apis/alter-share-group-offsets.ts';
import { DELETE_SHARE_GROUP_OFFSETS } from '../../../src/protocol/generated/apis/delete-share-group-offsets.ts';
import { DESCRIBE_SHARE_GROUP_OFFSETS } from '../../../src/protocol/generated/apis/describe-share-group-offsets.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../../src/protocol/generated/apis/incremental-alter-configs.ts';
import { PRODUCE } from '../../../src/protocol/generated/apis/produce.ts';
import { SHARE_ACKNOWLEDGE } from '../../../src/protocol/generated/apis/share-acknowledge.ts';
import { SHARE_FETCH } from '../../../src/protocol/generated/apis/share-fetch.ts';
import type { ShareFetchResponse } from '../../../src/protocol/generated/apis/share-fetch-response.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/share-group-heartbeat.ts';
import type { ShareGroupHeartbeatRequest } from '../../../src/protocol/generated/apis/share-group-heartbeat-request.ts';
import type { ShareGroupHeartbeatResponse } from '../../../src/protocol/generated/apis/share-group-heartbeat-response.ts';
import { batch } from '../support/running-broker.ts';
import type { Committer, PlayTopic } from './admin-steps.ts';
import type { Player } from './player.ts';

const FENCED_MEMBER_EPOCH = 110;
const UNKNOWN_MEMBER_ID = 25;
const GROUP_RESOURCE = 32;
const UNKNOWN_ID = 'zzzzzzzzzzzzzzzzzzzzzg';
const PARTITIONS = 3;

interface Held {
  readonly topicId: string;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

interface ShareSlot {
  memberId: string;
  epoch: number;
  sessionEpoch: number;
  held: Held[];
}

export class ShareSteps {
  readonly #player: Player;
  readonly #topics: readonly PlayTopic[];
  readonly #slots = new Map<string, ShareSlot[]>();

  constructor(player: Player, topics: readonly PlayTopic[]) {
    this.#player = player;
    this.#topics = topics;
  }

  async prepare(groups: readonly string[]): Promise<void> {
    const configs = [{ name: 'share.auto.offset.reset', configOperation: 0, value: 'earliest' }];
    const resources = groups.map((resourceName) => ({
      resourceType: GROUP_RESOURCE,
      resourceName,
      configs,
    }));
    await this.#player.must(INCREMENTAL_ALTER_CONFIGS, 1, { resources });
    for (const groupId of groups) await this.#warmUp(groupId);
  }

  /** Somebody has read before: where partitions stand is loaded beside the first fetch. */
  async #warmUp(groupId: string): Promise<void> {
    const player = this.#player;
    const who = { groupId, memberId: player.base64Uuid() };
    const subscribedTopicNames = this.#topics.slice(0, 2).map(({ name }) => name);
    const joining = { ...who, memberEpoch: 0, subscribedTopicNames };
    const { memberEpoch } = await player.must(SHARE_GROUP_HEARTBEAT, 1, joining);
    await player.untilOk(async () => {
      const groups = [{ groupId, topics: null }];
      const described = await player.must(DESCRIBE_SHARE_GROUP_OFFSETS, 0, { groups });
      return [described.groups[0]!.topics.length - subscribedTopicNames.length];
    });
    const unchanged = { memberEpoch, subscribedTopicNames: null };
    await player.must(SHARE_GROUP_HEARTBEAT, 1, { ...who, ...unchanged });
    const topics = this.#topics.slice(0, 2).map(({ id }) => wholeTopic(id));
    const limits = { maxWaitMs: 300, minBytes: 1, maxBytes: 1 << 20, maxRecords: 1, batchSize: 1 };
    await player.must(SHARE_FETCH, 2, { ...who, shareSessionEpoch: 0, ...limits, topics });
    await player.must(SHARE_GROUP_HEARTBEAT, 1, {
      ...who,
      memberEpoch: -1,
      subscribedTopicNames: null,
    });
  }

  async step(group: string): Promise<void> {
    const player = this.#player;
    const slot = player.pick(this.#slotsOf(group));
    const drawn = player.int(100);
    if (drawn < 12) await this.#produce();
    else if (slot.epoch <= 0 || drawn < 17) await this.#join(group, slot);
    else if (drawn < 50) await this.#fetch(group, slot);
    else if (drawn < 72) await this.#acknowledge(group, slot);
    else if (drawn < 80) await this.#beat(group, slot, {});
    else if (drawn < 85) await this.#beat(group, slot, { memberEpoch: -1 });
    else if (drawn < 91) await this.#odd(group, slot);
    else await this.#offsets(group);
  }

  someone(group: string): Committer {
    const { memberId, epoch } = this.#player.pick(this.#slotsOf(group));
    return { memberId, generation: epoch, instanceId: null };
  }

  #slotsOf(group: string): ShareSlot[] {
    let slots = this.#slots.get(group);
    if (slots === undefined) {
      slots = [0, 1].map(() => ({
        memberId: this.#player.base64Uuid(),
        epoch: 0,
        sessionEpoch: 0,
        held: [],
      }));
      this.#slots.set(group, slots);
    }
    return slots;
  }

  async #produce(): Promise<void> {
    const player = this.#player;
    const records = batch(Array.from({ length: 1 + player.int(5) }, (_, n) => `record ${n}`));
    const topic = player.pick(this.#topics.slice(0, 2)).name;
    const topicData = [
      { name: topic, partitionData: [{ index: player.int(PARTITIONS), records }] },
    ];
    await player.ask(PRODUCE, 12, { acks: -1, timeoutMs: 1000, topicData });
  }

  // Membership

  async #join(group: string, slot: ShareSlot): Promise<void> {
    const names = this.#topics.slice(0, 2).map(({ name }) => name);
    const subscribedTopicNames = this.#player.chance(0.8)
      ? names
      : this.#player.pick([[], null, names.slice(1), ['play-nowhere']]);
    await this.#beat(group, slot, { memberEpoch: 0, subscribedTopicNames });
  }

  async #odd(group: string, slot: ShareSlot): Promise<void> {
    const oddities: Partial<ShareGroupHeartbeatRequest>[] = [
      { memberEpoch: slot.epoch - 1 },
      { memberEpoch: slot.epoch + 1 },
      { memberEpoch: -2 },
      { memberId: '' },
      { memberId: 'nobody' },
      { memberId: 'x'.repeat(37) },
      { groupId: '' },
      { groupId: `${this.#player.prefix}-none` },
      { rackId: '' },
      { rackId: 'r' },
      { subscribedTopicNames: [] },
      { subscribedTopicNames: [this.#topics[0]!.name] },
    ];
    await this.#beat(group, slot, this.#player.pick(oddities));
  }

  async #beat(
    group: string,
    slot: ShareSlot,
    fields: Partial<ShareGroupHeartbeatRequest>,
  ): Promise<void> {
    const request = {
      ...{ groupId: group, memberId: slot.memberId, memberEpoch: slot.epoch },
      ...{ rackId: null, subscribedTopicNames: null },
      ...fields,
    };
    // The state of new partitions is made beside the group's other business: some brokers wait for it.
    const isJoining = request.memberEpoch === 0;
    const noted = ({ assignment, ...rest }: ShareGroupHeartbeatResponse) =>
      isJoining ? { errorCode: rest.errorCode } : { ...rest, isAssigned: assignment !== null };
    const answer = await this.#player.ask(SHARE_GROUP_HEARTBEAT, 1, request, { noted });
    await this.#player.sleep(this.#player.pauseMs);
    if (answer === undefined || request.groupId !== group || request.memberId !== slot.memberId)
      return;
    const { errorCode } = answer;
    if (errorCode === FENCED_MEMBER_EPOCH || errorCode === UNKNOWN_MEMBER_ID) slot.epoch = 0;
    if (errorCode === 0) slot.epoch = answer.memberEpoch;
    if (errorCode !== 0 || !isJoining) return;
    // By the second beat at the latest it is told what it may read.
    const { memberId, memberEpoch } = { ...request, memberEpoch: slot.epoch };
    const second = { groupId: group, memberId, memberEpoch, subscribedTopicNames: null };
    slot.epoch = (await this.#player.must(SHARE_GROUP_HEARTBEAT, 1, second)).memberEpoch;
  }

  // Records

  async #fetch(group: string, slot: ShareSlot): Promise<void> {
    const player = this.#player;
    const isOdd = player.chance(0.1);
    const sessionEpoch = isOdd
      ? player.pick([0, -1, slot.sessionEpoch + 1, 77])
      : slot.sessionEpoch;
    const version = player.version(SHARE_FETCH);
    const isFinal = sessionEpoch === -1;
    const topics = isFinal ? [] : this.#fetched(sessionEpoch);
    const acknowledging = sessionEpoch > 0 && player.chance(0.5) ? this.#takeHeld(slot) : [];
    const oddAcks = sessionEpoch <= 0 && player.chance(0.1) ? this.#takeHeld(slot) : [];
    const isRenewal = version >= 2 && player.chance(0.05);
    const request = {
      ...{
        groupId: group,
        memberId: player.chance(0.97) ? slot.memberId : player.pick(['', null, 'nobody']),
      },
      ...{ shareSessionEpoch: sessionEpoch, maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 20 },
      maxRecords: player.chance(0.9) ? 100 : player.pick([0, 1, 2]),
      batchSize: player.chance(0.9) ? 100 : player.pick([1, 2]),
      ...(version >= 2
        ? { shareAcquireMode: player.pick([0, 0, 0, 1]), isRenewAck: isRenewal }
        : {}),
      topics: withAcknowledgements(topics, [...acknowledging, ...oddAcks]),
      forgottenTopicsData:
        !isOdd && sessionEpoch > 0 && player.chance(0.1)
          ? [{ topicId: this.#topics[0]!.id, partitions: [0] }]
          : [],
    };
    if (isRenewal && player.chance(0.5)) Object.assign(request, { maxBytes: 0, maxRecords: 0 });
    const answer = await player.ask(SHARE_FETCH, version, request, { isOrdered: false });
    if (answer === undefined || request.memberId !== slot.memberId) return;
    this.#sessionMoves(slot, sessionEpoch, answer.errorCode);
    if (answer.errorCode === 0) this.#holds(slot, answer);
  }

  #fetched(sessionEpoch: number): { topicId: string; partitions: { partitionIndex: number }[] }[] {
    const player = this.#player;
    const [a, b] = this.#topics;
    if (sessionEpoch > 0) return player.chance(0.7) ? [] : [wholeTopic(b!.id)];
    return player.pick([[wholeTopic(a!.id), wholeTopic(b!.id)], [wholeTopic(a!.id)], []]);
  }

  #sessionMoves(slot: ShareSlot, sessionEpoch: number, errorCode: number): void {
    if (errorCode !== 0) slot.sessionEpoch = this.#player.chance(0.5) ? 0 : slot.sessionEpoch;
    else if (sessionEpoch === -1) Object.assign(slot, { sessionEpoch: 0, held: [] });
    else slot.sessionEpoch = sessionEpoch + 1;
  }

  #holds(slot: ShareSlot, { responses }: ShareFetchResponse): void {
    for (const { topicId, partitions } of responses) {
      for (const { partitionIndex: partition, acquiredRecords } of partitions) {
        for (const { firstOffset: first, lastOffset: last } of acquiredRecords) {
          slot.held.push({ topicId, partition, first, last });
        }
      }
    }
    slot.held = this.#player.inOrder(slot.held);
  }

  #takeHeld(slot: ShareSlot): Acknowledged[] {
    const player = this.#player;
    const taken = slot.held.filter(() => player.chance(0.6));
    slot.held = slot.held.filter((one) => !taken.includes(one) || player.chance(0.05));
    return taken.map(({ topicId, partition, first, last }) => {
      const count = last - first + 1;
      const isEach = player.chance(0.3);
      const types = () =>
        player.chance(0.95) ? player.pick([1, 1, 2, 3]) : player.pick([0, 4, 5, -1]);
      const wrong = player.chance(0.06) ? player.pick([-1, 1, 1000]) : 0;
      const isPart = count > 1 && player.chance(0.2);
      return {
        ...{ topicId, partition },
        batch: {
          firstOffset: first + (isPart ? 1 : 0),
          lastOffset: last + wrong,
          acknowledgeTypes: isEach
            ? Array.from({ length: count - (isPart ? 1 : 0) }, types)
            : [types()],
        },
      };
    });
  }

  async #acknowledge(group: string, slot: ShareSlot): Promise<void> {
    const player = this.#player;
    const sessionEpoch = player.chance(0.9) ? slot.sessionEpoch : player.pick([0, -1, 77]);
    const version = player.version(SHARE_ACKNOWLEDGE);
    const taken = this.#takeHeld(slot);
    if (player.chance(0.05)) {
      const some = { firstOffset: 0, lastOffset: 0, acknowledgeTypes: [1] };
      taken.push({
        topicId: player.pick([UNKNOWN_ID, this.#topics[2]!.id, this.#topics[0]!.id]),
        partition: player.pick([0, 9]),
        batch: some,
      });
    }
    const request = {
      ...{
        groupId: group,
        memberId: player.chance(0.97) ? slot.memberId : player.pick(['', null, 'nobody']),
      },
      shareSessionEpoch: sessionEpoch,
      ...(version >= 2 ? { isRenewAck: player.chance(0.1) } : {}),
      topics: withAcknowledgements([], taken),
    };
    const answer = await player.ask(SHARE_ACKNOWLEDGE, version, request);
    if (answer !== undefined && request.memberId === slot.memberId) {
      this.#sessionMoves(slot, sessionEpoch, answer.errorCode);
    }
  }

  // Offsets

  async #offsets(group: string): Promise<void> {
    const player = this.#player;
    const [a, b] = this.#topics.map(({ name }) => name);
    const topicName = player.chance(0.9)
      ? player.pick([a!, b!])
      : player.pick(['play-nowhere', '']);
    // Apache Kafka's persister fails on a group without a name.
    const groupId = player.chance(0.93) ? group : `${player.prefix}-none`;
    const drawn = player.int(10);
    if (drawn < 6) {
      const topics = player.chance(0.4)
        ? null
        : [{ topicName, partitions: player.pick([[0], [0, 1, 2]]) }];
      const groups = [{ groupId, topics }];
      await player.ask(DESCRIBE_SHARE_GROUP_OFFSETS, player.version(DESCRIBE_SHARE_GROUP_OFFSETS), {
        groups,
      });
    } else if (drawn < 8) {
      const partitions = [
        {
          partitionIndex: player.pick([0, 1]),
          startOffset: player.pick([0, 1, 3, 100, -1, -2]),
        },
      ];
      await player.ask(ALTER_SHARE_GROUP_OFFSETS, 0, {
        groupId,
        topics: [{ topicName, partitions }],
      });
    } else {
      await player.ask(DELETE_SHARE_GROUP_OFFSETS, 0, {
        groupId,
        topics: player.chance(0.95) ? [{ topicName }] : [],
      });
    }
  }
}

function wholeTopic(topicId: string): Asked {
  return { topicId, partitions: [0, 1, 2].map((partitionIndex) => ({ partitionIndex })) };
}

interface Acknowledged {
  readonly topicId: string;
  readonly partition: number;
  readonly batch: { firstOffset: number; lastOffset: number; acknowledgeTypes: number[] };
}

type Asked = {
  topicId: string;
  partitions: { partitionIndex: number; acknowledgementBatches?: Acknowledged['batch'][] }[];
};

/** Batches of one partition go together, in the order of their offsets. */
function withAcknowledgements(
  topics: readonly Asked[],
  acknowledged: readonly Acknowledged[],
): Asked[] {
  const all: Asked[] = topics.map((topic) => ({ ...topic, partitions: [...topic.partitions] }));
  for (const { topicId, partition, batch: one } of acknowledged) {
    let topic = all.find((each) => each.topicId === topicId);
    if (topic === undefined) {
      topic = { topicId, partitions: [] };
      all.push(topic);
    }
    const at = topic.partitions.findIndex(({ partitionIndex }) => partitionIndex === partition);
    const known = topic.partitions[at]?.acknowledgementBatches ?? [];
    const batches = [...known, one].sort((x, y) => x.firstOffset - y.firstOffset);
    const updated = { partitionIndex: partition, acknowledgementBatches: batches };
    if (at < 0) topic.partitions.push(updated);
    else topic.partitions[at] = updated;
  }
  return all;
}
