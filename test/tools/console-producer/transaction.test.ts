// kafta console-producer with a transactional.id, against a broker in this process: all of stdin or nothing.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Consumer } from '../../../src/client/consumer/consumer.ts';
import { runTool } from '../../../src/flags/tool.ts';
import { type StartedBroker, startBroker } from '../../../src/index.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import { CONSOLE_PRODUCER } from '../../../src/tools/console-producer/index.ts';
import { type FakeContext, type FakeOptions, fakeContext } from '../fake-context.ts';

let broker: StartedBroker;

beforeAll(async () => {
  broker = await startBroker();
});

afterAll(async () => {
  await broker.stop();
});

/** Lines of stdin and further words; resolves with the exit code and what was said. */
async function send(
  topic: string,
  options: FakeOptions,
  words: readonly string[] = [],
  prepare: (context: FakeContext) => void = () => {},
): Promise<{ code: number; stderr: string }> {
  const context = fakeContext({ manner: 'modern', ...options });
  prepare(context);
  const argv = [
    ...['--bootstrap-server', broker.bootstrapServers, '--topic', topic],
    ...['--command-property', `transactional.id=${topic}`, ...words],
  ];
  const code = await runTool(CONSOLE_PRODUCER, argv, context);
  return { code, stderr: context.stderrLines.join('\n') };
}

/** Everything up to the last stable offset, which must be the log's end. */
async function committed(topic: string): Promise<string[]> {
  const consumer = new Consumer({
    bootstrapServers: [broker.bootstrapServers],
    io: nodeIo(),
    config: new Map([
      ['isolation.level', 'read_committed'],
      ['auto.offset.reset', 'earliest'],
    ]),
  });
  const partition = { topic, partition: 0 };
  const values: string[] = [];
  const cursor = new RecordCursor();
  const end = (await consumer.endOffsets([partition])).get(`${topic}-0`)!.offset;
  consumer.assign([partition]);
  while ((await consumer.position(partition)) < end) {
    for (const batch of await consumer.poll(100)) {
      cursor.reset(batch.buffer, batch.at);
      while (cursor.next()) values.push(cursor.value()!.toString());
    }
  }
  await consumer.close();
  return values;
}

describe('kafta console-producer with a transactional.id', () => {
  test('commits all of a good input', async () => {
    const { code, stderr } = await send('good', { stdin: ['a\nb\n', 'c'] });
    expect([code, stderr]).toEqual([0, '']);
    expect(await committed('good')).toEqual(['a', 'b', 'c']);
  });

  test('commits nothing when a line can’t be read, and says so', async () => {
    const keyed = ['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:'];
    const { code, stderr } = await send('bad-line', { stdin: ['k:a\nnone\nk:b\n'] }, keyed);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "Aborted the transaction, nothing of 1 record is committed: No key separator found on line number 2: 'none'",
    );
    expect(await committed('bad-line')).toEqual([]);
  });

  test('commits nothing when a record is refused, and stops reading', async () => {
    const stdin = ['a\n', `${'x'.repeat(2000)}\n`, 'b\n', 'c\n'];
    const small = ['--command-property', 'max.request.size=1000'];
    const { code, stderr } = await send('too-large', { stdin }, small);
    expect(code).toBe(1);
    expect(stderr.split('\n').at(-1)).toMatch(
      /^Aborted the transaction, nothing of 1 record is committed: The message is \d+ bytes/,
    );
    expect(await committed('too-large')).toEqual([]);
  });

  test('commits nothing after a signal', async () => {
    let reads = 0;
    const { code, stderr } = await send('signal', { stdin: [] }, [], (context) => {
      context.stdin.read = async () => {
        if (reads++ === 0) return Buffer.from('a\nb\n');
        context.abort();
        return undefined;
      };
    });
    expect(code).toBe(1);
    expect(stderr).toBe('Aborted the transaction, nothing of 2 records is committed: interrupted.');
    expect(await committed('signal')).toEqual([]);
  });

  test('tells in JSON that nothing was sent', async () => {
    const context = fakeContext({ manner: 'modern', format: 'json', stdin: ['a\n'] });
    context.abort();
    const argv = [
      ...['--bootstrap-server', broker.bootstrapServers, '--topic', 'json'],
      ...['--command-property', 'transactional.id=json'],
    ];
    expect(await runTool(CONSOLE_PRODUCER, argv, context)).toBe(1);
    expect(JSON.parse(await context.stdoutText())).toMatchObject({ topic: 'json', records: 0 });
  });

  test('the launcher fails at the first record, as Kafka’s script does', async () => {
    const { code, stderr } = await send('launcher', { manner: 'exact', stdin: ['a\nb\n'] });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'java.lang.IllegalStateException: Cannot add partition launcher-0 to transaction before completing a call to initTransactions',
    );
  });
});
