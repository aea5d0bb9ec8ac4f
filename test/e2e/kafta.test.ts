// What a user at a shell sees of `kafta`: the broker that starts itself, clean stdout, honest exit codes.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { Kafta } from '../support/kafta.ts';

let kafta: Kafta;

beforeAll(() => {
  kafta = new Kafta();
});

afterAll(() => kafta.end());

describe('the embedded broker', () => {
  test('starts itself for the first command, which says so on stderr alone', async () => {
    const first = await kafta.run(['topics', '--create', '--topic', 'orders', '--partitions', '2']);
    expect(first).toMatchObject({ stdout: 'Created topic orders.\n', exitCode: 0 });
    expect(first.stderr).toMatch(
      /^Started the embedded broker at localhost:\d+( \(port \d+ is taken by another process\))?; 'kafta broker stop' ends it\.\n$/,
    );
    const second = await kafta.run(['topics', '--list']);
    expect(second).toEqual({ stdout: 'orders\n', stderr: '', exitCode: 0 });
  });

  test('keeps what is piped in, and gives it back in order', async () => {
    const { stdout, exitCode } = await kafta.shell(
      'set -o pipefail; seq 1 20000 | kafta console-producer --topic numbers && ' +
        'kafta console-consumer --topic numbers --from-beginning --max-messages 20000 | tail -1',
    );
    expect([stdout, exitCode]).toEqual(['20000\n', 0]);
  });

  test('keeps its data over a restart, at the same address', async () => {
    const status = async () =>
      JSON.parse((await kafta.run(['broker', 'status', '--output', 'json'])).stdout);
    const [before] = await status();
    expect(await kafta.run(['broker', 'stop'])).toMatchObject({ stdout: 'Stopped\n', exitCode: 0 });
    expect((await status())[0]).toMatchObject({ isRunning: false, bootstrapServer: null });
    const { stdout } = await kafta.run(['topics', '--list']);
    expect(stdout.split('\n')).toContain('orders');
    const [after] = await status();
    expect(after.bootstrapServer).toBe(before.bootstrapServer);
    expect(after.pid).not.toBe(before.pid);
  });

  test('is one per cluster name', async () => {
    const { stdout, stderr } = await kafta.run(['topics', '--list', '--cluster', 'other']);
    expect(stdout.trim()).toBe('');
    expect(stderr).toContain("'kafta broker stop --cluster other' ends it");
    expect((await kafta.run(['broker', 'status', '--cluster', 'none'])).exitCode).toBe(1);
  });

  test('is left alone when another broker is named', async () => {
    const { stderr, exitCode } = await kafta.run(
      [
        ...['topics', '--list', '--bootstrap-server', 'localhost:1'],
        ...['--command-config', '/dev/null'],
      ],
      { env: { KAFTA_CLUSTER: 'never' }, timeout: 1000 },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).not.toContain('Started');
  });

  test('tells its log', async () => {
    const { stdout } = await kafta.run(['broker', 'logs', '--lines', '1000']);
    expect(stdout).toContain(`Starting kafta ${packageJson.version}, cluster 'default'`);
  });

  test('forgets everything when it is reset, and only when that is meant', async () => {
    const refused = await kafta.run(['broker', 'reset', '--cluster', 'other']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/^Nothing was deleted; '--yes' deletes .* without asking\.\n$/);
    const done = await kafta.run(['broker', 'reset', '--cluster', 'other', '--yes']);
    expect(done.exitCode).toBe(0);
    expect((await kafta.run(['broker', 'status', '--cluster', 'other'])).exitCode).toBe(1);
  });

  test('writes down properties that Apache Kafka would start from', () => {
    const path = join(kafta.home, 'clusters/default/server.properties');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('process.roles=broker,controller');
    expect(text).toContain(`log.dirs=${join(kafta.home, 'clusters/default/data')}`);
  });
});

