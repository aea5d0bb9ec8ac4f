// The five requests to the share coordinator in a play: known and unknown topics, right and wrong epochs, partitions named
// twice, states that overlap.

import { DELETE_SHARE_GROUP_STATE } from '../../../src/protocol/generated/apis/delete-share-group-state.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INITIALIZE_SHARE_GROUP_STATE } from '../../../src/protocol/generated/apis/initialize-share-group-state.ts';
import { READ_SHARE_GROUP_STATE } from '../../../src/protocol/generated/apis/read-share-group-state.ts';
import { READ_SHARE_GROUP_STATE_SUMMARY } from '../../../src/protocol/generated/apis/read-share-group-state-summary.ts';
import { WRITE_SHARE_GROUP_STATE } from '../../../src/protocol/generated/apis/write-share-group-state.ts';
import type { PlayTopic } from './admin-steps.ts';
import type { Player } from './player.ts';

const NO_TOPICS = ['AAAAAAAAAAAAAAAAAAAAAA', 'zzzzzzzzzzzzzzzzzzzzzg'];

export class ShareStateSteps {
  readonly #player: Player;
  readonly #topics: readonly PlayTopic[];

  constructor(player: Player, topics: readonly PlayTopic[]) {
    this.#player = player;
    this.#topics = topics;
  }

  async prepare(groups: readonly string[]): Promise<void> {
    const coordinatorKeys = groups.flatMap((group) =>
      this.#topics.map(({ id }) => `${group}:${id}:0`),
    );
    await this.#player.untilOk(async () => {
      const answer = await this.#player.must(FIND_COORDINATOR, 6, { keyType: 2, coordinatorKeys });
      return answer.coordinators.map(({ errorCode }) => errorCode);
    });
    const topics = this.#topics.map(({ id }) => ({ topicId: id, partitions: [{ partition: 0 }] }));
    for (const groupId of groups) {
      await this.#player.untilOk(async () => {
        const { results } = await this.#player.must(DELETE_SHARE_GROUP_STATE, 0, {
          groupId,
          topics,
        });
        return results.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
      });
    }
  }

  async step(group: string): Promise<void> {
    const player = this.#player;
    const groupId = player.chance(0.05) ? '' : group;
    switch (player.pick(['initialize', 'write', 'write', 'write', 'read', 'summary', 'delete'])) {
      case 'initialize': {
        const topics = this.#named(() => ({
          stateEpoch: this.#epoch(),
          startOffset: this.#start(),
        }));
        await player.ask(INITIALIZE_SHARE_GROUP_STATE, 0, { groupId, topics });
        break;
      }
      case 'write': {
        const topics = this.#named(() => ({
          stateEpoch: this.#epoch(),
          leaderEpoch: this.#epoch(),
          startOffset: this.#start(),
          deliveryCompleteCount: player.pick([-1, 0, 5]),
          stateBatches: this.#batches(),
        }));
        const version = player.version(WRITE_SHARE_GROUP_STATE);
        await player.ask(WRITE_SHARE_GROUP_STATE, version, { groupId, topics });
        break;
      }
      case 'read': {
        const topics = this.#named(() => ({ leaderEpoch: this.#epoch() }));
        await player.ask(READ_SHARE_GROUP_STATE, 0, { groupId, topics });
        break;
      }
      case 'summary': {
        const topics = this.#named(() => ({ leaderEpoch: this.#epoch() }));
        const version = player.version(READ_SHARE_GROUP_STATE_SUMMARY);
        await player.ask(READ_SHARE_GROUP_STATE_SUMMARY, version, { groupId, topics });
        break;
      }
      default:
        await player.ask(DELETE_SHARE_GROUP_STATE, 0, { groupId, topics: this.#named(() => ({})) });
    }
  }

  #named<T extends object>(fields: () => T) {
    const player = this.#player;
    const ids = [...this.#topics.map(({ id }) => id), this.#topics[0]!.id];
    return Array.from({ length: player.pick([0, 1, 1, 1, 1, 2]) }, () => ({
      topicId: player.chance(0.1) ? player.pick(NO_TOPICS) : player.pick(ids),
      partitions: Array.from({ length: player.pick([0, 1, 1, 1, 1, 1, 2, 3]) }, () => ({
        partition: player.pick([0, 0, 0, 0, 1, 7, -1]),
        ...fields(),
      })),
    }));
  }

  #epoch(): number {
    return this.#player.pick([0, 0, 0, 1, 1, 2, -1]);
  }

  #start(): number {
    return this.#player.pick([-1, -1, 0, 10, 20, -2]);
  }

  #batches() {
    const player = this.#player;
    return Array.from({ length: player.pick([0, 1, 1, 2, 3]) }, () => {
      const firstOffset = player.pick([0, 5, 10, 20, 30]);
      return {
        firstOffset,
        lastOffset: firstOffset + player.pick([0, 4, 9, 14, -1]),
        deliveryState: player.pick([0, 2, 4, 1, 3, 9]),
        deliveryCount: player.pick([0, 1, 2, 3]),
      };
    });
  }
}
