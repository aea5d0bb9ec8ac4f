// The metadata log on a real disk in a temporary folder; damage is done to its files between two openings.
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Disk, Io } from '../../src/io/io.ts';
import { nodeIo } from '../../src/io/node.ts';
import { MetadataLog, type MetadataLogOptions } from '../../src/raft/raft-log.ts';
import { snapshotPath } from '../../src/raft/snapshot.ts';
import { verifyCrc } from '../../src/records/record-batch.ts';

let directory: string;
let opened: MetadataLog[] = [];

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'raft-')), '__cluster_metadata-0');
});

afterEach(async () => {
  for (const log of opened) await log.close().catch(() => {});
  opened = [];
  rmSync(join(directory, '..'), { recursive: true });
});

interface Replayed {
  snapshot: string[];
  batches: string[][];
}

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
});

function open(changes: Partial<MetadataLogOptions> = {}): { log: MetadataLog; seen: Replayed } {
  const seen: Replayed = { snapshot: [], batches: [] };
  const log = MetadataLog.open(
    {
      io: nodeIo(),
      directory,
      nodeId: 1,
      staticVoterIds: [1],
      segmentBytes: 1 << 30,
      segmentMs: 1e12,
      retentionBytes: 1 << 30,
      retentionMs: 1e12,
      warn: (line) => warnings.push(line),
      ...changes,
    },
    {
      snapshot: (_id, _time, values) => {
        seen.snapshot = values.map(String);
      },
      batch: ({ values }) => {
        if (values.length > 0) seen.batches.push(values.map(String));
      },
    },
  );
  opened.push(log);
  return { log, seen };
}

async function lead(changes: Partial<MetadataLogOptions> = {}): Promise<MetadataLog> {
  const { log } = open(changes);
  await log.becomeLeader().committed;
  return log;
}

const values = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const file = (name: string): string => join(directory, name);
const LOG = '00000000000000000000.log';

describe('a new log', () => {
  it('opens its first epoch with a leader change and Kafka’s quorum-state', async () => {
    const log = await lead();
    expect(log.leaderEpoch).toBe(1);
    expect(readFileSync(file('quorum-state'), 'utf8')).toBe(
      '{"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,' +
        '"currentVoters":[{"voterId":1}],"data_version":0}',
    );
    expect(readFileSync(file('leader-epoch-checkpoint'), 'utf8')).toBe('0\n1\n1 0\n');
    expect(readFileSync(file('partition.metadata'), 'utf8')).toBe(
      'version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ',
    );
    expect(verifyCrc(readFileSync(file(LOG)), 0)).toBe(true);
  });

  it('replays what was appended, batch by batch, in the next epoch', async () => {
    const log = await lead();
    await log.append(values('a', 'b')).committed;
    await log.append(values('c')).committed;
    expect(log.highWatermark).toBe(4);
    await log.close();

    const again = open();
    expect(again.seen.batches).toEqual([['a', 'b'], ['c']]);
    await again.log.becomeLeader().committed;
    expect(again.log.leaderEpoch).toBe(2);
    expect(readFileSync(file('leader-epoch-checkpoint'), 'utf8')).toBe('0\n2\n1 0\n2 4\n');
  });

  it('is not led where the node is not the only voter', () => {
    const { log } = open({ staticVoterIds: [1, 2] });
    expect(() => log.becomeLeader()).toThrow(/its voters are 1, 2/);
  });
});

