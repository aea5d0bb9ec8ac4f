import { describe, expect, test } from 'vitest';
import { DiskError, type Io } from '../../../src/io/io.ts';
import { checkBootstrapServer } from '../../../src/tools/support/bootstrap-check.ts';
import { IncludeList } from '../../../src/tools/support/include-list.ts';
import { parseJavaUuid } from '../../../src/tools/support/java-uuid.ts';
import { logLine, warn } from '../../../src/tools/support/log-line.ts';
import {
  merge,
  parseKeyValues,
  readInput,
  splitServers,
} from '../../../src/tools/support/properties.ts';
import { fakeContext } from '../fake-context.ts';

describe('an include list', () => {
  test.each([
    ['a,b', 'b', true],
    [' "a.*" ', 'ab', true],
    ['a b', 'ab', true],
    ['a', 'ab', false],
  ])('%j takes %s: %s', (pattern, topic, expected) => {
    expect(new IncludeList(pattern).allows(topic, true)).toBe(expected);
  });

  test('leaves internal topics out when told so', () => {
    expect(new IncludeList('.*').allows('__consumer_offsets', true)).toBe(false);
    expect(new IncludeList('.*').allows('__consumer_offsets', false)).toBe(true);
  });
});

test('key=value words: the first equals sign separates, a missing value is empty, the last wins', () => {
  expect([...parseKeyValues(['a=b=c', 'd', 'e=', 'a=1'])]).toEqual([
    ['a', '1'],
    ['d', ''],
    ['e', ''],
  ]);
  expect(merge(new Map([['a', '1']]), new Map([['a', '2']])).get('a')).toBe('2');
});

test('servers are separated by commas, and none may be empty', () => {
  expect(splitServers(' a:1 , b:2 ')).toEqual(['a:1', 'b:2']);
  expect(splitServers(' ')).toEqual([]);
  expect(() => splitServers('a:1,')).toThrow('values must not be empty');
});

test('a server named twice counts once, and the log is told', () => {
  const lines: string[] = [];
  const log = (level: string, message: string) => lines.push(`${level} ${message}`);
  expect(splitServers('a:1,b:2,a:1', log)).toEqual(['a:1', 'b:2']);
  expect(lines).toEqual([
    'WARN Configuration key "bootstrap.servers" contains duplicate values. Duplicates will be removed. ' +
      'The original value is: [a:1, b:2, a:1], the updated value is: [a:1, b:2]',
  ]);
});

test.each(['a:1', 'a:1,b:2', '[::1]:9092', 'PLAINTEXT://h:1'])('%s is an address', (text) => {
  expect(() => checkBootstrapServer(text)).not.toThrow();
});

test.each([
  ['localhost', 'Please provide valid host:port like host1:9091,host2:9092'],
  ['a:1, b:2', 'Please provide valid host:port'],
  ['', 'Error while validating the bootstrap address'],
  [undefined, 'Error while validating the bootstrap address'],
])('%s is no address', (text, message) => {
  expect(() => checkBootstrapServer(text)).toThrow(message);
});

test('a uuid with or without padding', () => {
  expect(parseJavaUuid('AAAAAAAAAAAAAAAAAAAAAw')).toBe('AAAAAAAAAAAAAAAAAAAAAw');
  expect(parseJavaUuid('AAAAAAAAAAAAAAAAAAAAAw==')).toBe('AAAAAAAAAAAAAAAAAAAAAw');
});

test.each([
  [
    'nonsense',
    'Input string `nonsense` decoded as 6 bytes, which is not equal to the expected 16 bytes',
  ],
  ['x!', 'Illegal base64 character 21'],
  ['a', 'Input byte[] should at least have 2 bytes for base64 bytes'],
  ['aaaaa', 'Last unit does not have enough valid bits'],
  ['A'.repeat(30), `Input string with prefix \`${'A'.repeat(24)}\` is too long`],
])('the uuid %s is refused', (text, message) => {
  expect(() => parseJavaUuid(text)).toThrow(message);
});

test.each([
  ['ENOENT', 'java.nio.file.NoSuchFileException', 'f'],
  ['EACCES', 'java.nio.file.AccessDeniedException', 'f'],
  ['EISDIR', 'java.io.IOException', 'Is a directory'],
])('a file that the user named fails with %s as in Java', (code, exception, message) => {
  const readFile = () => {
    throw new DiskError(code, 'f', 'read');
  };
  const io = { disk: { readFile } } as unknown as Io;
  expect(() => readInput(io, 'f')).toThrow(expect.objectContaining({ exception, message }));
});

test('another failure of a file stays what it is', () => {
  const failure = new DiskError('EIO', 'f', 'read');
  const readFile = () => {
    throw failure;
  };
  expect(() => readInput({ disk: { readFile } } as unknown as Io, 'f')).toThrow(failure);
});

test('warnings are log lines to a script and sentences to people', () => {
  const script = fakeContext();
  warn(script, 'careful', 'kafka.Tool');
  logLine(script, 'ERROR', 'it broke', 'kafka.Tool', 'java.lang.Error: why');
  const time = String.raw`\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]`;
  expect(script.stderrLines).toEqual([
    expect.stringMatching(`^${time} WARN careful \\(kafka.Tool\\)$`),
    expect.stringMatching(`^${time} ERROR it broke \\(kafka.Tool\\)\njava.lang.Error: why$`),
  ]);
  const person = fakeContext({ manner: 'modern' });
  warn(person, 'careful', 'kafka.Tool');
  expect(person.stderrLines).toEqual(['Warning: careful']);
});
