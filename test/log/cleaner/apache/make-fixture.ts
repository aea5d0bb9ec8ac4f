// Records what Apache Kafka's cleaner makes of the inputs of input.ts, for apache-cleaner.test.ts. By hand:
//   APACHE_KAFKA=DIR node test/log/cleaner/apache/make-fixture.ts

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BufferPool } from '../../../../src/common/buffer-pool.ts';
import { nodeIo } from '../../../../src/io/node.ts';
import { logConfig } from '../../../../src/log/log-config.ts';
import { UnifiedLog } from '../../../../src/log/unified-log.ts';
import { CASES, INPUT_CONFIG, NAMES, type RecordedCase } from './cases.ts';
import { fill } from './input.ts';

const libs = join(process.env.APACHE_KAFKA ?? '', 'libs/*');
const recorded: RecordedCase[] = [];
for (const each of CASES) {
  const folder = mkdtempSync(join(tmpdir(), 'kafta-compact-'));
  const directory = join(folder, 'compacted-0');
  const log = new UnifiedLog({
    io: nodeIo(),
    topic: 'compacted',
    partition: 0,
    directory,
    config: logConfig(new Map(Object.entries(INPUT_CONFIG))),
    pool: new BufferPool({ maxIdleBytes: 1 << 20, maxBufferBytes: 1 << 20 }),
    cleanShutdown: true,
  });
  fill(log, each.input);
  const end = log.segments.active.baseOffset;
  await log.close();
  const args = [
    directory,
    String(end),
    INPUT_CONFIG['internal.segment.bytes'],
    ...each.timesMs.map(String),
  ];
  execFileSync('java', ['-cp', libs, join(import.meta.dirname, 'Compact.java'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const names = readdirSync(directory)
    .filter((name) => NAMES.test(name))
    .sort();
  const files = names.map(
    (name) => [name, readFileSync(join(directory, name)).toString('base64')] as const,
  );
  recorded.push({ ...each, files: Object.fromEntries(files) });
  console.log(`seed ${each.input.seed}: ${names.length} files`);
  rmSync(folder, { recursive: true });
}
writeFileSync(
  join(import.meta.dirname, 'recorded.json.gz'),
  gzipSync(JSON.stringify(recorded), { level: 9 }),
);