describe('a damaged log', () => {
  const written = async (): Promise<void> => {
    const log = await lead();
    await log.append(values('kept')).committed;
    await log.append(values('last')).committed;
    await log.close();
  };

  it('loses a torn last batch, and nothing before it', async () => {
    await written();
    truncateSync(file(LOG), statSync(file(LOG)).size - 3);
    const { log, seen } = open();
    expect(seen.batches).toEqual([['kept']]);
    await log.becomeLeader().committed;
    await log.append(values('after')).committed;
    await log.close();
    expect(open().seen.batches).toEqual([['kept'], ['after']]);
  });

  it('loses zeroes that a power loss left at its end', async () => {
    await written();
    appendFileSync(file(LOG), Buffer.alloc(8192));
    expect(open().seen.batches).toEqual([['kept'], ['last']]);
  });

  it('is refused where good batches follow the bad one, with the way out', async () => {
    await written();
    const bytes = readFileSync(file(LOG));
    bytes.writeUInt8(bytes.readUInt8(161) ^ 0xff, 161);
    writeFileSync(file(LOG), bytes);
    expect(() => open()).toThrow(
      /damaged at offset 1 \(position 91\): .*cut the file to its first 91 bytes/,
    );
    truncateSync(file(LOG), 91);
    expect(open().seen.batches).toEqual([]);
  });

  it('loses a torn last batch whose bytes end in zeroes', async () => {
    await written();
    const bytes = readFileSync(file(LOG));
    bytes.fill(0, bytes.length - 60);
    writeFileSync(file(LOG), bytes);
    expect(open().seen.batches).toEqual([['kept']]);
  });

  it('is refused where a wrong size in the middle reaches over the end', async () => {
    await written();
    const bytes = readFileSync(file(LOG));
    bytes.writeInt32BE(1 << 20, 91 + 8);
    writeFileSync(file(LOG), bytes);
    const size = bytes.length;
    expect(() => open()).toThrow(/damaged at offset 1 \(position 91\)/);
    expect(statSync(file(LOG)).size).toBe(size);
  });

  it('has quorum-state written anew where it can’t be read, in an epoch of its own', async () => {
    await written();
    writeFileSync(file('quorum-state'), '{"leader');
    const { log } = open();
    await log.becomeLeader().committed;
    expect(log.leaderEpoch).toBe(2);
    expect(readFileSync(file('quorum-state'), 'utf8')).toContain('"leaderEpoch":2');
    expect(warnings).toEqual([
      `Error while reading the quorum status from the file ${file('quorum-state')}; it is written anew`,
    ]);
  });

  it.each([
    ['0\n2\n1 0\n', 4],
    ['1\n1\n1 0\n', 1],
    ['', 1],
    ['0\nx\n', 2],
    ['0\n2\n3 0\n1 4\n', 4],
  ])('has leader-epoch-checkpoint %j written anew from every segment', async (text, line) => {
    const first = await lead({ segmentBytes: 100 });
    await first.append(values('kept')).committed;
    first.writeSnapshot(2, 1, values('state'));
    await first.close();
    await (await lead({ segmentBytes: 100 })).close();
    writeFileSync(file('leader-epoch-checkpoint'), text);
    const { log } = open();
    await log.becomeLeader().committed;
    expect(log.leaderEpoch).toBe(3);
    expect(readFileSync(file('leader-epoch-checkpoint'), 'utf8')).toBe('0\n3\n1 0\n2 2\n3 3\n');
    expect(warnings).toEqual([
      `Malformed line ${line} in ${file('leader-epoch-checkpoint')}; it is written anew from the log`,
    ]);
  });

  it('that is shorter than when it was closed says what is lost, once', async () => {
    await written();
    truncateSync(file(LOG), 91);
    const { seen } = open();
    expect(seen.batches).toEqual([]);
    expect(warnings).toEqual([
      `The metadata log ${file(LOG)} ends at offset 1 (position 91), but ended at offset 3 when it was closed: ` +
        'the changes in between are lost',
    ]);
    open();
    expect(warnings.length).toBe(1);
  });

  it('is refused where a segment is missing or cut short before another', async () => {
    const log = await lead({ segmentBytes: 100 });
    for (const text of ['a', 'b', 'c']) await log.append(values(text)).committed;
    await log.close();
    const second = '00000000000000000002.log';
    const bytes = readFileSync(file(second));
    truncateSync(file(second), bytes.length - 1);
    expect(() => open()).toThrow(/00000000000000000002\.log is damaged at offset 2 \(position 0\)/);
    expect(statSync(file(second)).size).toBe(bytes.length - 1);
    rmSync(file(second));
    expect(() => open()).toThrow(
      /00000000000000000001\.log ends at offset 2 .*, but .*00000000000000000003\.log follows/,
    );
    rmSync(file(LOG));
    expect(() => open()).toThrow(/begins at offset 1 .*: the records from offset 0 on are missing/);
  });
});

