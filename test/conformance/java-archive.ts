// An archive of Apache Kafka's classes, as a JVM keeps its own (JEP 350): with it a Java tool starts in half the time,
// which is most of what a step of the matrix costs. Made once per Apache Kafka folder; without it all works, slower.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/broker-process.ts';

const BOOTSTRAP = 'BOOTSTRAP';
/** Commands that between them load what the tools load. */
const RUNS = [
  ['kafka-topics.sh', BOOTSTRAP, '--create', '--topic', 'archive'],
  ['kafka-topics.sh', BOOTSTRAP, '--describe'],
  ['kafka-console-producer.sh', BOOTSTRAP, '--topic', 'archive'],
  [
    'kafka-console-consumer.sh',
    BOOTSTRAP,
    '--topic',
    'archive',
    '--group',
    'archive',
    '--from-beginning',
    '--max-messages',
    '1',
  ],
  [
    'kafka-console-consumer.sh',
    BOOTSTRAP,
    '--topic',
    'archive',
    '--from-beginning',
    '--max-messages',
    '1',
    '--command-property',
    'group.protocol=consumer',
  ],
  ['kafka-consumer-groups.sh', BOOTSTRAP, '--describe', '--all-groups'],
  [
    'kafka-consumer-groups.sh',
    BOOTSTRAP,
    '--group',
    'archive',
    '--topic',
    'archive',
    '--reset-offsets',
    '--to-earliest',
    '--execute',
  ],
  [
    'kafka-configs.sh',
    BOOTSTRAP,
    '--entity-type',
    'topics',
    '--entity-name',
    'archive',
    '--alter',
    '--add-config',
    'retention.ms=1000',
  ],
  ['kafka-configs.sh', BOOTSTRAP, '--entity-type', 'brokers', '--describe', '--all'],
  ['kafka-get-offsets.sh', BOOTSTRAP],
  ['kafka-share-groups.sh', BOOTSTRAP, '--list'],
  ['kafka-streams-groups.sh', BOOTSTRAP, '--list'],
  ['kafka-transactions.sh', BOOTSTRAP, 'list'],
];

/** The value for KAFKA_OPTS; undefined when the JVM can't. */
export async function javaArchive(apache: string): Promise<string | undefined> {
  const archive = join(apache, 'classes.jsa');
  if (!existsSync(archive) && !(await make(apache, archive))) return undefined;
  return `-XX:SharedArchiveFile=${archive} -Xlog:cds=off -Xlog:cds+dynamic=off`;
}

async function make(apache: string, archive: string): Promise<boolean> {
  const work = mkdtempSync(join(tmpdir(), 'kafta-classes-'));
  try {
    const classes = new Set<string>();
    await collect(apache, work, classes);
    const list = join(work, 'classes.lst');
    writeFileSync(list, [...classes].join('\n'));
    const made = join(work, 'classes.jsa');
    const classPath = join(apache, 'libs/*');
    const dump = [
      '-Xshare:dump',
      `-XX:SharedClassListFile=${list}`,
      `-XX:SharedArchiveFile=${made}`,
      '-Xlog:cds=off',
      '-Xlog:cds+dynamic=off',
      '-cp',
      classPath,
    ];
    const outcome = spawnSync('java', dump, { stdio: 'ignore', timeout: 120_000 });
    if (outcome.status !== 0 || !existsSync(made)) return false;
    const copy = spawnSync('cp', [made, `${archive}.new`]);
    if (copy.status !== 0) return false;
    renameSync(`${archive}.new`, archive);
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What the broker and the tools load, by the JVM's own account. */
async function collect(apache: string, work: string, classes: Set<string>): Promise<void> {
  const port = await freePort();
  const listed = (name: string) => join(work, `${name}.lst`);
  const env = (name: string) => ({
    ...process.env,
    KAFKA_TIER: '1',
    KAFKA_OPTS: `-XX:DumpLoadedClassList=${listed(name)}`,
  });
  const broker = spawn(join(apache, 'bin/broker-start'), [join(work, 'data'), String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: env('broker'),
  });
  try {
    for (const [index, [tool, ...rest]] of RUNS.entries()) {
      const argv = rest.flatMap((arg) =>
        arg === BOOTSTRAP ? ['--bootstrap-server', `127.0.0.1:${port}`] : [arg],
      );
      spawnSync(join(apache, 'bin', tool as string), argv, {
        env: env(`tool-${index}`),
        input: 'one\n',
        stdio: ['pipe', 'ignore', 'ignore'],
        timeout: 60_000,
      });
    }
  } finally {
    broker.kill('SIGTERM');
    await once(broker, 'exit');
  }
  for (const name of ['broker', ...RUNS.map((_, index) => `tool-${index}`)]) {
    if (!existsSync(listed(name))) continue;
    for (const line of readFileSync(listed(name), 'latin1').split('\n')) {
      if (line !== '' && !line.startsWith('#')) classes.add(line);
    }
  }
}
