// Steps of whoever looks at groups and takes care of them: commits, fetches, deletions, lists and descriptions of all
// versions. Part of a play of group requests (play.ts).

import { CONSUMER_GROUP_DESCRIBE } from '../../../src/protocol/generated/apis/consumer-group-describe.ts';
import { DELETE_GROUPS } from '../../../src/protocol/generated/apis/delete-groups.ts';
import { DESCRIBE_GROUPS } from '../../../src/protocol/generated/apis/describe-groups.ts';
import { LIST_GROUPS } from '../../../src/protocol/generated/apis/list-groups.ts';
import { OFFSET_COMMIT } from '../../../src/protocol/generated/apis/offset-commit.ts';
import { OFFSET_DELETE } from '../../../src/protocol/generated/apis/offset-delete.ts';
import { OFFSET_FETCH } from '../../../src/protocol/generated/apis/offset-fetch.ts';
import { SHARE_GROUP_DESCRIBE } from '../../../src/protocol/generated/apis/share-group-describe.ts';
import type { ShareGroupDescribeResponse } from '../../../src/protocol/generated/apis/share-group-describe-response.ts';
import { STREAMS_GROUP_DESCRIBE } from '../../../src/protocol/generated/apis/streams-group-describe.ts';
import { TXN_OFFSET_COMMIT } from '../../../src/protocol/generated/apis/txn-offset-commit.ts';
import type { Player } from './player.ts';

export interface Committer {
  readonly memberId: string;
  readonly generation: number;
  readonly instanceId: string | null;
}

export interface PlayTopic {
  readonly name: string;
  readonly id: string;
}

const IN_ORDER = { isOrdered: true };
const BY_ID = 10;
const NOBODY: Committer = { memberId: '', generation: -1, instanceId: null };
const UNKNOWN_ID = 'zzzzzzzzzzzzzzzzzzzzzg';
const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

export class AdminSteps {
  readonly #player: Player;
  readonly #groups: readonly string[];
  readonly #topics: readonly PlayTopic[];

  constructor(player: Player, groups: readonly string[], topics: readonly PlayTopic[]) {
    this.#player = player;
    this.#groups = groups;
    this.#topics = topics;
  }

  async step(group: string, committer: Committer): Promise<void> {
    const drawn = this.#player.int(100);
    if (drawn < 30) await this.#commit(this.#someGroup(group), committer);
    else if (drawn < 50) await this.#fetch(group, committer);
    else if (drawn < 58) await this.#deleteOffsets(this.#someGroup(group));
    else if (drawn < 63) await this.#deleteGroups(group);
    else if (drawn < 70) await this.#list();
    else if (drawn < 72) await this.#commitInTransaction(group, committer);
    else await this.describe(group);
  }

  async lookAtAll(): Promise<void> {
    const player = this.#player;
    for (const group of this.#groups) {
      await this.describe(group);
      const groups = [{ groupId: group, topics: null }];
      await player.ask(OFFSET_FETCH, 9, { groups, requireStable: true });
    }
    await player.ask(LIST_GROUPS, 5, {});
  }

  async describe(group: string): Promise<void> {
    const player = this.#player;
    const groups = this.#someGroups(group);
    await player.ask(DESCRIBE_GROUPS, player.version(DESCRIBE_GROUPS), {
      groups,
      ...(player.chance(0.2) ? { includeAuthorizedOperations: true } : {}),
    });
    const operations = player.chance(0.1) ? { includeAuthorizedOperations: true } : {};
    await player.ask(CONSUMER_GROUP_DESCRIBE, player.version(CONSUMER_GROUP_DESCRIBE), {
      ...{ groupIds: groups, ...operations },
    });
    await player.ask(
      SHARE_GROUP_DESCRIBE,
      1,
      { groupIds: groups, ...operations },
      { noted: withoutAssignments },
    );
    await player.ask(STREAMS_GROUP_DESCRIBE, 0, { groupIds: groups, ...operations });
  }

