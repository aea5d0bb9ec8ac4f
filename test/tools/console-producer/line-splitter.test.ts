import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../../../src/tools/console-producer/line-splitter.ts';

function split(chunks: readonly (string | Buffer)[], repairsText = true): string[] {
  const splitter = new LineSplitter(repairsText);
  const lines: string[] = [];
  const show = () => lines.push(splitter.buffer.toString('latin1', splitter.start, splitter.end));
  for (const chunk of chunks) {
    splitter.feed(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
    while (splitter.next()) show();
  }
  if (splitter.finish()) show();
  return lines;
}

describe('line ends', () => {
  test.each([
    [['one\ntwo\n'], ['one', 'two']],
    [['one\ntwo'], ['one', 'two']],
    [[''], []],
    [['\n\nx\n'], ['', '', 'x']],
    [['dos\r\nunix\nold\rmac\r\n\r\nend\r'], ['dos', 'unix', 'old', 'mac', '', 'end']],
    [
      ['a\r', '\nb\n'],
      ['a', 'b'],
    ],
    [
      ['a\r', 'b\n'],
      ['a', 'b'],
    ],
    [
      ['a\r', '', '\n', '\nb'],
      ['a', '', 'b'],
    ],
    [
      ['a', 'b', 'c\nd', 'e'],
      ['abc', 'de'],
    ],
    [
      ['ab', '\r\n', 'c'],
      ['ab', 'c'],
    ],
    [['\r\r'], ['', '']],
    [['a\0b\n'], ['a\0b']],
  ])('%j', (chunks, lines) => {
    expect(split(chunks)).toEqual(lines);
  });
});

test('any cut of a stream into chunks gives the same lines', () => {
  const text = 'ab\r\n\rc\xc3\xa9d\n\n\xffx\r\r\nlast';
  const whole = split([text]);
  for (let first = 0; first <= text.length; first += 1) {
    for (let second = first; second <= text.length; second += 1) {
      const chunks = [text.slice(0, first), text.slice(first, second), text.slice(second)];
      expect(split(chunks)).toEqual(whole);
    }
  }
});

describe('bytes that are not UTF-8', () => {
  test('become U+FFFD when text is repaired, in their line alone', () => {
    const repaired = split(['a\xffb\n\xc3\ngr\xc3\xbc\xc3\x9fe\n\xed\xa0\x80\n\xe4\xb8']).map(
      (line) => Buffer.from(line, 'latin1').toString(),
    );
    expect(repaired).toEqual(['a\ufffdb', '\ufffd', 'grüße', '\ufffd', '\ufffd']);
  });

  test('stay as they are otherwise', () => {
    expect(split(['a\xffb\n\xc3\n\xed\xa0\x80'], false)).toEqual([
      'a\xffb',
      '\xc3',
      '\xed\xa0\x80',
    ]);
  });
});

test('a line longer than many chunks comes whole', () => {
  const piece = 'x'.repeat(50_000);
  expect(split([piece, piece, piece, '\ny'])).toEqual([piece.repeat(3), 'y']);
});

test('line numbers count from 1', () => {
  const splitter = new LineSplitter(true);
  splitter.feed(Buffer.from('a\nb\nc'));
  splitter.next();
  splitter.next();
  expect(splitter.lineNumber).toBe(2);
  splitter.next();
  splitter.finish();
  expect(splitter.lineNumber).toBe(3);
});
