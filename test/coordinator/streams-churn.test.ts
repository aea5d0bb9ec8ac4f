// A streams group (KIP-1071) under churn: threads of several processes join, leave, crash and pause, internal topics
// appear, standby replicas change, appends fail and the coordinator is killed, all from one seed on virtual time.
// KAFTA_CHURN_SEEDS tries more seeds, KAFTA_CHURN_SEED a single one.

import { describe, expect, test } from 'vitest';
import type { GroupCoordinatorService } from '../../src/coordinator/group/group-coordinator-service.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import type {
  StreamsGroupHeartbeatResponse,
  TaskIds,
} from '../../src/protocol/generated/apis/streams-group-heartbeat-response.ts';
import type { Draft } from '../../src/protocol/message.ts';
import { GroupHarness } from './support/group-harness.ts';
import { subtopology, topicInfo, topologyOf } from './support/streams-topologies.ts';
import { SeededRandom } from './support/virtual-io.ts';

const ONE_SEED = process.env.KAFTA_CHURN_SEED;
const SEEDS = Number(process.env.KAFTA_CHURN_SEEDS ?? 6);
const STEP_MS = 500;
const STEPS = 400;
const GROUP = 'streams';
const TOPOLOGY = topologyOf(
  subtopology('0', { sourceTopics: ['in'], repartitionSinkTopics: ['r'] }),
  subtopology('1', {
    repartitionSourceTopics: [topicInfo('r')],
    stateChangelogTopics: [topicInfo('c')],
  }),
);

type Role = 'active' | 'standby';

/** One thread of an application: does what it is told, gives back after a while. */
class Thread {
  readonly #harness: GroupHarness;
  readonly processId: string;
  readonly #name: string;
  state: 'out' | 'in' | 'crashed' = 'out';
  pausedUntilMs = 0;
  memberId = '';
  epoch = 0;
  tasks: Record<Role, Set<string>> = { active: new Set(), standby: new Set() };
  #next: Record<Role, Set<string>> | undefined;
  #givesBackAtMs = 0;
  #nextBeatMs = 0;
  #incarnation = 0;

  constructor(harness: GroupHarness, index: number) {
    this.#harness = harness;
    this.#name = `thread-${index}`;
    this.processId = `process-${index % 4}`;
  }

  start(): void {
    this.state = 'in';
    this.memberId = `${this.#name}-${this.#incarnation++}`;
    this.#abandon();
  }

  crash(): void {
    this.state = 'crashed';
    this.#abandon();
  }

  async leave(): Promise<void> {
    if (this.epoch > 0) await this.#harness.streamsBeat(GROUP, this.memberId, -1);
    this.state = 'out';
    this.#abandon();
  }

  #abandon(): void {
    this.epoch = 0;
    this.tasks = { active: new Set(), standby: new Set() };
    this.#next = undefined;
    this.#nextBeatMs = 0;
  }

  async step(givesBackAfterMs: number): Promise<void> {
    const nowMs = this.#harness.clock.nowMs();
    if (this.state !== 'in' || this.pausedUntilMs > nowMs) return;
    if (this.#next !== undefined && nowMs >= this.#givesBackAtMs) {
      this.tasks = this.#next;
      this.#next = undefined;
      this.#nextBeatMs = 0;
    }
    if (nowMs < this.#nextBeatMs) return;
    this.#nextBeatMs = nowMs + 5000;
    const isJoin = this.epoch === 0;
    const { response } = await this.#harness.streamsBeat(GROUP, this.memberId, this.epoch, {
      processId: isJoin ? this.processId : null,
      topology: isJoin ? TOPOLOGY : null,
      activeTasks: listed(this.tasks.active),
      standbyTasks: listed(this.tasks.standby),
      warmupTasks: [],
    });
    this.#onAnswer(response, nowMs + givesBackAfterMs);
  }

  #onAnswer(answer: Draft<StreamsGroupHeartbeatResponse>, givesBackAtMs: number): void {
    const code = answer.errorCode ?? 0;
    const isLost =
      code === Errors.FENCED_MEMBER_EPOCH ||
      code === Errors.UNKNOWN_MEMBER_ID ||
      code === Errors.GROUP_ID_NOT_FOUND;
    if (isLost) this.#abandon();
    if (code !== 0) {
      this.#nextBeatMs = 0;
      return;
    }
    this.epoch = answer.memberEpoch!;
    if (answer.activeTasks === null || answer.activeTasks === undefined) return;
    const told = { active: keys(answer.activeTasks), standby: keys(answer.standbyTasks ?? []) };
    // What is new is taken up at once, what goes is closed first.
    const isSame = (role: Role): boolean => [...this.tasks[role]].every((t) => told[role].has(t));
    for (const role of ['active', 'standby'] as const) {
      for (const task of told[role]) this.tasks[role].add(task);
    }
    if (isSame('active') && isSame('standby')) this.#next = undefined;
    else {
      this.#next = told;
      this.#givesBackAtMs = givesBackAtMs;
    }
  }
}

