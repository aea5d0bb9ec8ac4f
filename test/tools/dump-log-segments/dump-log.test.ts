import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runTool } from '../../../src/flags/tool.ts';
import { Compression } from '../../../src/records/compression/compression.ts';
import { type BuildBatchOptions, buildBatch } from '../../../src/records/record-batch-builder.ts';
import { DUMP_LOG_SEGMENTS } from '../../../src/tools/dump-log-segments/index.ts';
import { type FakeOptions, fakeContext } from '../fake-context.ts';

let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-dump-'));
  log = join(folder, '00000000000000000000.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function batch(offset: number, values: readonly (string | null)[], options?: BuildBatchOptions) {
  const records = values.map((value, index) => ({
    key: Buffer.from(`k${index}`),
    value: value === null ? null : Buffer.from(value, 'latin1'),
    timestamp: 1000 + index,
    headers: [],
  }));
  const bytes = buildBatch(records, options);
  bytes.writeBigInt64BE(BigInt(offset));
  return bytes;
}

async function dump(argv: readonly string[], options?: FakeOptions) {
  const context = fakeContext(options);
  const code = await runTool(DUMP_LOG_SEGMENTS, argv, context);
  return { code, out: await context.stdoutText(), err: context.stderrLines.join('\n') };
}

function recordLines(out: string): string[] {
  return out.split('\n').filter((line) => line.startsWith('|'));
}

describe('a log', () => {
  test.each(Object.entries(Compression))(
    'shows the records of a batch with %s',
    async (_, codec) => {
      writeFileSync(log, batch(5, ['one', null], { compression: codec }));
      const { code, out } = await dump(['--print-data-log', '--files', log]);
      expect(code).toBe(0);
      expect(recordLines(out)).toEqual([
        '| offset: 5 CreateTime: 1000 keySize: 2 valueSize: 3 sequence: -1 headerKeys: [] key: k0 payload: one',
        '| offset: 6 CreateTime: 1001 keySize: 2 valueSize: -1 sequence: -1 headerKeys: [] key: k1',
      ]);
    },
  );

  test('shows bytes that are no text as Java would, in short and in long values', async () => {
    writeFileSync(log, batch(0, ['a\xff', `${'x'.repeat(200)}\xc3`]));
    const { out } = await dump(['--print-data-log', '--skip-record-metadata', '--files', log]);
    expect(recordLines(out)).toEqual([
      '| key: k0 payload: a\ufffd',
      `| key: k1 payload: ${'x'.repeat(200)}\ufffd`,
    ]);
  });

  test('tells a wrong checksum and goes on', async () => {
    const bytes = batch(0, ['first']);
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(log, Buffer.concat([bytes, batch(1, ['second'])]));
    const { code, out } = await dump(['--files', log]);
    expect(code).toBe(0);
    expect(out.match(/isvalid: (true|false)/g)).toEqual(['isvalid: false', 'isvalid: true']);
  });

  test('counts the bytes of a torn batch', async () => {
    const whole = batch(0, ['first']);
    writeFileSync(log, Buffer.concat([whole, batch(1, ['second']).subarray(0, 40)]));
    const { code, out } = await dump(['--files', log]);
    expect(code).toBe(0);
    expect(out).toContain('Found 40 invalid bytes at the end of 00000000000000000000.log\n');
  });

  test('prints nothing of a compressed batch that can’t be read to its end', async () => {
    const bytes = batch(0, ['first', 'second'], { compression: Compression.GZIP });
    bytes.writeInt32BE(3, 57);
    writeFileSync(log, bytes);
    const { code, out, err } = await dump(['--print-data-log', '--files', log]);
    expect(code).toBe(1);
    expect(recordLines(out)).toEqual([]);
    expect(err).toContain(`${log}: batch at position 0: `);
  });

  test('holds back the last record of a batch with more bytes than it counts', async () => {
    const bytes = batch(0, ['first', 'second', 'third']);
    bytes.writeInt32BE(2, 57);
    writeFileSync(log, bytes);
    const { code, out } = await dump(['--print-data-log', '--files', log]);
    expect(code).toBe(1);
    expect(recordLines(out)).toHaveLength(1);
  });

  test('says after everything else where offsets aren’t consecutive', async () => {
    writeFileSync(log, Buffer.concat([batch(0, ['a']), batch(7, ['b'])]));
    const { err } = await dump(['--deep-iteration', '--files', log]);
    expect(err).toBe(`Non-consecutive offsets in ${log}\n  0 is followed by 7`);
  });

  test('larger than the window comes out whole', async () => {
    const value = 'v'.repeat(2_200_000);
    writeFileSync(log, Buffer.concat([0, 1, 2].map((offset) => batch(offset, [value]))));
    const { out } = await dump(['--print-data-log', '--files', log]);
    expect(out.match(/isvalid: true/g)).toHaveLength(3);
    expect(recordLines(out).every((line) => line.endsWith(` payload: ${value}`))).toBe(true);
  });

  test.each([
    [
      2,
      '00010000000501010000',
      'LeaderChange: {"version":1,"leaderId":5,"voters":[],"grantingVoters":[]}',
    ],
    [
      2,
      'ffff0000000501010000',
      'LeaderChange: {"version":-1,"leaderId":5,"voters":[],"grantingVoters":[]}',
    ],
    [3, '0007000000000000000900', 'SnapshotHeader {"version":7,"lastContainedLogTimestamp":9}'],
    [5, 'ffff000100', 'KRaftVersion {"version":-1,"kRaftVersion":1}'],
  ])(
    'reads a control record of type %i as the first version, whatever it says',
    async (type, value, shown) => {
      const key = Buffer.from([0, 0, 0, type]);
      const record = { key, value: Buffer.from(value, 'hex'), timestamp: 1, headers: [] };
      writeFileSync(log, buildBatch([record], { control: true }));
      const { code, out } = await dump(['--print-data-log', '--files', log]);
      expect(code).toBe(0);
      expect(recordLines(out)[0]).toMatch(
        new RegExp(` headerKeys: \\[\\] ${shown.replace(/[[\]{}]/g, '\\$&')}$`),
      );
    },
  );

  test('with numbers beyond 2^53 in its header shows each digit', async () => {
    const bytes = batch(0, ['a'], { producerId: 5, producerEpoch: 1, baseSequence: 0 });
    bytes.writeBigInt64BE(9223372036854775806n, 43);
    bytes.writeBigInt64BE(9007199254740993n, 0);
    writeFileSync(log, bytes);
    const { out } = await dump(['--files', log]);
    expect(out).toContain('baseOffset: 9007199254740993 lastOffset: 9007199254740993 count');
    expect(out).toContain(' producerId: 9223372036854775806 ');
  });
});

