import { describe, expect, test } from 'vitest';
import {
  compileJavaRegex,
  javaRegexSplitter,
  PatternSyntaxError,
} from '../../src/common/java-regex.ts';

describe('matches takes the whole text', () => {
  test.each([
    ['red-.*', 'red-1', true],
    ['red', 'red-1', false],
    ['a|b.c', 'bxc', true],
    ['a|b.c', 'ab', false],
    ['day-\\d{1,2}', 'day-12', true],
    ['day-\\d{1,2}', 'day-123', false],
    ['[a-c&&[^b]]+', 'ac', true],
    ['[a-c&&[^b]]+', 'abc', false],
    ['[[a-c][x-z]]', 'y', true],
    ['\\p{Upper}\\p{Alnum}*', 'Ab1', true],
    ['\\P{Upper}', 'A', false],
    ['\\Qa.b\\E', 'axb', false],
    ['\\Qa.b\\E', 'a.b', true],
    ['(?i)orders', 'ORDERS', true],
    ['a++b', 'aaab', true],
    ['(?>a|ab)c', 'ac', true],
    ['(?<year>\\d+)-\\k<year>', '20-20', true],
    ['\\x41\\u0042\\0103', 'ABC', true],
    ['a\\-b\\_c', 'a-b_c', true],
    ['a/b', 'a/b', true],
    ['[-_.]', '-', true],
    ['[a-]', '-', true],
    ['__consumer_offsets', '__consumer_offsets', true],
    ['', '', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(compileJavaRegex(pattern).matches(text)).toBe(expected);
  });
});

test.each(['[', '(', ')', '*', 'a{', '[a', '\\y', 'a\\'])('%s is refused', (pattern) => {
  expect(() => compileJavaRegex(pattern)).toThrow(PatternSyntaxError);
});

test('splitting drops empty pieces at the end and keeps those at the beginning', () => {
  expect(javaRegexSplitter(',')('a,,b,,')).toEqual(['a', '', 'b']);
  expect(javaRegexSplitter(',')(',a')).toEqual(['', 'a']);
  expect(javaRegexSplitter('\\|')('a|b')).toEqual(['a', 'b']);
  expect(javaRegexSplitter(',')('')).toEqual(['']);
  expect(javaRegexSplitter(',')(',')).toEqual([]);
});
