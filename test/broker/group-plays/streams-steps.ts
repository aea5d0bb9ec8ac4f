// Steps of members of streams groups (KIP-1071): joining with topologies good and bad, owning tasks, leaving, with right
// and wrong epochs and fields. Part of a play of group requests.

import { STREAMS_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/streams-group-heartbeat.ts';
import type {
  StreamsGroupHeartbeatRequest,
  Topology,
} from '../../../src/protocol/generated/apis/streams-group-heartbeat-request.ts';
import type { StreamsGroupHeartbeatResponse } from '../../../src/protocol/generated/apis/streams-group-heartbeat-response.ts';
import {
  subtopology,
  topicInfo,
  topologyOf,
} from '../../coordinator/support/streams-topologies.ts';
import type { Committer, PlayTopic } from './admin-steps.ts';
import type { Player } from './player.ts';

const FENCED_MEMBER_EPOCH = 110;
const UNKNOWN_MEMBER_ID = 25;

type Tasks = NonNullable<StreamsGroupHeartbeatRequest['activeTasks']>;

interface StreamsSlot {
  memberId: string;
  readonly processId: string;
  epoch: number;
  endpointEpoch: number;
  active: Tasks;
  standby: Tasks;
}

export class StreamsSteps {
  readonly #player: Player;
  readonly #topics: readonly PlayTopic[];
  readonly #slots = new Map<string, StreamsSlot[]>();
  readonly #topologies: readonly Topology[];

  constructor(player: Player, topics: readonly PlayTopic[]) {
    this.#player = player;
    this.#topics = topics;
    this.#topologies = this.#someTopologies();
  }

  async step(group: string): Promise<void> {
    const slot = this.#player.pick(this.#slotsOf(group));
    const drawn = this.#player.int(100);
    if (slot.epoch <= 0 || drawn < 6) await this.#join(group, slot);
    else if (drawn < 70) await this.#beat(group, slot);
    else if (drawn < 85) await this.#send(group, slot, { memberEpoch: -1 });
    else await this.#odd(group, slot);
  }

  someone(group: string): Committer {
    const { memberId, epoch } = this.#player.pick(this.#slotsOf(group));
    return { memberId, generation: epoch, instanceId: null };
  }

  #slotsOf(group: string): StreamsSlot[] {
    let slots = this.#slots.get(group);
    if (slots === undefined) {
      // With more of them, which gets what is decided by hash codes.
      slots = ['p0', 'p1'].map((processId) => ({
        ...{
          memberId: this.#player.uuid(),
          processId,
          epoch: 0,
          endpointEpoch: 0,
          active: [],
          standby: [],
        },
      }));
      this.#slots.set(group, slots);
    }
    return slots;
  }

  #someTopologies(): Topology[] {
    const [a = '', b = '', c = ''] = this.#topics.map(({ name }) => name);
    const prefix = this.#player.prefix;
    const stateless = subtopology('0', { sourceTopics: [a] });
    const stateful = subtopology('1', {
      sourceTopics: [b],
      stateChangelogTopics: [{ ...topicInfo(`${prefix}-store-changelog`), replicationFactor: 1 }],
    });
    const sink = subtopology('0', { sourceTopics: [a], repartitionSinkTopics: [`${prefix}-r`] });
    const source = subtopology('1', {
      repartitionSourceTopics: [{ ...topicInfo(`${prefix}-r`), replicationFactor: 1 }],
    });
    const joined = subtopology('0', {
      sourceTopics: [b, c],
      copartitionGroups: [
        { sourceTopics: [0, 1], sourceTopicRegex: [], repartitionSourceTopics: [] },
      ],
    });
    return [
      topologyOf(stateless),
      topologyOf(stateless, stateful),
      topologyOf(sink, source),
      topologyOf(joined),
      topologyOf(subtopology('0', { sourceTopics: ['play-nowhere'] })),
      { ...topologyOf(stateless), epoch: 1 },
    ];
  }

  async #join(group: string, slot: StreamsSlot): Promise<void> {
    const player = this.#player;
    if (player.chance(0.3)) slot.memberId = player.uuid();
    const topology = player.chance(0.75) ? this.#topologies[1]! : player.pick(this.#topologies);
    await this.#send(group, slot, {
      memberEpoch: 0,
      rebalanceTimeoutMs: player.chance(0.95) ? 600_000 : -1,
      topology: player.chance(0.97) ? topology : null,
      ...{ activeTasks: [], standbyTasks: [], warmupTasks: [], processId: slot.processId },
      clientTags: player.chance(0.3) ? [{ key: 'zone', value: player.pick(['x', 'y']) }] : [],
      // Apache Kafka fails on an endpoint while source topics are missing.
      userEndpoint:
        player.chance(0.3) && topology !== this.#topologies[4] ? { host: 'here', port: 9 } : null,
    });
  }

  async #beat(group: string, slot: StreamsSlot): Promise<void> {
    const drawn = this.#player.int(10);
    const owns = { activeTasks: slot.active, standbyTasks: slot.standby, warmupTasks: [] };
    await this.#send(group, slot, drawn < 8 ? owns : {});
  }

  async #odd(group: string, slot: StreamsSlot): Promise<void> {
    const player = this.#player;
    const none = { activeTasks: [], standbyTasks: [], warmupTasks: [] };
    const task = { subtopologyId: '0', partitions: [0] };
    const oddities: Partial<StreamsGroupHeartbeatRequest>[] = [
      { memberEpoch: slot.epoch - 1 },
      { memberEpoch: slot.epoch - 1, ...none },
      { memberEpoch: slot.epoch + 1 },
      { memberEpoch: -2 },
      { memberEpoch: -3 },
      { memberId: '' },
      { memberId: 'nobody' },
      { groupId: '' },
      { groupId: `${player.prefix}-none` },
      { instanceId: 'i0' },
      { instanceId: '' },
      { rackId: '' },
      { rackId: 'r2' },
      { topology: this.#topologies[0]! },
      { activeTasks: [] },
      { ...none, warmupTasks: [task] },
      { ...none, activeTasks: [{ subtopologyId: 'odd', partitions: [0] }] },
      { ...none, activeTasks: [{ subtopologyId: '0', partitions: [77] }] },
      none,
      { taskOffsets: [] },
      { taskEndOffsets: [] },
      { shutdownApplication: true },
      { processId: 'p9' },
      { clientTags: [{ key: 'zone', value: 'z' }] },

      { rebalanceTimeoutMs: 100_000 },
      { endpointInformationEpoch: 99 },
    ];
    await this.#send(group, slot, player.pick(oddities));
  }

  async #send(
    group: string,
    slot: StreamsSlot,
    fields: Partial<StreamsGroupHeartbeatRequest>,
  ): Promise<void> {
    const request = {
      ...{ groupId: group, memberId: slot.memberId, memberEpoch: slot.epoch },
      ...{ endpointInformationEpoch: slot.endpointEpoch, rebalanceTimeoutMs: -1 },
      ...{ topology: null, activeTasks: null, standbyTasks: null, warmupTasks: null },
      ...{ taskOffsets: null, taskEndOffsets: null, instanceId: null, userEndpoint: null },
      ...{ clientTags: null, processId: null },
      ...fields,
    };
    const answer = await this.#player.ask(STREAMS_GROUP_HEARTBEAT, 0, request);
    if (answer !== undefined && request.groupId === group) this.#answered(slot, answer);
  }

  #answered(slot: StreamsSlot, answer: StreamsGroupHeartbeatResponse): void {
    const { errorCode } = answer;
    if (errorCode === FENCED_MEMBER_EPOCH || errorCode === UNKNOWN_MEMBER_ID) {
      Object.assign(slot, { epoch: 0, active: [], standby: [] });
    }
    if (errorCode !== 0) return;
    slot.epoch = answer.memberEpoch;
    slot.endpointEpoch = answer.endpointInformationEpoch;
    if (answer.activeTasks !== null) slot.active = this.#player.inOrder(answer.activeTasks);
    if (answer.standbyTasks !== null) slot.standby = this.#player.inOrder(answer.standbyTasks);
  }
}
