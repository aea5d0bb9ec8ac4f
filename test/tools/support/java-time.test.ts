// Times and durations of a reset, as Java reads them.

import { describe, expect, test } from 'vitest';
import { dateTimeMs, durationMs } from '../../../src/tools/support/java-time.ts';

describe('a date and time', () => {
  test.each([
    ['2020-01-01T00:00:00.000', Date.UTC(2020, 0, 1)],
    ['2020-01-01T00:00:00.000Z', Date.UTC(2020, 0, 1)],
    ['2020-02-29T12:30:15.5+02:00', Date.UTC(2020, 1, 29, 10, 30, 15, 5)],
    ['2020-01-01T00:00:00.000-05', Date.UTC(2020, 0, 1, 5)],
  ])('%s is read', (text, ms) => {
    expect(dateTimeMs(text)).toBe(ms);
  });

  test.each(['2020-13-01T00:00:00.000', '2021-02-29T00:00:00.000', '2020-01-01T24:00:00.000'])(
    '%s is none',
    (text) => {
      expect(() => dateTimeMs(text)).toThrow(
        `java.text.ParseException: Unparseable date: "${text}Z"`,
      );
    },
  );

  test('needs a time', () => {
    expect(() => dateTimeMs('2020-01-01')).toThrow("It does not contain a 'T'");
  });
});

describe('a duration', () => {
  test.each([
    ['P1D', 86_400_000],
    ['PT0S', 0],
    ['PT1H30M', 5_400_000],
    ['P1DT-1H', 82_800_000],
    ['-PT1.5S', -1500],
    ['pt10s', 10_000],
  ])('%s is read', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each(['1d', 'P', 'PT', 'P1DT', '', 'P1H'])('%s is none', (text) => {
    expect(() => durationMs(text)).toThrow('Text cannot be parsed to a Duration');
  });
});
