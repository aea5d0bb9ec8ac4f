import { describe, expect, test } from 'vitest';
import { buildBatch, type NewRecord } from '../../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import { DefaultFormatter } from '../../../src/tools/console-consumer/default-formatter.ts';
import { JsonFormatter } from '../../../src/tools/console-consumer/json-formatter.ts';
import type { RecordFormatter } from '../../../src/tools/console-consumer/record-formatter.ts';
import { fakeContext } from '../fake-context.ts';

const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));

function record(key: string | null, value: string | null, headers: [string, string | null][] = []) {
  return {
    key: bytes(key),
    value: bytes(value),
    timestamp: 1700000000000,
    headers: headers.map(([name, text]) => ({ key: Buffer.from(name), value: bytes(text) })),
  };
}

async function format(
  formatter: RecordFormatter,
  records: NewRecord[],
  timestampType: -1 | 0 | 1 = 0,
): Promise<string> {
  const context = fakeContext();
  const cursor = new RecordCursor();
  cursor.reset(buildBatch(records), 0);
  formatter.startBatch('t', 3, timestampType);
  while (cursor.next()) formatter.write(cursor, context.out);
  return context.stdoutText();
}

const complaints: string[] = [];
function kafka(properties: Record<string, string>): DefaultFormatter {
  return new DefaultFormatter(new Map(Object.entries(properties)), (line) => complaints.push(line));
}

const records = [
  record('k1', 'v1', [
    ['h1', 'a'],
    ['h2', null],
  ]),
  record(null, null),
];
const everything = Object.fromEntries(
  ['timestamp', 'partition', 'offset', 'delivery', 'epoch', 'headers', 'key'].map((part) => [
    `print.${part}`,
    'true',
  ]),
);

describe('what is printed, in which order', () => {
  test.each([
    [{}, 'v1\nnull\n'],
    [{ 'print.key': 'TRUE' }, 'k1\tv1\nnull\tnull\n'],
    [{ 'print.key': 'yes' }, 'v1\nnull\n'],
    [{ 'print.value': 'false' }, ''],
    [{ 'print.value': 'false', 'print.key': 'true' }, 'k1\nnull\n'],
    [{ 'print.value': 'false', 'print.offset': 'true' }, 'Offset:0\nOffset:1\n'],
    [{ 'print.headers': 'true' }, 'h1:a,h2:null\tv1\nNO_HEADERS\tnull\n'],
    [{ 'line.separator': ';', 'null.literal': '' }, 'v1;;'],
    [
      { ...everything, 'key.separator': '|', 'headers.separator': '+', 'null.literal': '-' },
      'CreateTime:1700000000000|Partition:3|Offset:0|Delivery:NOT_PRESENT|Epoch:NOT_PRESENT|h1:a+h2:-|k1|v1\n' +
        'CreateTime:1700000000000|Partition:3|Offset:1|Delivery:NOT_PRESENT|Epoch:NOT_PRESENT|NO_HEADERS|-|-\n',
    ],
  ])('%j', async (properties, text) => {
    expect(await format(kafka(properties as Record<string, string>), records)).toBe(text);
  });

  test.each([
    [1, 'LogAppendTime:1700000000000\tv\n'],
    [-1, 'NO_TIMESTAMP\tv\n'],
  ] as const)('the timestamp of type %i', async (type, text) => {
    const formatter = kafka({ 'print.timestamp': 'true' });
    expect(await format(formatter, [record(null, 'v')], type)).toBe(text);
  });
});

const D = 'org.apache.kafka.common.serialization.';

describe('deserializers', () => {
  test.each([
    ['IntegerDeserializer', 'abcd', '1633837924'],
    // Kafka deserializes the literal for null as well.
    ['IntegerDeserializer', null, '1853189228'],
    ['ShortDeserializer', 'ab', '24930'],
    ['LongDeserializer', 'abcdefgh', '7017280452245743464'],
    ['FloatDeserializer', 'abcd', '2.6100788E20'],
    ['DoubleDeserializer', 'abcdefgh', '1.2926117907728089E161'],
    ['StringDeserializer', 'grüße', 'grüße'],
    ['BooleanDeserializer', '\u0001', 'true'],
    ['BytesDeserializer', 'a\\\u0000é', 'a\\x5C\\x00\\xC3\\xA9'],
    ['ByteBufferDeserializer', 'abc', 'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]'],
    ['UUIDDeserializer', '1-2-3-4-5', '00000001-0002-0003-0004-000000000005'],
  ])('%s of %j', async (name, value, text) => {
    const formatter = kafka({ 'value.deserializer': D + name });
    expect(await format(formatter, [record(null, value)])).toBe(`${text}\n`);
  });

  test.each([
    ['IntegerDeserializer', 'abc', 'Size of data received by IntegerDeserializer is not 4'],
    ['FloatDeserializer', 'abc', 'Size of data received by Deserializer is not 4'],
    ['BooleanDeserializer', 'a', 'Unexpected byte received by BooleanDeserializer: 97'],
    ['UUIDDeserializer', 'abc', 'Error parsing data into UUID'],
    ['VoidDeserializer', null, 'Data should be null for a VoidDeserializer.'],
  ])('%s refuses %j', async (name, value, message) => {
    const formatter = kafka({ 'value.deserializer': D + name });
    await expect(format(formatter, [record(null, value)])).rejects.toThrow(message);
  });

  test('text that is not UTF-8 is repaired by StringDeserializer alone', async () => {
    const broken = [{ key: null, value: Buffer.from([0x61, 0xff, 0x62]) }];
    const repaired = kafka({ 'value.deserializer': `${D}StringDeserializer` });
    expect(await format(repaired, broken)).toBe('a\ufffdb\n');
  });

  test('an unknown one is told, and the bytes are printed', async () => {
    const formatter = kafka({ 'value.deserializer': `${D}NoSuchDeserializer` });
    expect(complaints).toContain(
      `Unable to instantiate a deserializer from ${D}NoSuchDeserializer`,
    );
    expect(await format(formatter, [record(null, 'v')])).toBe('v\n');
  });
});

test('JSON loses nothing', async () => {
  const binary = { key: Buffer.from([0xff]), value: Buffer.from('v'), timestamp: 5 };
  const text = await format(new JsonFormatter(new Map()), [records[0]!, binary]);
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      topic: 't',
      partition: 3,
      offset: 0,
      timestamp: 1700000000000,
      timestampType: 'CreateTime',
      headers: [
        { key: 'h1', value: 'a' },
        { key: 'h2', value: null },
      ],
      key: 'k1',
      value: 'v1',
    },
    {
      topic: 't',
      partition: 3,
      offset: 1,
      timestamp: 5,
      timestampType: 'CreateTime',
      headers: [],
      key: { base64: '/w==' },
      value: 'v',
    },
  ]);
});
