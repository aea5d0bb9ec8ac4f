import { expect, test } from 'vitest';
import { LineParser } from '../../../src/tools/console-producer/line-parser.ts';
import { readerConfig } from '../../../src/tools/console-producer/reader-config.ts';

function parse(line: string, properties: Readonly<Record<string, string>>) {
  const parser = new LineParser(readerConfig(new Map(Object.entries(properties))));
  // The line stands inside a larger buffer.
  const buffer = Buffer.from(`\t:${line}\t:`);
  parser.parse(buffer, 2, buffer.length - 2, 7);
  const cut = (start: number, end: number) =>
    start < 0 ? null : buffer.toString('utf8', start, end);
  return {
    headers: parser.headers?.map(({ key, value }) => [String(key), value && String(value)]) ?? null,
    key: cut(parser.keyStart, parser.keyEnd),
    value: cut(parser.valueStart, parser.valueEnd),
  };
}

const keyed = { 'parse.key': 'true' };
const headed = { 'parse.headers': ' TRUE ' };
const both = { ...keyed, ...headed };

test.each([
  ['plain\tx', {}, null, null, 'plain\tx'],
  ['k\tv\tw', keyed, null, 'k', 'v\tw'],
  ['\tv', keyed, null, '', 'v'],
  ['k\t', keyed, null, 'k', ''],
  ['c=>3', { ...keyed, 'key.separator': '=>' }, null, 'c', '3'],
  ['kv', { ...keyed, 'key.separator': '' }, null, '', 'kv'],
  [
    'h:1,i:a:b\tk\tv',
    both,
    [
      ['h', '1'],
      ['i', 'a:b'],
    ],
    'k',
    'v',
  ],
  ['h:\tv', headed, [['h', '']], null, 'v'],
  ['none', { ...keyed, 'ignore.error': 'true' }, null, null, 'none'],
  ['h\tv', { ...headed, 'ignore.error': 'true' }, [['h', null]], null, 'v'],
  ['N\tk\tv', { ...both, 'null.marker': 'N' }, null, 'k', 'v'],
  ['h:N\tN\tN', { ...both, 'null.marker': 'N' }, [['h', null]], null, null],
  [
    'a:1|b:2\tv',
    { ...headed, 'headers.separator': '\\|' },
    [
      ['a', '1'],
      ['b', '2'],
    ],
    null,
    'v',
  ],
])('%j with %j', (line, properties, headers, key, value) => {
  expect(parse(line, properties as Readonly<Record<string, string>>)).toEqual({
    headers,
    key,
    value,
  });
});

test.each([
  ['no key', keyed, "No key separator found on line number 7: 'no key'"],
  ['no head', headed, "No headers delimiter found on line number 7: 'no head'"],
  ['h\tk', both, "No key separator found on line number 7: 'h\tk'"],
  ['h\tv', headed, "No header key separator found in pair 'h' on line number 7"],
  [
    'N:1\tv',
    { ...headed, 'null.marker': 'N' },
    "Header keys should not be equal to the null marker 'N' as they can't be null",
  ],
])('%j is refused', (line, properties, message) => {
  expect(() => parse(line, properties as Readonly<Record<string, string>>)).toThrow(message);
});

test.each([
  [{ 'headers.delimiter': ',' }, 'headers.delimiter and headers.separator may not be equal'],
  [{ 'null.marker': '\t' }, 'null.marker and key.separator may not be equal'],
  [{ 'headers.separator': '[' }, 'Unclosed character class near index 0'],
])('the properties %j are refused', (properties, message) => {
  const given = new Map(Object.entries(properties as Record<string, string>));
  expect(() => readerConfig(given)).toThrow(message);
});
