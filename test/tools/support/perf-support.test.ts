// What the perf and the verifiable tools share: Java's random letters, dates and scanner, the throttle, lines of JSON.

import { describe, expect, test } from 'vitest';
import { javaScannerTokens } from '../../../src/common/java-regex.ts';
import type { Clock } from '../../../src/io/io.ts';
import { EventLines, javaDouble } from '../../../src/tools/support/event-lines.ts';
import { metricLines } from '../../../src/tools/support/metrics-report.ts';
import { simpleDateFormat } from '../../../src/tools/support/simple-date-format.ts';
import { SplittableRandom } from '../../../src/tools/support/splittable-random.ts';
import { ThroughputThrottler } from '../../../src/tools/support/throughput-throttler.ts';
import { fakeContext } from '../fake-context.ts';

describe('java.util.SplittableRandom(0)', () => {
  test('gives the letters that JDK 17 gives', () => {
    const letters = Buffer.alloc(60);
    new SplittableRandom().fillLetters(letters);
    expect(letters.toString()).toBe('YQHHNEBSEPDNSEIFGAMSUJXKOLTXSPLGHDIOYZJFNIDSPWHZMKVJAXDBZFCO');
  });

  test('takes the upper bits for a power of two as Java does', () => {
    const random = new SplittableRandom();
    // 0x30f139dd, 0x62f7fae9, 0x9ab5225b, 0xc5eff5d2
    expect([1, 2, 3, 4].map(() => random.next(256))).toEqual([0xdd, 0xe9, 0x5b, 0xd2]);
  });
});

describe('java.util.Scanner with a delimiter', () => {
  test.each([
    ['alpha\nbeta\n', ['alpha', 'beta']],
    ['\nalpha', ['alpha']],
    ['a\n\nb', ['a', '', 'b']],
    ['\n', []],
    ['', []],
  ])('cuts %j', (text, tokens) => {
    expect(javaScannerTokens(text, '\n')).toEqual(tokens);
  });

  test('takes the delimiter for an expression', () => {
    expect(javaScannerTokens('a1b22c', '[0-9]+')).toEqual(['a', 'b', 'c']);
  });
});

describe('java.text.SimpleDateFormat', () => {
  const ms = new Date(2024, 1, 9, 17, 4, 5, 67).getTime();
  test.each([
    ['yyyy-MM-dd HH:mm:ss:SSS', '2024-02-09 17:04:05:067'],
    ["EEE, d MMM yy hh:mm a 'o''clock'", "Fri, 9 Feb 24 05:04 PM o'clock"],
    ['MMMM D k K', 'February 40 17 5'],
  ])('writes %j', (pattern, text) => {
    expect(simpleDateFormat(pattern)(ms)).toBe(text);
  });

  test('refuses a letter that means nothing', () => {
    expect(() => simpleDateFormat('yyyy-bb')).toThrow("Illegal pattern character 'b'");
  });
});

describe('a throttle', () => {
  function virtualClock(): Clock & { now: number } {
    const clock = {
      now: 1_000_000,
      nowMs: () => clock.now,
      monotonicMs: () => clock.now,
      setTimer(delayMs: number, callback: () => void) {
        clock.now += delayMs;
        queueMicrotask(callback);
        return { cancel: () => {} };
      },
      defer: (callback: () => void) => queueMicrotask(callback),
    };
    return clock;
  }

  test('holds a sender to its rate', async () => {
    const clock = virtualClock();
    const throttler = new ThroughputThrottler(clock, 500);
    for (let sent = 0; sent < 1000; sent++) {
      clock.now += 0.01;
      if (throttler.shouldThrottle(sent, clock.nowMs())) await throttler.throttle();
    }
    expect(clock.now - 1_000_000).toBeGreaterThan(1900);
    expect(clock.now - 1_000_000).toBeLessThan(2100);
  });

  test('never holds a sender without a limit', () => {
    const clock = virtualClock();
    const throttler = new ThroughputThrottler(clock, -1);
    clock.now += 1000;
    expect(throttler.shouldThrottle(1_000_000, clock.nowMs())).toBe(false);
  });
});

test('an event is written as Jackson writes it, without what is undefined', async () => {
  const context = fakeContext();
  new EventLines(context).print(
    'tool_data',
    { key: null, text: 'a"b', rate: javaDouble(12), none: javaDouble(Number.NaN), gone: undefined },
    5,
  );
  expect(await context.stdoutText()).toBe(
    '{"timestamp":5,"name":"tool_data","key":null,"text":"a\\"b","rate":12.0,"none":"NaN"}\n',
  );
});

test('metrics are sorted and aligned, numbers with three digits', () => {
  const tags = { 'client-id': 'c' };
  expect(
    metricLines([
      { group: 'g', name: 'longer', tags, value: 'text' },
      { group: 'g', name: 'a', tags, value: 2 },
    ]),
  ).toEqual([
    '\nMetric Name              Value',
    'g:a:{client-id=c}      : 2.000',
    'g:longer:{client-id=c} : text',
  ]);
});