describe('a command line', () => {
  test.each([
    [['topics', '--lsit'], 2, /^lsit is not a recognized option\nSee 'kafta topics --help'\.\n$/],
    [['topics', '--topic'], 2, /^Option topic requires an argument\n/],
    [['topics', '--list', '--output', 'xml'], 2, /^--output must be one of kafka, table/],
    [['tpoics', '--list'], 2, /^There is no command 'tpoics'\. Did you mean 'topics'\?/],
    [['broker', 'stat'], 2, /^There is no command 'broker stat'\. Did you mean 'broker start'\?/],
    [
      ['broker', 'start', '--foo'],
      2,
      /^Nonexistent flag: --foo\nSee 'kafta broker start --help'\.\n$/,
    ],
    [['topics', '--list', '--cluster', '../x'], 1, /^'\.\.\/x' is no cluster name/],
  ])('%j is refused in one line', async (argv, exitCode, stderr) => {
    const ran = await kafta.run(argv);
    expect(ran).toMatchObject({ stdout: '', exitCode });
    expect(ran.stderr).toMatch(stderr);
  });

  test('takes an option that Kafka has removed, with a warning on stderr', async () => {
    const { stdout, stderr, exitCode } = await kafta.run([
      ...['topics', '--zookeeper', 'localhost:2181', '--describe', '--topic', 'orders'],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Topic: orders');
    expect(stderr).toMatch(/^Warning: --zookeeper was removed from Apache Kafka and is ignored/);
  });

  test('changes configs with topics --alter, as Kafka once did', async () => {
    const altered = await kafta.run([
      ...['topics', '--alter', '--topic', 'orders', '--config', 'retention.ms=4711'],
    ]);
    expect(altered).toMatchObject({ exitCode: 0 });
    expect(altered.stderr).toMatch(/changing configs with topics --alter was removed/);
    const { stdout } = await kafta.run(['topics', '--describe', '--topic', 'orders']);
    expect(stdout).toContain('retention.ms=4711');
    const refused = await kafta.run([
      ...['topics', '--alter', '--topic', 'orders', '--config', 'retention.ms=-4711'],
    ]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/Invalid value -4711 for configuration retention.ms/);
  });

  test.each(['json', 'yaml', 'table'])('prints %s when asked to', async (format) => {
    const { stdout, exitCode } = await kafta.run([
      ...['topics', '--describe', '--topic', 'orders', '--output', format],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('orders');
    if (format === 'json') expect(JSON.parse(stdout)).toBeInstanceOf(Array);
  });

  test('ends quietly when the reader of a pipe goes', async () => {
    const { stdout, stderr } = await kafta.shell(
      'kafta console-consumer --topic numbers --from-beginning --timeout-ms 10000 | head -1',
    );
    expect(stdout).toBe('1\n');
    expect(stderr).not.toMatch(/EPIPE|at .*:\d+:\d+/);
  });

  test('says in one line that a full disk takes no output', {
    skip: process.platform !== 'linux',
  }, async () => {
    for (const line of ['kafta topics --list', 'kafta broker status', 'kafta --help']) {
      const { stderr, exitCode } = await kafta.shell(`${line} > /dev/full`);
      expect(stderr).toBe("Standard output can't be written: no space is left where it goes.\n");
      expect(exitCode).toBe(1);
    }
  });

  test('says in one line that a file is in the way of its folders', async () => {
    const file = join(kafta.home, 'file');
    writeFileSync(file, '');
    const { stderr, exitCode } = await kafta.run(['topics', '--list'], {
      env: { KAFTA_HOME: file },
    });
    expect(stderr).toMatch(/^.*file\/clusters\S* can't be a folder: a file is in the way; .*\n$/);
    expect(exitCode).toBe(1);
  });

  test('is explained by help, which needs no broker', async () => {
    const { stdout, exitCode } = await kafta.run(['topics', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--replication-factor');
    expect((await kafta.run(['help', 'topics'])).stdout).toBe(stdout);
    expect((await kafta.run([])).stdout).toContain('console-producer');
    expect((await kafta.run(['--version'])).stdout).toContain(`kafta/${packageJson.version}`);
  });
});

describe('a context', () => {
  test('is where commands go, until the embedded broker is chosen again', async () => {
    const added = await kafta.run(['context', 'add', 'far', '--bootstrap-server', 'localhost:1']);
    expect(added.exitCode).toBe(0);
    const list = await kafta.run(['context', 'list', '--output', 'json']);
    expect(JSON.parse(list.stdout)).toEqual([
      { name: 'far', bootstrapServer: 'localhost:1', isCurrent: true },
    ]);
    expect((await kafta.run(['context', 'use', 'near'])).stderr).toBe(
      "There is no context 'near': there are far.\n",
    );
    expect((await kafta.run(['context', 'use', '--embedded'])).exitCode).toBe(0);
    expect((await kafta.run(['topics', '--list'])).exitCode).toBe(0);
    expect((await kafta.run(['context', 'remove', 'far'])).exitCode).toBe(0);
    expect((await kafta.run(['context', 'list'])).stdout).toBe('');
  });
});
