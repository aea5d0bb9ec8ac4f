import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTool } from '../../../src/flags/tool.ts';
import {
  type BuildBatchOptions,
  buildBatch,
  type NewRecord,
} from '../../../src/records/record-batch-builder.ts';
import { DUMP_LOG_SEGMENTS } from '../../../src/tools/dump-log-segments/index.ts';
import { fakeContext } from '../fake-context.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-dump-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Batch {
  readonly baseOffset: number;
  readonly records: readonly NewRecord[];
  readonly options?: BuildBatchOptions;
}

/** The lines of the records, written down one by one. */
function expectedLines({ baseOffset, records, options = {} }: Batch): string[] {
  return records.map(({ key, value, timestamp, headers = [] }, index) => {
    const sequence =
      options.baseSequence === undefined ? -1 : (options.baseSequence + index) % 2 ** 31;
    const names = headers.map((header) => header.key).join(',');
    const time =
      options.logAppendTimeMs === undefined
        ? `CreateTime: ${timestamp}`
        : `LogAppendTime: ${options.logAppendTimeMs}`;
    return [
      `| offset: ${baseOffset + index} ${time}`,
      ` keySize: ${key?.length ?? -1} valueSize: ${value?.length ?? -1}`,
      ` sequence: ${sequence} headerKeys: [${names}]`,
      key == null ? '' : ` key: ${key}`,
      value == null ? '' : ` payload: ${value}`,
    ].join('');
  });
}

async function printedLines(batches: readonly Batch[]): Promise<string[]> {
  const log = join(folder, '00000000000000000000.log');
  const bytes = batches.map(({ baseOffset, records, options }) => {
    const batch = buildBatch([...records], options);
    batch.writeBigInt64BE(BigInt(baseOffset));
    return batch;
  });
  writeFileSync(log, Buffer.concat(bytes));
  const context = fakeContext();
  expect(await runTool(DUMP_LOG_SEGMENTS, ['--print-data-log', '--files', log], context)).toBe(0);
  return (await context.stdoutText()).split('\n').filter((line) => line.startsWith('|'));
}

function records(count: number, at: (index: number) => Partial<NewRecord>): NewRecord[] {
  return Array.from({ length: count }, (_, index) => {
    return { key: null, value: Buffer.from('text'), timestamp: 1000, ...at(index) } as NewRecord;
  });
}

test.each<[situation: string, batch: Batch]>([
  ['offsets gain a digit', { baseOffset: 95, records: records(20, () => ({})) }],
  ['times go on, stand still and carry', times([8, 9, 9, 10, 98, 99, 100, 109, 1100, 1100])],
  ['times go back', times([1000, 999, 5000, 5, 6])],
  ['times are unknown, then known', times([-1, -1, 0, 1, -1])],
  ['times are before 1970', times([-12, -11, -9, -10])],
  ['times leap by years', times([1, 1_700_000_000_000, 1_700_000_000_001, 3_400_000_000_000])],
  [
    'sizes change',
    { baseOffset: 0, records: records(12, (i) => ({ value: Buffer.alloc(i % 4, 'x') })) },
  ],
  [
    'keys and values are null now and then',
    {
      baseOffset: 0,
      records: records(12, (i) => ({
        key: i % 3 === 0 ? Buffer.from('k') : null,
        value: i % 2 === 0 ? Buffer.from('v') : null,
      })),
    },
  ],
  [
    'some have headers',
    {
      baseOffset: 0,
      records: records(9, (i) => ({
        headers: i % 3 === 1 ? [{ key: Buffer.from(`h${i}`), value: Buffer.from('v') }] : [],
      })),
    },
  ],
  [
    'sequences wrap',
    {
      baseOffset: 0,
      records: records(6, () => ({})),
      options: { producerId: 7, producerEpoch: 0, baseSequence: 2 ** 31 - 3 },
    },
  ],
  [
    'more lines than the output holds at once',
    { baseOffset: 0, records: records(4000, (i) => ({ timestamp: 1000 + (i >> 2) })) },
  ],
])('records look the same when %s', async (_, batch) => {
  expect(await printedLines([batch])).toEqual(expectedLines(batch));
});

function times(list: readonly number[]): Batch {
  return { baseOffset: 0, records: records(list.length, (i) => ({ timestamp: list[i]! })) };
}

test('text that is none doesn’t disturb the lines after it', async () => {
  const broken = Buffer.from('t\xff\xfet', 'latin1');
  const batches: Batch[] = [1e12, 1e12 + 10, 1e12 + 20].map((baseOffset) => ({
    baseOffset,
    records: records(10, (i) => (i === 3 ? { value: broken } : {})),
  }));
  const expected = batches.flatMap(expectedLines);
  expect(await printedLines(batches)).toEqual(expected);
  expect(expected[3]).toContain('payload: t\ufffd\ufffdt');
});

test('a batch with the broker’s time doesn’t look like the one before, which had the producer’s', async () => {
  const batches: Batch[] = [
    { baseOffset: 0, records: records(2, () => ({})) },
    { baseOffset: 2, records: records(2, () => ({})), options: { logAppendTimeMs: 1000 } },
  ];
  expect(await printedLines(batches)).toEqual(batches.flatMap(expectedLines));
});
