// kafka-transactions.sh and `kafta transactions` against a broker in this process: a transaction that is open, found, and ended.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Producer } from '../../../src/client/producer/producer.ts';
import { runTool } from '../../../src/flags/tool.ts';
import { type StartedBroker, startBroker } from '../../../src/index.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { TRANSACTIONS } from '../../../src/tools/transactions/index.ts';
import { type FakeOptions, fakeContext } from '../fake-context.ts';

let broker: StartedBroker;
let producer: Producer;

/** A producer whose transaction is open, with a record in `t`. */
async function openTransaction({ bootstrapServers }: StartedBroker): Promise<Producer> {
  const opened = new Producer({
    bootstrapServers: [bootstrapServers],
    io: nodeIo(),
    config: new Map([['transactional.id', 'pay']]),
  });
  await opened.initTransactions();
  opened.beginTransaction();
  const value = Buffer.from('open');
  while (!opened.append('t', 0, -1, null, 0, 0, value, 0, value.length, null)) {
    await opened.ready('t', 0);
  }
  await opened.flush();
  return opened;
}

beforeAll(async () => {
  broker = await startBroker();
  producer = await openTransaction(broker);
});

afterAll(async () => {
  await producer.close(0);
  await broker.stop();
});

async function run(line: string, options: FakeOptions = {}, { bootstrapServers } = broker) {
  const context = fakeContext(options);
  const words = line.split(' ').map((word) => (word === 'B' ? bootstrapServers : word));
  const code = await runTool(TRANSACTIONS, words, context);
  return { code, stdout: await context.stdoutText(), stderr: context.stderrLines.join('\n') };
}

const json = async (line: string, at = broker) =>
  JSON.parse((await run(line, { manner: 'modern', format: 'json' }, at)).stdout);

describe('kafta transactions', () => {
  test('lists in columns that a tab ends each', async () => {
    const { stdout } = await run('--bootstrap-server B list');
    const [header, row] = stdout.split('\n');
    expect(header).toBe('TransactionalId\tCoordinator\tProducerId\tTransactionState\t');
    expect(row).toMatch(/^pay {12}\t1 {10}\t0 {9}\tOngoing {9}\t$/);
  });

  test('tells an exception that no one caught as Java does, with its cause', async () => {
    const { code, stdout, stderr } = await run('--bootstrap-server nowhere list');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'Exception in thread "main" org.apache.kafka.common.KafkaException: Failed to create new KafkaAdminClient\n' +
        'Caused by: org.apache.kafka.common.config.ConfigException: Invalid url in bootstrap.servers: nowhere',
    );
  });

  test('takes its options behind the sub-command as well', async () => {
    expect(await json('list --bootstrap-server B')).toEqual([
      { transactionalId: 'pay', producerId: 0, state: 'Ongoing', coordinator: 1 },
    ]);
    expect(await json('list --transactional-id-pattern x.* --bootstrap-server B')).toEqual([]);
  });

  test('describes what is open, and by whom', async () => {
    const found = await json('describe --transactional-id pay --bootstrap-server B');
    expect(found).toMatchObject({
      state: 'Ongoing',
      timeoutMs: 60000,
      partitions: [{ topic: 't', partition: 0 }],
    });
    expect(found.durationMs).toBeGreaterThanOrEqual(0);
    const producers = await json('describe-producers --topic t --partition 0 --bootstrap-server B');
    expect(producers).toMatchObject([{ producerId: 0, transactionStartOffset: 0 }]);
  });

  test('finds nothing that hangs while its coordinator knows of it', async () => {
    const line = 'find-hanging --topic t --max-transaction-timeout -1 --bootstrap-server B';
    expect(await json(line)).toEqual([]);
  });

  test.each([
    ['abort --topic t --partition 0', 'The transaction to abort must be identified either with'],
    ['abort --topic t --partition 0 --producer-id 1', 'Missing required argument --producer-epoch'],
    ['abort --topic t --partition 0 --start-offset 9', 'Could not find any open transactions'],
    ['describe --transactional-id nobody', 'Failed to describe transaction state of'],
    ['find-hanging', 'The `find-hanging` command requires either --topic or --broker-id'],
    ['find-hanging --broker-id 1 --partition 0', 'The --partition argument requires --topic'],
    ['list --transactional-id-pattern [', 'Failed to list transactions'],
  ])('refuses %j with one line and 1', async (line, told) => {
    const { code, stdout, stderr } = await run(`--bootstrap-server B ${line}`);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.startsWith(told)).toBe(true);
    expect(stderr.split('\n')).toHaveLength(1);
  });

  test('ends one by its id, and its producer with it', async () => {
    const own = await startBroker();
    const fenced = await openTransaction(own);
    try {
      const line = 'force-terminate --transactional-id pay --bootstrap-server B';
      const ended = await run(line, { manner: 'modern' }, own);
      expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
      await expect(fenced.commitTransaction()).rejects.toThrow('newer producer');
      const left = await json('describe --transactional-id pay --bootstrap-server B', own);
      expect(left).toMatchObject({ state: 'Empty', startTimeMs: null, partitions: [] });
    } finally {
      await fenced.close(0);
      await own.stop();
    }
  });
});
