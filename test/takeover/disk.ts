// What a broker leaves in its directories at a clean stop, file by file, looked at without any broker.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nodeIo } from '../../src/io/node.ts';
import { imageRecords } from '../../src/metadata/image/image-writer.ts';
import { EMPTY_IMAGE } from '../../src/metadata/image/metadata-image.ts';
import { MetadataReplay } from '../../src/metadata/metadata-replay.ts';
import { decodeRecord, encodeRecord, type MetadataRecord } from '../../src/metadata/records.ts';
import { listSnapshots, readSnapshotFile, snapshotPath } from '../../src/raft/snapshot.ts';
import * as batch from '../../src/records/record-batch.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import type { Checks } from './checks.ts';
import type { Cluster } from './cluster.ts';
import { COMPACTED } from './holdings/compacted.ts';

export interface Left {
  /** Path within its log dir → hash of all of it, of files that must never change. */
  readonly constant: Map<string, string>;
  /** Path → bytes, of logs that may only grow. */
  readonly logs: Map<string, Buffer>;
}

const METADATA = '__cluster_metadata-0';

/** Checks the files on their own terms, and against what the broker before left. */
export function checkDisk(
  checks: Checks,
  stage: string,
  { logDirs, isDynamic }: Cluster,
  before?: Left,
): Left {
  const left: Left = { constant: new Map(), logs: new Map() };
  for (const [index, logDir] of logDirs.entries()) {
    const name = `${stage}: log dir ${index + 1}`;
    checkLogDir(checks, name, logDir);
    for (const file of ['meta.properties', 'bootstrap.checkpoint']) {
      left.constant.set(`${index}/${file}`, hash(readFileSync(join(logDir, file))));
    }
    for (const folder of partitionFolders(logDir))
      checkPartition(checks, name, logDir, folder, left);
  }
  const metadata = join(logDirs[0] as string, METADATA);
  checkMetadata(checks, `${stage}: metadata log`, metadata, isDynamic);
  checkDirectories(checks, stage, logDirs, metadata);
  for (const [path, was] of before?.constant ?? []) {
    const now = left.constant.get(path);
    if (now !== undefined) checks.equal(`${stage}: ${path} is as it was`, now, was);
  }
  let grown = 0;
  for (const [path, was] of before?.logs ?? []) {
    if (path.startsWith(`${COMPACTED}-`)) continue;
    const now = left.logs.get(path);
    if (now === undefined) continue;
    grown++;
    const isKept = now.subarray(0, was.length).equals(was);
    checks.holds(`${stage}: ${path} begins with the bytes it had`, isKept);
  }
  if (before !== undefined)
    checks.holds(`${stage}: logs were compared`, grown > 20, () => `${grown}`);
  return left;
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function partitionFolders(logDir: string): string[] {
  return readdirSync(logDir).filter((name) => /-\d+$/.test(name) && name !== METADATA);
}

function checkLogDir(checks: Checks, name: string, logDir: string): void {
  const shutdown = JSON.parse(readFileSync(join(logDir, '.kafka_cleanshutdown'), 'utf8'));
  const keys = Object.keys(shutdown).join();
  checks.equal(`${name}: clean-shutdown marker`, keys, 'version,brokerEpoch');
  checks.holds(`${name}: broker epoch in it`, shutdown.brokerEpoch > 0);
  checks.holds(`${name}: no lock file stays`, !existsSync(join(logDir, '.lock')));
  const stray = readdirSync(logDir).filter((file) => /\.(tmp|swap|cleaned)$/.test(file));
  checks.equal(`${name}: no unfinished files`, stray.join(' '), '');
  const folders = partitionFolders(logDir).sort();
  for (const file of ['recovery-point-offset-checkpoint', 'replication-offset-checkpoint']) {
    const offsets = readCheckpoint(join(logDir, file));
    checks.equal(
      `${name}: ${file} has every partition`,
      [...offsets.keys()].sort().join('\n'),
      folders.join('\n'),
    );
    for (const [folder, offset] of offsets) {
      const end = logEndOffset(join(logDir, folder));
      if (end === offset) continue;
      checks.holds(`${name}: ${file} of ${folder}`, false, () => `${offset}, log end is ${end}`);
    }
  }
  readCheckpoint(join(logDir, 'log-start-offset-checkpoint'));
  const mode = statSync(join(logDir, 'bootstrap.checkpoint')).mode & 0o777;
  checks.holds(`${name}: bootstrap.checkpoint can be read`, (mode & 0o400) !== 0);
}

/** Partition folder → offset. Throws when it isn't a checkpoint of version 0. */
function readCheckpoint(path: string): Map<string, number> {
  const [version, count, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  if (version !== '0' || Number(count) !== lines.length) throw new Error(`${path} is damaged`);
  return new Map(
    lines.map((line) => {
      const [topic, partition, offset] = line.split(' ');
      return [`${topic}-${partition}`, Number(offset)];
    }),
  );
}

function segmentsOf(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return names.sort().map((name) => name.slice(0, -4));
}

function logEndOffset(folder: string): number {
  const last = segmentsOf(folder).at(-1) as string;
  const bytes = readFileSync(join(folder, `${last}.log`));
  let end = Number(last);
  batch.forEachBatch(bytes, 0, bytes.length, (at) => {
    end = batch.lastOffset(bytes, at) + 1;
  });
  return end;
}

function checkPartition(
  checks: Checks,
  name: string,
  logDir: string,
  folder: string,
  left: Left,
): void {
  const path = join(logDir, folder);
  const segments = segmentsOf(path);
  const end = logEndOffset(path);
  const problems: string[] = [];
  for (const segment of segments) {
    for (const suffix of ['index', 'timeindex']) {
      const file = join(path, `${segment}.${suffix}`);
      const entryBytes = suffix === 'index' ? 8 : 12;
      if (!existsSync(file)) problems.push(`${segment}.${suffix} is missing`);
      else if (statSync(file).size % entryBytes !== 0)
        problems.push(`${segment}.${suffix} isn't trimmed`);
      else if (statSync(file).size > 1_000_000) problems.push(`${segment}.${suffix} isn't trimmed`);
    }
    left.logs.set(`${folder}/${segment}.log`, readFileSync(join(path, `${segment}.log`)));
  }
  if (end > 0 && !existsSync(join(path, `${offsetName(end)}.snapshot`))) {
    problems.push(`no producer snapshot at ${end}`);
  }
  const partitionMetadata = readFileSync(join(path, 'partition.metadata'), 'utf8');
  if (!/^version: 0\ntopic_id: [\w-]{22}$/.test(partitionMetadata))
    problems.push('partition.metadata');
  left.constant.set(
    `${folder}/${partitionMetadata.slice(-22)}/partition.metadata`,
    hash(Buffer.from(partitionMetadata)),
  );
  const epochs = readFileSync(join(path, 'leader-epoch-checkpoint'), 'utf8').trimEnd().split('\n');
  if (epochs[0] !== '0' || Number(epochs[1]) !== epochs.length - 2) problems.push('leader epochs');
  checks.equal(`${name}: ${folder}`, problems.join('\n'), '');
}

const offsetName = (offset: number): string => String(offset).padStart(20, '0');

/** Each snapshot says what the log up to it says; the quorum's file is of this cluster. */
function checkMetadata(checks: Checks, name: string, folder: string, isDynamic: boolean): void {
  const state = JSON.parse(readFileSync(join(folder, 'quorum-state'), 'utf8'));
  checks.equal(
    `${name}: quorum-state`,
    `${state.data_version} ${state.leaderId} ${state.votedId}`,
    `${isDynamic ? 1 : 0} 1 -1`,
  );
  const { disk } = nodeIo();
  const snapshots = listSnapshots(disk, folder);
  const batches = metadataBatches(folder);
  const epoch = batches.at(-1)?.epoch ?? 0;
  checks.equal(`${name}: leader epoch`, String(state.leaderEpoch), String(epoch));
  const end = (batches.at(-1)?.lastOffset ?? -1) + 1;
  checks.holds(
    `${name}: producer snapshot at its end`,
    existsSync(join(folder, `${offsetName(end)}.snapshot`)),
  );
  for (const id of snapshots) {
    const values: Buffer[] = [];
    const path = snapshotPath(folder, id);
    readSnapshotFile(disk, path, (value) => values.push(value));
    const fromLog = new MetadataReplay(EMPTY_IMAGE);
    for (const each of batches)
      if (each.lastOffset < id.endOffset) fromLog.replayValues(each.values);
    const fromSnapshot = new MetadataReplay(EMPTY_IMAGE);
    fromSnapshot.replayValues(values);
    const expected = recordsOf(fromLog);
    checks.equal(
      `${name}: snapshot at ${id.endOffset}`,
      textOf(recordsOf(fromSnapshot)),
      textOf(expected),
    );
    const records = values.map(decodeRecord);
    checks.equal(`${name}: records at ${id.endOffset}`, textOf(records), textOf(expected));
    checks.equal(`${name}: kinds at ${id.endOffset}`, kindsOf(records), kindsOf(expected));
    checks.equal(
      `${name}: mode of the snapshot at ${id.endOffset}`,
      String(statSync(path).mode & 0o777),
      String(0o400),
    );
  }
  checks.holds(`${name}: has snapshots`, snapshots.length > 0);
}

/** The metadata say in which log dir each replica lies. */
function checkDirectories(
  checks: Checks,
  stage: string,
  logDirs: readonly string[],
  metadata: string,
): void {
  const replay = new MetadataReplay(EMPTY_IMAGE);
  for (const each of metadataBatches(metadata)) replay.replayValues(each.values);
  const { topics } = replay.finish(EMPTY_IMAGE.provenance).image;
  const expected: string[] = [];
  const actual: string[] = [];
  for (const topic of topics.topicsByName.values()) {
    for (const [index, { directories }] of topic.partitions.entries()) {
      const folder = `${topic.name}-${index}`;
      const logDir = logDirs.find((each) => existsSync(join(each, folder)));
      const properties = readFileSync(join(logDir ?? '', 'meta.properties'), 'utf8');
      expected.push(`${folder} ${/^directory\.id=(.*)$/m.exec(properties)?.[1]}`);
      actual.push(`${folder} ${directories.join()}`);
    }
  }
  checks.equal(`${stage}: directories of replicas`, actual.join('\n'), expected.join('\n'));
}

/** What kafta would write into a snapshot, every field of it. */
function recordsOf(replay: MetadataReplay): MetadataRecord[] {
  const { image } = replay.finish(EMPTY_IMAGE.provenance);
  return [...imageRecords(image)].map((record) => decodeRecord(encodeRecord(record)));
}

const textOf = (records: readonly MetadataRecord[]): string =>
  records
    .map((record) => JSON.stringify(record, inOrder))
    .sort()
    .join('\n');

/** The kinds in the order in which they begin. */
const kindsOf = (records: readonly MetadataRecord[]): string =>
  [...new Set(records.map(({ type }) => type))].join('\n');

/** Features, listeners and the parts of a quota's entity are written in the order of a hash map. */
function inOrder(name: string, value: unknown): unknown {
  if (!Array.isArray(value) || !UNORDERED.has(name)) return value;
  return value.map((each) => JSON.stringify(each)).sort();
}

const UNORDERED = new Set(['features', 'endPoints', 'entity']);

interface MetadataBatch {
  readonly lastOffset: number;
  readonly epoch: number;
  readonly values: Buffer[];
}

function metadataBatches(folder: string): MetadataBatch[] {
  const found: MetadataBatch[] = [];
  const cursor = new RecordCursor();
  for (const segment of segmentsOf(folder)) {
    const bytes = readFileSync(join(folder, `${segment}.log`));
    batch.forEachBatch(bytes, 0, bytes.length, (at) => {
      const values: Buffer[] = [];
      if (!batch.isControl(bytes, at)) {
        cursor.reset(bytes, at);
        while (cursor.next()) values.push(Buffer.from(cursor.value() ?? Buffer.alloc(0)));
      }
      const epoch = batch.partitionLeaderEpoch(bytes, at);
      found.push({ lastOffset: batch.lastOffset(bytes, at), epoch, values });
    });
  }
  return found;
}
