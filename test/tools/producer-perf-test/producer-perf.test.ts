// kafka-producer-perf-test.sh: what it refuses, and how it counts.

import { describe, expect, test } from 'vitest';
import { runTool } from '../../../src/flags/tool.ts';
import { PRODUCER_PERF } from '../../../src/tools/producer-perf-test/index.ts';
import { LatencyStats, totalsLine } from '../../../src/tools/producer-perf-test/latency-stats.ts';
import { SendTimes } from '../../../src/tools/producer-perf-test/send-times.ts';
import { fakeContext } from '../fake-context.ts';

const NEEDED = '--topic t --num-records 5 --throughput -1';

describe('a command line', () => {
  test.each([
    [NEEDED, 'one of the arguments --record-size --payload-file --payload-monotonic is required'],
    [
      `${NEEDED} --record-size 0 --bootstrap-server b:1`,
      '--record-size should be greater than zero.',
    ],
    [`${NEEDED} --record-size 5`, 'At least one of --bootstrap-server, --command-property,'],
    [
      `${NEEDED} --record-size x`,
      'argument --record-size: could not convert \'x\' to Integer (For input string: "x")',
    ],
    [
      `${NEEDED} --record-size 5 --producer-props`,
      'argument --producer-props: expected 1 argument(s)',
    ],
    [
      `${NEEDED} --record-size 5 --payload-monotonic`,
      'argument --payload-monotonic: not allowed with argument --record-size',
    ],
    [
      `${NEEDED} --record-size 5 --warmup-records 5 --bootstrap-server b:1`,
      'The value for --warmup-records must be strictly fewer than the number of records',
    ],
    [
      `${NEEDED} --record-size 5 --producer-props a=b --command-property a=b`,
      '--command-property and --producer-props cannot be specified together.',
    ],
  ])('%s is refused with 1, after the usage', async (line, message) => {
    const context = fakeContext();
    expect(await runTool(PRODUCER_PERF, line.split(' '), context)).toBe(1);
    // Lines break within words of options.
    const told = context.stderrLines.join('').replace(/\s/g, '');
    expect(told).toMatch(/^usage:kafka-producer-perf-test/);
    expect(told).toContain(`kafka-producer-perf-test: error: ${message}`.replace(/\s/g, ''));
  });

  test('a property that is none is refused by the main', async () => {
    const context = fakeContext();
    const line = `${NEEDED} --record-size 5 --command-property bootstrap.servers=b:1 foo`;
    expect(await runTool(PRODUCER_PERF, line.split(' '), context)).toBe(1);
    expect(context.stderrLines).toEqual([
      'Exception in thread "main" java.lang.IllegalArgumentException: Invalid property: foo',
    ]);
  });

  test('without a word the help is on stdout, with 0', async () => {
    const context = fakeContext();
    expect(await runTool(PRODUCER_PERF, [], context)).toBe(0);
    expect(await context.stdoutText()).toMatch(/^usage: kafka-producer-perf-test\n {7}\[-h\] /);
  });

  test('--help is on stdout too, with 1', async () => {
    const context = fakeContext();
    expect(await runTool(PRODUCER_PERF, ['--help'], context)).toBe(1);
    expect(await context.stdoutText()).toContain('(default: false)');
  });
});

describe('the statistics', () => {
  test('tell rates and percentiles of all, and a line per window', () => {
    const windows: string[] = [];
    const stats = new LatencyStats({
      records: 100,
      reportingIntervalMs: 1000,
      isSteadyState: false,
      nowMs: 0,
      say: (line) => windows.push(line),
    });
    for (let at = 1; at <= 100; at++) stats.record(at, 1024 * 1024, at * 20);
    expect(windows).toEqual([
      '50 records sent, 50.0 records/sec (50.00 MB/sec), 25.5 ms avg latency, 50.0 ms max latency.',
      '50 records sent, 50.0 records/sec (50.00 MB/sec), 75.5 ms avg latency, 100.0 ms max latency.',
    ]);
    expect(totalsLine(stats.totals(2000))).toBe(
      '100 records sent, 50.000000 records/sec (50.00 MB/sec), 50.50 ms avg latency, 100.00 ms max latency, 51 ms 50th, 96 ms 95th, 100 ms 99th, 100 ms 99.9th.',
    );
  });
});

test('the times of records under way are kept by partition and index, however many', () => {
  const times = new SendTimes();
  for (let index = 0; index < 5000; index++) times.of(3).put(index, index * 2, 7, index >= 4000);
  for (let index = 0; index < 5000; index++) {
    expect({ ...times.of(3).take(index) }).toEqual({
      startMs: index * 2,
      bytes: 7,
      isSteady: index >= 4000,
    });
  }
});
