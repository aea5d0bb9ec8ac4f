import { describe, expect, test } from 'vitest';
import {
  assignTasks,
  type TaskMember,
  type TaskSource,
} from '../../src/coordinator/group/streams/sticky-task-assignor.ts';
import {
  listTasks,
  NO_TARGET,
  type TargetTasks,
} from '../../src/coordinator/group/streams/tasks.ts';
import { SeededRandom } from './support/virtual-io.ts';

function member(memberId: string, processId = memberId, before = NO_TARGET): TaskMember {
  return { memberId, processId, before };
}

function source(subtopologyId: string, taskCount: number, isStateful = false): TaskSource {
  return { subtopologyId, taskCount, isStateful };
}

function ids(tasks: TargetTasks, role: 'active' | 'standby'): string[] {
  return listTasks(tasks[role]).flatMap(({ subtopologyId, partitions }) =>
    partitions.map((partition) => `${subtopologyId}_${partition}`),
  );
}

function held(targets: ReadonlyMap<string, TargetTasks>, role: 'active' | 'standby') {
  return Object.fromEntries([...targets].map(([id, tasks]) => [id, ids(tasks, role)]));
}

describe('the sticky task assignor', () => {
  test('spreads tasks evenly over processes, then over their members', () => {
    const members = [member('a1', 'a'), member('a2', 'a'), member('b1', 'b')];
    const { targets } = assignTasks(members, [source('0', 6)], 0);
    expect([...targets.values()].map((one) => ids(one, 'active').length)).toEqual([2, 2, 2]);
  });

  test('leaves tasks where they are when a member comes', () => {
    const before = assignTasks([member('a'), member('b')], [source('0', 6)], 0).targets;
    const next = assignTasks(
      [member('a', 'a', before.get('a')), member('b', 'b', before.get('b')), member('c')],
      [source('0', 6)],
      0,
    ).targets;
    for (const id of ['a', 'b']) {
      expect(ids(before.get(id)!, 'active')).toEqual(
        expect.arrayContaining(ids(next.get(id)!, 'active')),
      );
      expect(ids(next.get(id)!, 'active')).toHaveLength(2);
    }
  });

  test('a standby takes over when the active one is gone', () => {
    const sources = [source('0', 4, true)];
    const first = assignTasks([member('a'), member('b')], sources, 1).targets;
    expect(ids(first.get('b')!, 'standby')).toEqual(ids(first.get('a')!, 'active'));
    const next = assignTasks([member('b', 'b', first.get('b')), member('c')], sources, 1).targets;
    const moved = ids(next.get('c')!, 'active');
    expect(ids(next.get('b')!, 'active')).toHaveLength(2);
    expect(moved.every((id) => ids(first.get('a')!, 'active').includes(id))).toBe(true);
  });

  test('a process never has a task twice; replicas without a place are counted', () => {
    const members = [member('a1', 'a'), member('a2', 'a')];
    const { targets, unassignedStandbys } = assignTasks(members, [source('0', 2, true)], 1);
    expect(held(targets, 'standby')).toEqual({ a1: [], a2: [] });
    expect(unassignedStandbys).toBe(2);
  });

  test('stateless tasks have no standbys', () => {
    const { targets } = assignTasks([member('a'), member('b')], [source('0', 2)], 2);
    expect(held(targets, 'standby')).toEqual({ a: [], b: [] });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'seed %i: every task once, balanced, through many changes of members',
    (seed) => {
      const random = new SeededRandom(seed);
      const sources = [source('0', 1 + random.int(12)), source('1', 1 + random.int(12), true)];
      const replicas = random.int(3);
      let members = [member('m0', 'p0')];
      let targets = assignTasks(members, sources, replicas).targets;
      for (let round = 1; round < 40; round++) {
        if (random.chance(60)) members.push(member(`m${round}`, `p${random.int(6)}`));
        else if (members.length > 1) members.splice(random.int(members.length), 1);
        members = members.map((one) => ({
          ...one,
          before: targets.get(one.memberId) ?? NO_TARGET,
        }));
        targets = assignTasks(members, sources, replicas).targets;
        check(members, targets, sources, replicas);
      }
    },
  );
});

function check(
  members: readonly TaskMember[],
  targets: ReadonlyMap<string, TargetTasks>,
  sources: readonly TaskSource[],
  replicas: number,
): void {
  const wanted = sources.flatMap(({ subtopologyId, taskCount }) =>
    Array.from({ length: taskCount }, (_, partition) => `${subtopologyId}_${partition}`),
  );
  const active = members.flatMap(({ memberId }) => ids(targets.get(memberId)!, 'active'));
  expect(active.sort()).toEqual(wanted.sort());
  const processes = new Map<string, string[]>();
  for (const { memberId, processId } of members) {
    const target = targets.get(memberId)!;
    const tasks = [...ids(target, 'active'), ...ids(target, 'standby')];
    processes.set(processId, [...(processes.get(processId) ?? []), ...tasks]);
  }
  for (const tasks of processes.values()) expect(new Set(tasks).size).toBe(tasks.length);
  const stateful = sources.find(({ isStateful }) => isStateful)!.taskCount;
  const standbys = members.flatMap(({ memberId }) => ids(targets.get(memberId)!, 'standby'));
  expect(standbys).toHaveLength(stateful * Math.min(replicas, processes.size - 1));
}