describe('indexes', () => {
  function writeIndex(entries: readonly (readonly [offset: number, position: number])[]): string {
    const bytes = Buffer.alloc(entries.length * 8);
    entries.forEach(([offset, position], index) => {
      bytes.writeInt32BE(offset, index * 8);
      bytes.writeInt32BE(position, index * 8 + 4);
    });
    const path = join(folder, '00000000000000000000.index');
    writeFileSync(path, bytes);
    return path;
  }

  test('end at the first entry that was never written', async () => {
    const first = batch(0, ['a', 'b']);
    writeFileSync(log, Buffer.concat([first, batch(2, ['c'])]));
    const path = writeIndex([
      [2, first.length],
      [0, 0],
      [0, 0],
    ]);
    const { code, out, err } = await dump(['--files', path]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`Dumping ${path}\noffset: 2 position: ${first.length}\n`);
  });

  test('that name another offset than the log are told', async () => {
    writeFileSync(log, batch(0, ['a', 'b']));
    const path = writeIndex([[5, 0]]);
    const { code, err } = await dump(['--verify-index-only', '--files', path]);
    expect(code).toBe(0);
    expect(err).toBe(`Mismatches in :${path}\n  Index offset: 5, log offset: 1`);
  });

  test('without their log are refused, and nothing is made', async () => {
    const path = join(folder, '00000000000000000000.index');
    const { code } = await dump(['--files', path]);
    expect(code).toBe(1);
    expect(() => readFileSync(path)).toThrow();
  });

  test('of time in a broken order fail the check in Kafka’s words', async () => {
    writeFileSync(log, batch(0, ['a', 'b']));
    writeIndex([]);
    const bytes = Buffer.alloc(24);
    bytes.writeBigInt64BE(1001n, 0);
    const path = join(folder, '00000000000000000000.timeindex');
    const check = async (content: Buffer) => {
      writeFileSync(path, content);
      return (await dump(['--index-sanity-check', '--files', path])).err.split('Exception: ')[1];
    };
    expect(await check(bytes)).toBe(
      `Corrupt time index found, time index file (${path}) has non-zero size but the last timestamp is 0 which is less than the first timestamp 1001`,
    );
    expect(await check(Buffer.alloc(5))).toBe(
      `Time index file ${path} is corrupt, found 5 bytes which is neither positive nor a multiple of 12`,
    );
  });

  test('of time over a batch that can’t be read say where it lies', async () => {
    const bytes = batch(0, ['a', 'b']);
    bytes[61] = 100; // the length of the first record
    writeFileSync(log, bytes);
    writeIndex([]);
    const path = join(folder, '00000000000000000000.timeindex');
    const entry = Buffer.alloc(12);
    entry.writeInt32BE(1, 8);
    writeFileSync(path, entry);
    const { code, err } = await dump(['--files', path]);
    expect(code).toBe(1);
    expect(err).toContain(`org.apache.kafka.common.KafkaException: ${log}: batch at position 0: `);
  });

  test('of time take the place from the index beside them', async () => {
    const first = batch(0, ['a', 'b']);
    writeFileSync(log, Buffer.concat([first, batch(2, ['c'])]));
    writeIndex([[2, first.length]]);
    const bytes = Buffer.alloc(24);
    bytes.writeBigInt64BE(1001n, 0);
    bytes.writeInt32BE(1, 8);
    bytes.writeBigInt64BE(999n, 12);
    bytes.writeInt32BE(2, 20);
    const path = join(folder, '00000000000000000000.timeindex');
    writeFileSync(path, bytes);
    const { out, err } = await dump(['--files', path]);
    expect(out).toContain('timestamp: 1001 offset: 1\ntimestamp: 999 offset: 2\n');
    expect(err.split('\n')).toEqual([
      `Found timestamp mismatch in :${path}`,
      '  Index timestamp: 999, log timestamp: 1000',
      `Found out of order timestamp in :${path}`,
      '  Index timestamp: 999, Previously indexed timestamp: 1001',
    ]);
  });
});