  #someGroup(group: string): string {
    const player = this.#player;
    return player.chance(0.93)
      ? group
      : player.pick(['', `${player.prefix}-none`, `${player.prefix}-s`]);
  }

  #someGroups(group: string): string[] {
    const player = this.#player;
    if (player.chance(0.7)) return [group];
    return player.pick([[], [...this.#groups], [group, group], [this.#someGroup(group), '']]);
  }

  #partitions(): number[] {
    return this.#player.pick([[0], [1], [0, 1], [0, 1, 7], [-1], []]);
  }

  /** Of a version that names topics, or gives their ids. */
  #someTopics(version: number): { name: string; topicId?: string }[] {
    const player = this.#player;
    const chosen = this.#topics
      .filter(() => player.chance(0.6))
      .map(({ name, id }) => (version < BY_ID ? { name } : { name: '', topicId: id }));
    if (player.chance(0.08))
      chosen.push(
        version < BY_ID
          ? { name: player.pick(['play-nowhere', '']) }
          : { name: '', topicId: player.pick([UNKNOWN_ID, ZERO_ID]) },
      );
    if (player.chance(0.03) && chosen.length > 0) chosen.push(chosen[0]!);
    return chosen;
  }

  async #commit(group: string, committer: Committer): Promise<void> {
    const player = this.#player;
    const version = player.version(OFFSET_COMMIT);
    const who = player.chance(0.7) ? committer : NOBODY;
    const wrong = player.chance(0.1) ? player.pick([-1, 1, 100]) : 0;
    const metadata = () => player.pick(['', 'note', null, 'y'.repeat(player.pick([4096, 4097]))]);
    const topics = this.#someTopics(version).map((topic) => ({
      ...topic,
      partitions: this.#partitions().map((partitionIndex) => ({
        partitionIndex,
        committedOffset: player.chance(0.95) ? player.int(100) : player.pick([-1, -2]),
        ...(version >= 6 && player.chance(0.3)
          ? { committedLeaderEpoch: player.pick([0, 3, -1]) }
          : {}),
        committedMetadata: player.chance(0.3) ? metadata() : '',
      })),
    }));
    await player.ask(
      OFFSET_COMMIT,
      version,
      {
        groupId: group,
        generationIdOrMemberEpoch: who.generation + wrong,
        memberId: player.chance(0.95) ? who.memberId : 'nobody',
        groupInstanceId: version >= 7 ? who.instanceId : null,
        ...(version <= 4 && player.chance(0.2) ? { retentionTimeMs: 600_000 } : {}),
        topics,
      },
      IN_ORDER,
    );
  }

  async #commitInTransaction(group: string, committer: Committer): Promise<void> {
    const player = this.#player;
    const version = 3 + player.int(2);
    const who = player.chance(0.7) ? committer : NOBODY;
    const topics = this.#someTopics(0).map(({ name }) => ({
      name,
      partitions: [{ partitionIndex: 0, committedOffset: 5, committedMetadata: '' }],
    }));
    await player.ask(TXN_OFFSET_COMMIT, version, {
      ...{
        transactionalId: `${player.prefix}-t`,
        groupId: group,
        producerId: 77,
        producerEpoch: 0,
      },
      ...{
        generationId: who.generation,
        memberId: who.memberId,
        groupInstanceId: who.instanceId,
        topics,
      },
    });
  }

  async #fetch(group: string, committer: Committer): Promise<void> {
    const player = this.#player;
    const version = player.version(OFFSET_FETCH);
    const asked = (known: number) =>
      this.#someTopics(known).map((topic) => ({ ...topic, partitionIndexes: this.#partitions() }));
    const stable = version >= 7 ? { requireStable: player.chance(0.2) } : {};
    if (version < 8) {
      const topics = version >= 2 && player.chance(0.3) ? null : asked(version);
      await player.ask(OFFSET_FETCH, version, {
        groupId: this.#someGroup(group),
        topics,
        ...stable,
      });
      return;
    }
    const groups = this.#someGroups(group).map((groupId) => ({
      groupId,
      topics: player.chance(0.3) ? null : asked(version),
      ...(version >= 9 && player.chance(0.4)
        ? {
            memberId: committer.memberId,
            memberEpoch: committer.generation + player.pick([0, 0, 0, 1, -1]),
          }
        : {}),
    }));
    const isOrdered = groups.every(({ topics }) => topics !== null);
    await player.ask(OFFSET_FETCH, version, { groups, ...stable }, { isOrdered });
  }

  async #deleteOffsets(group: string): Promise<void> {
    const topics = this.#someTopics(0).map(({ name }) => ({
      name,
      partitions: this.#partitions().map((partitionIndex) => ({ partitionIndex })),
    }));
    await this.#player.ask(OFFSET_DELETE, 0, { groupId: group, topics }, IN_ORDER);
  }

  async #deleteGroups(group: string): Promise<void> {
    const player = this.#player;
    await player.ask(DELETE_GROUPS, player.version(DELETE_GROUPS), {
      groupsNames: this.#someGroups(group),
    });
  }

  async #list(): Promise<void> {
    const player = this.#player;
    const version = player.version(LIST_GROUPS);
    const states = [
      'Stable',
      'empty',
      'PREPARINGREBALANCE',
      'CompletingRebalance',
      'Dead',
      'Assigning',
      'Reconciling',
      'odd',
      'NotReady',
      '',
    ];
    const types = ['classic', 'Consumer', 'SHARE', 'streams', 'odd', ''];
    await player.ask(LIST_GROUPS, version, {
      ...(version >= 4 && player.chance(0.6)
        ? { statesFilter: [player.pick(states), player.pick(states)] }
        : {}),
      ...(version >= 5 && player.chance(0.6) ? { typesFilter: [player.pick(types)] } : {}),
    });
  }
}

/** Who gets what in a share group is decided by hash codes of topic ids. */
function withoutAssignments({ groups }: ShareGroupDescribeResponse): unknown {
  return {
    groups: groups.map((group) => ({
      ...group,
      members: group.members.map(({ assignment: _, ...rest }) => rest),
    })),
  };
}
