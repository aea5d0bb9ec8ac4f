// `kafta consumer-groups` and `kafta share-groups` as people use them, against a broker in this process: a reset that asks,
// and the members that a busy group is named with.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Consumer } from '../../../src/client/consumer/consumer.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import type { Tool } from '../../../src/flags/tool.ts';
import { runTool } from '../../../src/flags/tool.ts';
import { type StartedBroker, startBroker } from '../../../src/index.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { CONSUMER_GROUPS } from '../../../src/tools/consumer-groups/index.ts';
import { SHARE_GROUPS } from '../../../src/tools/share-groups/index.ts';
import { namesOf } from '../../../src/tools/support/groups/busy-group.ts';
import { type FakeOptions, fakeContext } from '../fake-context.ts';

let broker: StartedBroker;
let worker: Consumer;

beforeAll(async () => {
  broker = await startBroker();
  await produce(10);
  worker = new Consumer({
    bootstrapServers: [broker.bootstrapServers],
    io: nodeIo(),
    config: new Map([
      ['group.id', 'busy'],
      ['group.protocol', 'consumer'],
      ['client.id', 'worker-1'],
      ['auto.offset.reset', 'earliest'],
    ]),
  });
  worker.subscribe(['t']);
  for (let tries = 0; tries < 200 && worker.assignment().length === 0; tries++) {
    await worker.poll(100);
  }
});

afterAll(async () => {
  await worker.close();
  await broker.stop();
});

async function produce(count: number): Promise<void> {
  const producer = new Producer({
    bootstrapServers: [broker.bootstrapServers],
    io: nodeIo(),
    config: new Map(),
  });
  const value = Buffer.from('v');
  for (let index = 0; index < count; index++) {
    while (!producer.append('t', 0, -1, null, 0, 0, value, 0, 1, null)) {
      await producer.ready('t', 0);
    }
  }
  await producer.close();
}

async function run(tool: Tool, line: string, options: FakeOptions = {}) {
  const context = fakeContext({ manner: 'modern', format: 'table', ...options });
  const words = ['--bootstrap-server', broker.bootstrapServers, ...line.split(' ')];
  const code = await runTool(tool, words, context);
  return {
    code,
    rows: (await context.stdoutText()).split('\n').map((row) => row.trim().split(/ {2,}/)),
    questions: context.questions,
    stderr: context.stderrLines.join('\n'),
  };
}

async function committed(group: string): Promise<number | undefined> {
  const context = fakeContext({ manner: 'modern', format: 'json' });
  const line = `--bootstrap-server ${broker.bootstrapServers} --describe --group ${group}`;
  await runTool(CONSUMER_GROUPS, line.split(' '), context);
  return JSON.parse(await context.stdoutText())[0]?.currentOffset;
}

const RESET = '--reset-offsets --topic t';

describe('a reset', () => {
  test('shows the old offset, the new one and the change in lag, and does nothing when told no', async () => {
    await run(CONSUMER_GROUPS, `${RESET} --group idle --to-offset 4 --execute`);
    const { code, rows, questions, stderr } = await run(
      CONSUMER_GROUPS,
      `${RESET} --group idle --to-earliest`,
    );
    expect(rows.slice(0, 2)).toEqual([
      ['GROUP', 'TOPIC', 'PARTITION', 'OLD-OFFSET', 'NEW-OFFSET', 'LAG-CHANGE'],
      ['idle', 't', '0', '4', '0', '+4'],
    ]);
    expect(questions).toEqual(['Reset 1 offset?']);
    expect(stderr).toMatch(/^Nothing was changed\. /);
    expect([code, await committed('idle')]).toEqual([0, 4]);
  });

  test('is made when told yes', async () => {
    await run(CONSUMER_GROUPS, `${RESET} --group willing --to-offset 4 --execute`);
    const line = `${RESET} --group willing --shift-by 2`;
    const { rows, stderr } = await run(CONSUMER_GROUPS, line, { answer: true });
    expect(rows[1]?.slice(-3)).toEqual(['4', '6', '-2']);
    expect([stderr, await committed('willing')]).toEqual(['Done.', 6]);
  });

  test.each(['--execute', '--yes', '--dry-run'])('with %s asks nothing', async (option) => {
    const { questions } = await run(CONSUMER_GROUPS, `${RESET} --group sure --to-latest ${option}`);
    expect(questions).toEqual([]);
  });

  test('of a share group shows and asks the same of its start', async () => {
    await run(SHARE_GROUPS, `${RESET} --group crew --to-earliest --execute`);
    const line = `${RESET} --group crew --to-latest`;
    const { rows, questions } = await run(SHARE_GROUPS, line);
    expect(rows.slice(0, 2)).toEqual([
      ['GROUP', 'TOPIC', 'PARTITION', 'OLD-START-OFFSET', 'NEW-START-OFFSET', 'LAG-CHANGE'],
      ['crew', 't', '0', '0', '10', '-10'],
    ]);
    expect(questions).toEqual(['Reset 1 start offset?']);
  });

  test('of a topic that is not there names it', async () => {
    const line = '--reset-offsets --group idle --topic none --to-latest';
    await expect(run(CONSUMER_GROUPS, line)).rejects.toThrow("There is no topic 'none'.");
  });
});

describe('a group with members', () => {
  const HINT = 'Stop its members first: worker-1 at /127.0.0.1.';

  test('is not reset', async () => {
    const reset = run(CONSUMER_GROUPS, `${RESET} --group busy --to-latest --yes`);
    const refusal = `Assignments can only be reset if the group 'busy' is inactive, but the current state is Stable.`;
    await expect(reset).rejects.toThrow(`${refusal} ${HINT}`);
  });

  test('is not deleted', async () => {
    const { code, stderr } = await run(CONSUMER_GROUPS, '--delete --group busy');
    expect(code).toBe(1);
    expect(stderr).toContain(`'busy' could not be deleted due to: The group is not empty. ${HINT}`);
  });

  test('keeps the offsets of what it reads', async () => {
    const { code, stderr } = await run(CONSUMER_GROUPS, '--delete-offsets --group busy --topic t');
    expect([code, stderr]).toEqual([
      1,
      `Error: Group 'busy' still reads what was to be deleted. ${HINT}`,
    ]);
  });

  test('of many is named with the first of them', () => {
    const members = Array.from({ length: 8 }, (_, index) => ({
      clientId: `c${index}`,
      clientHost: '/h',
    }));
    expect(namesOf(members)).toBe('c0 at /h, c1 at /h, c2 at /h, c3 at /h, c4 at /h and 3 more');
  });
});
