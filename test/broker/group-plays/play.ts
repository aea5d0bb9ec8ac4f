// A play of group requests from a seed: members of every kind of group and people who look after them, each request noted
// with its answer. What it notes depends on the seed and the broker's rules alone. It judges nothing.

import { CREATE_TOPICS } from '../../../src/protocol/generated/apis/create-topics.ts';
import { DELETE_GROUPS } from '../../../src/protocol/generated/apis/delete-groups.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { LIST_OFFSETS } from '../../../src/protocol/generated/apis/list-offsets.ts';
import { OFFSET_FETCH } from '../../../src/protocol/generated/apis/offset-fetch.ts';
import { AdminSteps, type PlayTopic } from './admin-steps.ts';
import { ClassicSteps } from './classic-steps.ts';
import { ConsumerSteps } from './consumer-steps.ts';
import { Player, type PlayerOptions } from './player.ts';
import { ShareStateSteps } from './share-state-steps.ts';
import { ShareSteps } from './share-steps.ts';
import { StreamsSteps } from './streams-steps.ts';

export type PlayKind = MemberKind | 'mixed' | 'share-state';
type MemberKind = 'classic' | 'consumer' | 'share' | 'streams';

export interface PlayOptions extends PlayerOptions {
  readonly kind: PlayKind;
  readonly steps: number;
}

const LATEST = -1;
/** Three that members read, two that streams keep for themselves. */
const TOPICS = ['a', 'b', 'c', 'r', 'store-changelog'];
const SOURCES = 3;

/** What was asked, what was answered, line by line. */
export async function play(options: PlayOptions): Promise<string[]> {
  const player = new Player(options);
  try {
    const topics = await createTopics(player);
    const groups = [`${player.prefix}-g`, `${player.prefix}-h`];
    await groupsAreLoaded(player, groups);
    if (options.kind === 'share-state') await performShareState(player, options, groups, topics);
    else await perform(player, options.kind, options, groups, topics);
    return player.lines;
  } finally {
    await player.close();
  }
}

async function perform(
  player: Player,
  kind: MemberKind | 'mixed',
  { steps }: PlayOptions,
  groups: readonly string[],
  topics: readonly PlayTopic[],
): Promise<void> {
  const names = topics.map(({ name }) => name);
  const admin = new AdminSteps(player, groups, topics);
  const members = {
    classic: new ClassicSteps(player, names),
    consumer: new ConsumerSteps(player, topics),
    share: new ShareSteps(player, topics),
    streams: new StreamsSteps(player, topics),
  };
  const kinds = kind === 'mixed' ? Object.values(members) : [members[kind]];
  if (kind === 'share') await members.share.prepare(groups);
  for (let step = 0; step < steps; step++) {
    const group = player.chance(0.9) ? groups[0]! : groups[1]!;
    const member = player.pick(kinds);
    if (player.chance(0.35)) await admin.step(group, member.someone(group));
    else await member.step(group);
  }
  await admin.lookAtAll();
}

/** The share coordinator without members and without whoever looks after groups. */
async function performShareState(
  player: Player,
  { steps }: PlayOptions,
  groups: readonly string[],
  topics: readonly PlayTopic[],
): Promise<void> {
  const states = new ShareStateSteps(player, topics);
  await states.prepare(groups);
  for (let step = 0; step < steps; step++) await states.step(player.pick(groups));
}

async function createTopics(player: Player): Promise<PlayTopic[]> {
  const names = TOPICS.map((name) => `${player.prefix}-${name}`);
  const drafts = names.map((name) => ({ name, numPartitions: 3, replicationFactor: 1 }));
  const { topics } = await player.must(CREATE_TOPICS, 7, { topics: drafts, timeoutMs: 30_000 });
  for (const { name, topicId } of topics) player.nameTopic(topicId, `id of ${name.slice(-1)}`);
  const partitions = [0, 1, 2].map((partitionIndex) => ({ partitionIndex, timestamp: LATEST }));
  await player.untilOk(async () => {
    const asked = names.map((name) => ({ name, partitions }));
    const answer = await player.must(LIST_OFFSETS, 7, { topics: asked });
    return answer.topics.flatMap((topic) => topic.partitions.map(({ errorCode }) => errorCode));
  });
  return names
    .slice(0, SOURCES)
    .map((name) => ({ name, id: topics.find((one) => one.name === name)!.topicId }));
}

async function groupsAreLoaded(player: Player, groups: readonly string[]): Promise<void> {
  const keyed = [...groups, '', `${player.prefix}-none`, `${player.prefix}-s`];
  await player.must(FIND_COORDINATOR, 6, {
    keyType: 0,
    coordinatorKeys: keyed.filter((key) => key !== ''),
  });
  const transactional = { keyType: 1, coordinatorKeys: [`${player.prefix}-t`] };
  await player.untilOk(async () => {
    const { coordinators } = await player.must(FIND_COORDINATOR, 6, transactional);
    return coordinators.map(({ errorCode }) => errorCode);
  });
  // Plays share the group without a name.
  await player.must(DELETE_GROUPS, 2, { groupsNames: [''] });
  await player.untilOk(async () => {
    const asked = keyed.filter((key) => key !== '').map((groupId) => ({ groupId, topics: null }));
    const answer = await player.must(OFFSET_FETCH, 8, { groups: asked });
    return answer.groups.map(({ errorCode }) => errorCode);
  });
}