describe('files', () => {
  test('of no known kind are passed over; kafta’s own manner counts that as a failure', async () => {
    mkdirSync(join(folder, 'sub'));
    const path = join(folder, 'notes.txt');
    expect(await dump(['--files', path])).toMatchObject({
      code: 0,
      err: `Ignoring unknown file ${path}`,
    });
    expect((await dump(['--files', path], { manner: 'modern' })).code).toBe(1);
  });

  test('of a list of commas alone are none', async () => {
    expect(await dump(['--files', ',,'])).toEqual({ code: 0, out: '', err: '' });
    expect(await dump(['--files', ''])).toMatchObject({ code: 0, out: 'Dumping \n' });
  });

  test('are all named before one that isn’t there ends the run', async () => {
    writeFileSync(log, batch(0, ['a']));
    const { code, out } = await dump(['--files', `${log},${folder}//missing-0/00.log`]);
    expect(code).toBe(1);
    expect(out).toContain(`Dumping ${folder}/missing-0/00.log\nLog starting offset: 0\n`);
  });

  test('have no form in JSON, and that is said', async () => {
    writeFileSync(log, batch(0, ['a']));
    const { code, out, err } = await dump(['--files', log], { manner: 'modern', format: 'json' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('no form in json');
  });

  test('need a decoder that there is', async () => {
    writeFileSync(log, batch(0, ['a']));
    const { code, out } = await dump(['--value-decoder-class', 'no.such.Decoder', '--files', log]);
    expect([code, out]).toEqual([1, `Dumping ${log}\n`]);
  });

  test('with values that the decoder can’t take name the exception and the place', async () => {
    writeFileSync(log, batch(0, ['a']));
    const decoder = 'org.apache.kafka.tools.api.LongDecoder';
    const { code, err } = await dump([
      '--print-data-log',
      '--value-decoder-class',
      decoder,
      '--files',
      log,
    ]);
    expect(code).toBe(1);
    expect(err).toContain('batch at position 0: java.nio.BufferUnderflowException');
  });
});
