// The launchers under Kafka's names: exact, found through links, with the right Node; brokers in the foreground.

import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ourLaunchers, prepareBroker, startBrokerProcess } from '../support/broker-process.ts';
import { Kafta } from '../support/kafta.ts';

const root = resolve(import.meta.dirname, '../..');
let kafta: Kafta;
let folder: string;

beforeAll(() => {
  kafta = new Kafta();
  folder = mkdtempSync(join(tmpdir(), 'kafta-launchers-'));
});

afterAll(async () => {
  await kafta.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('a launcher', () => {
  test('is where `kafta launchers` says', async () => {
    expect((await kafta.run(['launchers'])).stdout).toBe(`${join(root, 'bin/launchers')}\n`);
    const legacy = await kafta.run(['launchers', '--legacy']);
    expect(legacy.stdout).toBe(`${join(root, 'bin/launchers-legacy')}\n`);
  });

  test('mirrors Kafka: no broker of its own, no removed options', async () => {
    const bare = await kafta.launch('kafka-topics.sh', ['--list']);
    expect(bare).toMatchObject({ stdout: '', exitCode: 1 });
    expect(bare.stderr).toContain('--bootstrap-server must be specified');
    const removed = await kafta.launch('kafka-topics', ['--zookeeper', 'h:1', '--list']);
    expect(removed).toMatchObject({ stdout: '', exitCode: 1 });
    expect(removed.stderr).toMatch(/^zookeeper is not a recognized option\n/);
    expect(await kafta.launch('kafka-topics.sh', ['--version'])).toMatchObject({
      stdout: '4.3.1\n',
      exitCode: 0,
    });
  });

  test('of the legacy kind takes them, and finds the embedded broker', async () => {
    const argv = ['--zookeeper', 'localhost:2181', '--create', '--topic', 'old'];
    const { stdout, stderr } = await kafta.launch('kafka-topics.sh', argv, 'launchers-legacy');
    expect(stdout).toBe('Created topic old.\n');
    expect(stderr).toContain('--zookeeper was removed');
  });

  test('says that ZooKeeper is no longer needed', async () => {
    const ran = await kafta.launch(
      'zookeeper-server-start.sh',
      ['zookeeper.properties'],
      'launchers-legacy',
    );
    expect(ran).toMatchObject({ stdout: '', exitCode: 0 });
    expect(ran.stderr).toContain('no longer needed');
  });

  test('runs the command of a Java class, by its old name and its new one', async () => {
    for (const name of ['kafka.admin.TopicCommand', 'org.apache.kafka.tools.TopicCommand']) {
      const ran = await kafta.launch('kafka-run-class.sh', [name, '--version']);
      expect(ran).toMatchObject({ stdout: '4.3.1\n', exitCode: 0 });
    }
    const unknown = await kafta.launch('kafka-run-class.sh', ['kafka.Nothing']);
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain('Could not find or load main class kafka.Nothing');
  });

  test('finds its package through links', async () => {
    const link = join(folder, 'kafka-topics.sh');
    symlinkSync(join(root, 'bin/launchers/kafka-topics.sh'), join(folder, 'first.sh'));
    symlinkSync('first.sh', link);
    const { stdout } = await execa(link, ['--version']);
    expect(stdout).toBe('4.3.1');
  });

  test('finds its package through a link to the folder', async () => {
    const bin = join(folder, 'bin');
    symlinkSync(join(root, 'bin/launchers'), bin);
    const { stdout } = await execa(join(bin, 'kafka-topics.sh'), ['--version']);
    expect(stdout).toBe('4.3.1');
  });
});

const PRETEND_OLD = ['-r', join(import.meta.dirname, 'programs/old-node.cjs')];

describe('a Node that is too old', () => {
  test('hands over to the one of the checkout', async () => {
    const argv = [...PRETEND_OLD, join(root, 'bin/run.js'), '--version'];
    const { stdout } = await execa(process.execPath, argv);
    expect(stdout).toMatch(/^kafta\/\d/);
  });

  test('says what is needed where there is no other', async () => {
    const alone = join(folder, 'alone');
    mkdirSync(alone);
    cpSync(join(root, 'bin/run.js'), join(alone, 'bin/run.js'));
    cpSync(join(root, 'bin/old-node.cjs'), join(alone, 'bin/old-node.cjs'));
    cpSync(join(root, 'bin/package.json'), join(alone, 'bin/package.json'));
    const argv = [...PRETEND_OLD, join(alone, 'bin/run.js'), 'topics', '--list'];
    const { stdout, stderr, exitCode } = await execa(process.execPath, argv, { reject: false });
    expect([stdout, exitCode]).toEqual(['', 1]);
    expect(stderr).toMatch(/^kafta needs Node 22\.15 or newer, and this is 20\.20\.2 \(.*\); .*$/);
  });
});

describe('a broker in the foreground', () => {
  test('serves what a server.properties says, and ends in order on SIGTERM', async () => {
    const prepared = await prepareBroker(join(folder), ourLaunchers);
    const broker = await startBrokerProcess(prepared, ourLaunchers);
    const argv = ['--bootstrap-server', broker.bootstrap, '--create', '--topic', 'here'];
    expect((await kafta.launch('kafka-topics.sh', argv)).stdout).toBe('Created topic here.\n');

    const second = await kafta.launch('kafka-server-start.sh', [prepared.config]);
    expect(second.exitCode).toBe(1);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);

    await broker.stop();
    expect(broker.child.exitCode).toBe(143);
    const again = await startBrokerProcess(prepared, ourLaunchers);
    const list = ['--bootstrap-server', again.bootstrap, '--list'];
    expect((await kafta.launch('kafka-topics.sh', list)).stdout).toBe('here\n');
    await again.stop();
  });

  test('is stopped by kafka-server-stop.sh, which finds none after that', async () => {
    const place = join(folder, 'stopped');
    mkdirSync(place);
    const prepared = await prepareBroker(place, ourLaunchers);
    const child = spawn(join(ourLaunchers, 'kafka-server-start.sh'), [prepared.config], {
      env: { ...process.env, ...kafta.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise<number | null>((settle) => child.once('exit', settle));
    await new Promise<void>((settle) => {
      child.stdout.on('data', (chunk) => {
        if (String(chunk).includes('Serving at')) settle();
      });
    });
    await kafta.run(['broker', 'stop']);
    expect((await kafta.launch('kafka-server-stop.sh', [])).exitCode).toBe(0);
    expect(await gone).toBe(143);
    expect(await kafta.launch('kafka-server-stop.sh', [])).toMatchObject({
      stdout: 'No kafka server to stop\n',
      exitCode: 1,
    });
  });

  test('goes on by itself with -daemon, and writes to the folder of LOG_DIR', async () => {
    const place = join(folder, 'detached');
    mkdirSync(place);
    const prepared = await prepareBroker(place, ourLaunchers);
    const start = await execa(
      join(ourLaunchers, 'kafka-server-start.sh'),
      ['-daemon', prepared.config],
      { env: { ...kafta.env, LOG_DIR: place }, stdio: 'ignore' },
    );
    expect(start.exitCode).toBe(0);
    const server = ['--bootstrap-server', `localhost:${prepared.port}`];
    // Waits for the broker, as every tool does.
    expect(await kafta.launch('kafka-topics.sh', [...server, '--list'])).toMatchObject({
      exitCode: 0,
    });
    expect((await kafta.launch('kafka-server-stop.sh', [])).exitCode).toBe(0);
    const output = join(place, 'kafkaServer.out');
    await vi.waitFor(() => expect(readFileSync(output, 'utf8')).toMatch(/ Stopped\n$/), 20_000);
  });

  test.each([
    [[], 1, /^USAGE: kafka-server-start\.sh/],
    [['none.properties'], 1, /^There is no file none\.properties\.\n$/],
  ])('with %j says what is wrong', async (argv, exitCode, stderr) => {
    const ran = await kafta.launch('kafka-server-start.sh', argv);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr).toMatch(stderr);
  });

  test('wants a formatted directory', async () => {
    const config = join(folder, 'raw.properties');
    writeFileSync(
      config,
      [
        'process.roles=broker,controller',
        'node.id=1',
        'controller.quorum.voters=1@localhost:9093',
        'listeners=PLAINTEXT://localhost:0,CONTROLLER://localhost:0',
        'controller.listener.names=CONTROLLER',
        `log.dirs=${join(folder, 'raw')}`,
      ].join('\n'),
    );
    const ran = await kafta.launch('kafka-server-start.sh', [config]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(
      /^No readable meta\.properties files found\. Format .* first: kafka-storage\.sh format .*\n$/,
    );
  });
});