function keys(listedTasks: readonly Draft<TaskIds>[]): Set<string> {
  return new Set(
    listedTasks.flatMap(({ subtopologyId, partitions }) =>
      partitions!.map((partition) => `${subtopologyId}_${partition}`),
    ),
  );
}

function listed(tasks: Iterable<string>): TaskIds[] {
  return [...tasks].map((task) => {
    const [subtopologyId, partition] = task.split('_') as [string, string];
    return { subtopologyId, partitions: [Number(partition)] };
  });
}

/** Every active task has one owner; no process has a task in two roles or threads. */
function check(threads: readonly Thread[], members: ReadonlySet<string>): void {
  const owners = new Map<string, string>();
  const inProcess = new Map<string, string>();
  const claim = (map: Map<string, string>, key: string, memberId: string): void => {
    const other = map.get(key);
    if (other !== undefined) throw new Error(`${key}: ${other} and ${memberId}`);
    map.set(key, memberId);
  };
  for (const { memberId, processId, tasks } of threads) {
    if (!members.has(memberId)) continue;
    for (const task of tasks.active) claim(owners, task, memberId);
    for (const task of [...tasks.active, ...tasks.standby]) {
      claim(inProcess, `${processId} ${task}`, memberId);
    }
  }
}

async function pictureOf(harness: GroupHarness, service: GroupCoordinatorService) {
  const live = harness.service;
  harness.service = service;
  const described = await harness.describeStreams(GROUP);
  harness.service = live;
  const members = [...(described.members ?? [])].sort((a, b) =>
    a.memberId! < b.memberId! ? -1 : 1,
  );
  // The numbers of partitions are known again with the first heartbeat.
  return { ...described, topology: null, members };
}

async function churn(seed: number): Promise<void> {
  const harness = await GroupHarness.start({}, seed);
  const random = new SeededRandom(seed + 15485863);
  harness.topics.put('in', 6);
  const size = 3 + random.int(seed % 6 === 0 ? 100 : 12);
  const threads = Array.from({ length: size }, (_, i) => new Thread(harness, i));
  let replicas = 0;
  harness.settings = () => ({ streams: { numStandbyReplicas: replicas } });
  const membersOf = async () =>
    new Set((await pictureOf(harness, harness.service)).members.map((one) => one.memberId!));

  const disturb = async (thread: Thread): Promise<void> => {
    if (thread.pausedUntilMs > harness.clock.nowMs()) return;
    const dice = random.int(1000);
    if (thread.state === 'out' && dice < 100) thread.start();
    else if (thread.state === 'crashed' && dice < 30) thread.start();
    else if (thread.state !== 'in') return;
    else if (dice < 4) thread.crash();
    else if (dice < 12) await thread.leave();
    else if (dice < 18) thread.pausedUntilMs = harness.clock.nowMs() + random.int(60_000);
  };

  for (let step = 0; step < STEPS; step++) {
    for (const thread of threads) {
      await disturb(thread);
      await thread.step(random.int(20_000));
    }
    if (step % 10 === 0) check(threads, await membersOf());
    if (step === 20) harness.topics.put('r', 6);
    if (step === 25) harness.topics.put('c', 6);
    if (random.chance(1)) replicas = random.int(3);
    if (random.chance(2)) harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    if (random.chance(1)) await harness.restart();
    await harness.clock.advance(STEP_MS);
  }

  // Then peace.
  harness.log.failures.length = 0;
  for (const thread of threads) thread.pausedUntilMs = 0;
  threads[0]!.state = 'out';
  threads[0]!.start();
  for (let step = 0; step < 300; step++) {
    for (const thread of threads) await thread.step(0);
    await harness.clock.advance(STEP_MS);
  }
  check(threads, await membersOf());
  const picture = await pictureOf(harness, harness.service);
  expect(picture.groupState).toBe('Stable');
  const alive = threads.filter(({ state }) => state === 'in');
  expect(alive.flatMap(({ tasks }) => [...tasks.active]).sort()).toEqual(
    ['0', '1'].flatMap((id) => [0, 1, 2, 3, 4, 5].map((partition) => `${id}_${partition}`)),
  );
  const processes = new Set(alive.map(({ processId }) => processId)).size;
  expect(alive.flatMap(({ tasks }) => [...tasks.standby])).toHaveLength(
    6 * Math.min(replicas, processes - 1),
  );
  const service = harness.newService();
  await harness.run(service.onElection(0, 99));
  expect(await pictureOf(harness, service)).toEqual(picture);
  service.close();
}

describe('a streams group under churn', () => {
  const seeds =
    ONE_SEED === undefined ? Array.from({ length: SEEDS }, (_, i) => i + 1) : [Number(ONE_SEED)];
  test.each(seeds)('seed %i: every task has one owner', churn, 60_000);
});
