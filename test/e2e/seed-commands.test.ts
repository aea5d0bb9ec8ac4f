// Command lines out of users' notes, as they stand, through the launchers of `kafta launchers --legacy` and as `kafta …`:
// each must do what its writer meant, removed options included (one warning line on stderr). The broker is one process
// for the file, found through KAFTA_BOOTSTRAP_SERVER where a line names ZooKeeper, and through its port where it names one.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BrokerProcess,
  ourLaunchers,
  prepareBroker,
  startBrokerProcess,
} from '../support/broker-process.ts';

const kafta = resolve(import.meta.dirname, '../../bin/run.js');
let folder: string;
let broker: BrokerProcess;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-seed-'));
  broker = await startBrokerProcess(await prepareBroker(folder, ourLaunchers), ourLaunchers);
  const legacy = await execa(process.execPath, [kafta, 'launchers', '--legacy']);
  env = {
    PATH: `${legacy.stdout.trim()}:${process.env.PATH}`,
    KAFTA_HOME: join(folder, 'home'),
    KAFTA_BOOTSTRAP_SERVER: broker.bootstrap,
    NO_COLOR: '1',
  };
});

afterAll(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** The line in bash, with its host and port replaced by the broker's. */
async function run(line: string, input = ''): Promise<Result> {
  const command = line
    .replace(/(--(?:bootstrap-server|broker-list)[ =])\S+/g, `$1${broker.bootstrap}`)
    .replace(/(kafkacat.* -b )\S+/g, `$1${broker.bootstrap}`);
  const { stdout, stderr, exitCode } = await execa('bash', ['-c', command], {
    env,
    input,
    reject: false,
    cwd: folder,
  });
  return { stdout, stderr, exitCode };
}

/** The same line as a kafta command: kafka-topics.sh --list is kafta topics --list. */
function asKafta(line: string): string {
  return line.replace(/^kafka-([a-z-]+?)(?:\.sh)? /, `"${process.execPath}" "${kafta}" $1 `);
}

const manners: [string, (line: string) => string][] = [
  ['the legacy launchers', (line) => line],
  ['kafta', asKafta],
];

describe.each(manners)('through %s', (name, form) => {
  const topic = name === 'kafta' ? 'kaftatopic' : 'mytopic';
  const seed = (line: string, input?: string) =>
    run(form(line.replaceAll('mytopic', topic)), input);

  test('a topic is created, altered, described and deleted by lines that name ZooKeeper', async () => {
    const created = await seed(
      'kafka-topics.sh --create --zookeeper localhost:2181 --replication-factor 1 --partitions 1 --config retention.ms=360000 --topic mytopic',
    );
    expect(created).toMatchObject({ exitCode: 0, stdout: `Created topic ${topic}.` });
    expect(created.stderr.trim().split('\n')).toHaveLength(1);
    expect(created.stderr).toContain('zookeeper');
    const again = await seed(
      'kafka-topics.sh --zookeeper zookeeper:2181 --create --if-not-exists --replication-factor 1 --partitions 1 --topic mytopic',
    );
    expect(again.exitCode).toBe(0);
    expect(
      (await seed('kafka-topics.sh --zookeeper 127.0.0.1:2181 --list')).stdout.split('\n'),
    ).toContain(topic);
    expect(
      (
        await seed(
          'kafka-topics.sh --alter --zookeeper localhost:2181 --partitions 5 --topic mytopic',
        )
      ).exitCode,
    ).toBe(0);
    const altered = await seed(
      'kafka-topics.sh --alter --zookeeper localhost:2181 --topic mytopic --config retention.ms=72000',
    );
    expect(altered.exitCode).toBe(0);
    expect(altered.stderr).toContain('configs');
    const described = await seed(
      'kafka-topics --describe --zookeeper localhost:2181 --topic mytopic',
    );
    expect(described.stdout).toContain('PartitionCount: 5');
    expect(described.stdout).toContain('retention.ms=72000');
    for (const option of ['--deleteConfig', '--delete-config']) {
      await seed(
        'kafka-topics.sh --alter --zookeeper localhost:2181 --topic mytopic --config retention.ms=72000',
      );
      const deleted = await seed(
        `kafka-topics.sh --alter --zookeeper localhost:2181 --topic mytopic ${option} retention.ms`,
      );
      expect(deleted.exitCode).toBe(0);
      expect(
        (await seed('kafka-topics --describe --zookeeper localhost:2181 --topic mytopic')).stdout,
      ).not.toContain('retention.ms');
    }
    const under = await seed(
      'kafka-topics.sh --zookeeper zookeeper:2181 --describe --under-replicated-partitions',
    );
    expect(under).toMatchObject({ exitCode: 0, stdout: '' });
    expect(
      (await seed('kafka-topics.sh --zookeeper zookeeper:2181 --describe --unavailable-partitions'))
        .exitCode,
    ).toBe(0);
    expect(
      (await seed('kafka-topics.sh --delete --zookeeper localhost:2181 --topic mytopic')).exitCode,
    ).toBe(0);
    expect(
      (await seed('kafka-topics.sh --zookeeper 127.0.0.1:2181 --list')).stdout.split('\n'),
    ).not.toContain(topic);
  });

  test('options may be joined to their values by an equals sign', async () => {
    const line = `kafka-topics --create --topic=joined-${topic} --bootstrap-server=localhost:9092 --partitions=3`;
    expect(await seed(line)).toMatchObject({
      exitCode: 0,
      stdout: `Created topic joined-${topic}.`,
    });
  });

  test('lines are produced and consumed with the names that options once had', async () => {
    writeFileSync(
      join(folder, 'my_own_config.properties'),
      'client.id=seed\nfetch.max.wait.ms=100\n',
    );
    const produced = await seed(
      'kafka-console-producer.sh --broker-list localhost:9092 --topic mytopic-lines',
      'one\ntwo\nthree\n',
    );
    expect(produced.exitCode).toBe(0);
    const acks =
      'kafka-console-producer.sh --broker-list 127.0.0.1:9092 --topic mytopic-lines --producer-property acks=all';
    expect((await seed(acks, 'four\n')).exitCode).toBe(0);
    const all = await seed(
      'kafka-console-consumer.sh --zookeeper localhost:2181 --topic mytopic-lines --from-beginning --max-messages 4',
    );
    expect(all).toMatchObject({ exitCode: 0, stdout: 'one\ntwo\nthree\nfour' });
    const config = await seed(
      'kafka-console-consumer.sh --zookeeper localhost:2181 --topic mytopic-lines --from-beginning --consumer.config my_own_config.properties --max-messages 4',
    );
    expect(config.stdout).toBe('one\ntwo\nthree\nfour');
    const from = await seed(
      'kafka-console-consumer.sh --bootstrap-server host:9092 --new-consumer --topic mytopic-lines --offset 2 --partition 0 --consumer.config my_own_config.properties --max-messages 2',
    );
    expect(from).toMatchObject({ exitCode: 0, stdout: 'three\nfour' });
  });

  test('a group goes on where it stopped, also when asked to read from the beginning', async () => {
    await seed(
      'kafka-console-producer.sh --broker-list localhost:9092 --topic mytopic-group',
      'a\nb\nc\n',
    );
    const line =
      'kafka-console-consumer.sh --bootstrap-server 127.0.0.1:9092 --topic mytopic-group --group mytopic-g --from-beginning';
    expect((await seed(`${line} --max-messages 2`)).stdout).toBe('a\nb');
    expect((await seed(`${line} --max-messages 1`)).stdout).toBe('c');
    writeFileSync(join(folder, 'consumer2.properties'), 'group.id=mytopic-g\n');
    const afresh = await seed(
      'kafka-console-consumer.sh --topic mytopic-group --zookeeper localhost:2181 --consumer.config consumer2.properties --from-beginning --delete-consumer-offsets --max-messages 3',
    );
    expect(afresh).toMatchObject({ exitCode: 0, stdout: 'a\nb\nc' });
    const offsets = await seed(
      'kafka-console-consumer.sh --bootstrap-server kafka:9092 --topic __consumer_offsets --from-beginning --formatter "kafka.coordinator.group.GroupMetadataManager\\$OffsetsMessageFormatter" --max-messages 1',
    );
    // The one record may be a group's own, which this formatter leaves out, as Kafka's does.
    expect(offsets.exitCode).toBe(0);
    const all = await seed(
      'kafka-console-consumer.sh --bootstrap-server kafka:9092 --topic __consumer_offsets --from-beginning --formatter "kafka.coordinator.group.GroupMetadataManager\\$OffsetsMessageFormatter" --timeout-ms 3000',
    );
    expect(all.stdout).toContain('"group":"');
  });
});

test('kafka-run-class.sh runs the command of a class under its old name', async () => {
  await run(
    'kafka-console-producer.sh --broker-list localhost:9092 --topic session-ingest-stage-1',
    'x\ny\n',
  );
  const offsets = await run(
    'kafka-run-class.sh kafka.tools.GetOffsetShell --broker-list localhost:9092 --topic session-ingest-stage-1',
  );
  expect(offsets).toMatchObject({ exitCode: 0, stdout: 'session-ingest-stage-1:0:2' });
});

test('the launcher of ZooKeeper says that it is no longer needed', async () => {
  const zookeeper = await run('zookeeper-server-start.sh config/zookeeper.properties');
  expect(zookeeper.exitCode).toBe(0);
  expect(zookeeper.stdout + zookeeper.stderr).toContain('no longer needed');
});

test('every legacy launcher has both spellings', async () => {
  const names = readdirSync(
    (await execa(process.execPath, [kafta, 'launchers', '--legacy'])).stdout.trim(),
  );
  const scripts = names.filter((name) => /^kafka-.*\.sh$/.test(name));
  expect(scripts.length).toBeGreaterThan(4);
  for (const script of scripts) expect(names).toContain(script.slice(0, -3));
});