describe('group commit', () => {
  /** A disk whose flushes end when the test says so. */
  function heldFlushes(): {
    io: Io;
    flushes: { resolve: () => void; reject: (e: Error) => void }[];
  } {
    const io = nodeIo();
    const flushes: { resolve: () => void; reject: (e: Error) => void }[] = [];
    const disk: Disk = {
      ...io.disk,
      open: (path, mode) => {
        const real = io.disk.open(path, mode);
        real.flush = () => new Promise((resolve, reject) => flushes.push({ resolve, reject }));
        return real;
      },
    };
    return { io: { ...io, disk }, flushes };
  }

  /** Writes fail while it is full. */
  function fillableDisk(): { io: Io; setFull: (full: boolean) => void } {
    const io = nodeIo();
    let isFull = false;
    const disk: Disk = {
      ...io.disk,
      open: (path, mode) => {
        const real = io.disk.open(path, mode);
        const write = real.write.bind(real);
        real.write = (...what) => {
          if (isFull) throw new Error('ENOSPC');
          write(...what);
        };
        return real;
      },
    };
    return { io: { ...io, disk }, setFull: (full) => (isFull = full) };
  }

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('covers appends of one turn with one flush, and those during it with the next', async () => {
    const { io, flushes } = heldFlushes();
    const { log } = open({ io });
    const settled: string[] = [];
    const note = (name: string, promise: Promise<void>) => promise.then(() => settled.push(name));
    const first = note('leader', log.becomeLeader().committed);
    const second = note('a', log.append(values('a')).committed);
    await turn();
    expect(flushes.length).toBe(1);
    const third = note('b', log.append(values('b')).committed);
    flushes[0]?.resolve();
    await Promise.all([first, second]);
    expect(settled).toEqual(['leader', 'a']);
    expect(log.highWatermark).toBe(2);
    await turn();
    expect(flushes.length).toBe(2);
    flushes[1]?.resolve();
    await third;
    expect(log.highWatermark).toBe(3);
  });

  it('a flush that fails acknowledges nothing, then or later', async () => {
    const { io, flushes } = heldFlushes();
    const { log } = open({ io });
    const committed = log.becomeLeader().committed;
    await turn();
    flushes[0]?.reject(new Error('EIO'));
    await expect(committed).rejects.toThrow('EIO');
    expect(log.highWatermark).toBe(0);
    expect(() => log.append(values('a'))).toThrow('EIO');
  });

  it('a lazy append is committed at once and flushes nothing', async () => {
    const { io, flushes } = heldFlushes();
    const { log } = open({ io });
    const committed = log.becomeLeader().committed;
    await turn();
    flushes[0]?.resolve();
    await committed;
    await log.append(values('noop'), { lazy: true }).committed;
    expect(log.highWatermark).toBe(2);
    expect(flushes.length).toBe(1);
  });

  it('a write that fails leaves the log as it was', async () => {
    const { io, setFull } = fillableDisk();
    const log = await lead({ io });
    const size = statSync(file(LOG)).size;
    setFull(true);
    expect(() => log.append(values('a'))).toThrow('ENOSPC');
    setFull(false);
    expect(statSync(file(LOG)).size).toBe(size);
    await log.append(values('b')).committed;
    await log.close();
    expect(open().seen.batches).toEqual([['b']]);
  });
});

describe('snapshots', () => {
  it('a snapshot stands for what came before it', async () => {
    const log = await lead();
    await log.append(values('a')).committed;
    log.writeSnapshot(2, 42, values('state of a'));
    await log.append(values('b')).committed;
    await log.close();
    const name = '00000000000000000002-0000000001.checkpoint';
    expect(statSync(file(name)).mode & 0o777).toBe(0o400);
    const { seen } = open();
    expect(seen).toEqual({ snapshot: ['state of a'], batches: [['b']] });
  });

  it('old snapshots and the segments before them go when there is too much', async () => {
    const log = await lead({ segmentBytes: 200, retentionBytes: 0 });
    for (let i = 0; i < 6; i++) {
      await log.append(values(`value ${i} of some length`)).committed;
      log.writeSnapshot(log.logEndOffset, 1, values(`state ${i}`));
    }
    log.clean();
    const names = readdirSync(directory).filter((name) => /\.(log|checkpoint)$/.test(name));
    expect(names.filter((name) => name.endsWith('.checkpoint'))).toEqual([
      '00000000000000000007-0000000001.checkpoint',
    ]);
    expect(log.logStartOffset).toBe(7);
    expect(names.filter((name) => name.endsWith('.log')).length).toBeLessThan(3);
    await log.close();
    const { seen } = open();
    expect(seen).toEqual({ snapshot: ['state 5'], batches: [] });
  });

  it('a log that ends before its snapshot begins anew at its end', async () => {
    const log = await lead();
    await log.append(values('a')).committed;
    await log.append(values('b')).committed;
    log.writeSnapshot(3, 1, values('state of a and b'));
    await log.close();
    truncateSync(file(LOG), 91);
    const again = open();
    expect(again.seen.snapshot).toEqual(['state of a and b']);
    await again.log.becomeLeader().committed;
    expect(again.log.logEndOffset).toBe(4);
  });

  it('a snapshot without its end is refused by name where the log begins after it', async () => {
    const log = await lead({ segmentBytes: 100, retentionBytes: 0 });
    await log.append(values('a')).committed;
    log.writeSnapshot(1, 1, values('none'));
    log.writeSnapshot(2, 1, values('state'));
    await log.append(values('b')).committed;
    log.clean();
    await log.close();
    const name = file('00000000000000000002-0000000001.checkpoint');
    const bytes = readFileSync(name);
    rmSync(name);
    writeFileSync(name, bytes.subarray(0, bytes.length - 10));
    expect(() => open()).toThrow(/0000000001\.checkpoint is damaged/);
  });

  it('a damaged snapshot is left out where the log still tells what it told', async () => {
    const log = await lead();
    await log.append(values('a')).committed;
    log.writeSnapshot(2, 1, values('state of a'));
    await log.append(values('b')).committed;
    log.writeSnapshot(3, 1, values('state of a and b'));
    await log.append(values('c')).committed;
    await log.close();
    const flip = (name: string): string => {
      const bytes = readFileSync(file(name));
      bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
      rmSync(file(name));
      writeFileSync(file(name), bytes);
      return file(name);
    };
    const second = flip('00000000000000000003-0000000001.checkpoint');
    expect(open().seen).toEqual({ snapshot: ['state of a'], batches: [['b'], ['c']] });
    expect(warnings).toEqual([
      expect.stringMatching(`The snapshot ${second} is damaged at position .*; it is removed`),
    ]);
    flip('00000000000000000002-0000000001.checkpoint');
    const { log: again, seen } = open();
    expect(seen).toEqual({ snapshot: [], batches: [['a'], ['b'], ['c']] });
    expect(again.latestSnapshot).toBeUndefined();
  });

  it('a damaged snapshot of what the log lost is refused, and kept', async () => {
    const log = await lead();
    await log.append(values('a')).committed;
    log.writeSnapshot(2, 1, values('state of a'));
    await log.close();
    truncateSync(file(LOG), 91);
    const name = '00000000000000000002-0000000001.checkpoint';
    const bytes = readFileSync(file(name));
    rmSync(file(name));
    writeFileSync(file(name), bytes.subarray(0, 100));
    expect(() => open()).toThrow(/0000000001\.checkpoint is damaged/);
    expect(readdirSync(directory)).toContain(name);
  });

  it('an unfinished snapshot is cleared away', async () => {
    await (await lead()).close();
    writeFileSync(file('00000000000000000001-0000000001.checkpoint.part'), 'half');
    open();
    expect(readdirSync(directory).some((name) => name.endsWith('.part'))).toBe(false);
  });
});

describe('a quorum that is upgraded to kraft.version 1', () => {
  const voters = [
    {
      voterId: 1,
      voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAABQ',
      endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }],
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    },
  ];

  it('has its voters in the log from then on, and leads again without static ones', async () => {
    const log = await lead();
    expect(log.kraftVersion).toBe(0);
    await log.upgradeToDynamicQuorum(voters).committed;
    await log.append(values('after')).committed;
    expect(log.kraftVersion).toBe(1);
    await log.close();
    const { log: again, seen } = open({ staticVoterIds: [] });
    await again.becomeLeader().committed;
    expect(again.voters).toEqual(voters);
    expect(seen.batches).toEqual([['after']]);
    expect(readFileSync(file('quorum-state'), 'utf8')).toContain('"data_version":1');
  });

  it('isn’t told by the snapshot of what came before', async () => {
    const log = await lead();
    await log.append(values('a')).committed;
    await log.upgradeToDynamicQuorum(voters).committed;
    const has = (endOffset: number): boolean => {
      const id = log.writeSnapshot(endOffset, 1, values('state'));
      const bytes = readFileSync(snapshotPath(directory, id));
      return bytes.includes('CONTROLLER');
    };
    expect([has(2), has(4)]).toEqual([false, true]);
  });
});

describe('a log that is closed', () => {
  it('leaves the empty producer snapshot of its end, and no older one', async () => {
    const log = await lead();
    await log.close();
    const again = await lead();
    await again.append(values('more')).committed;
    await again.close();
    const snapshots = readdirSync(directory).filter((name) => name.endsWith('.snapshot'));
    expect(snapshots).toEqual([`${String(again.logEndOffset).padStart(20, '0')}.snapshot`]);
    expect(statSync(file(snapshots[0] as string)).size).toBe(10);
  });
});
