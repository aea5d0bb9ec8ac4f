// kafka-consumer-perf-test.sh and kafka-e2e-latency.sh: what they refuse, and their lines.

import { describe, expect, test } from 'vitest';
import { runTool, type Tool } from '../../../src/flags/tool.ts';
import { intervalLine, totalsLine } from '../../../src/tools/consumer-perf-test/consume-stats.ts';
import { CONSUMER_PERF } from '../../../src/tools/consumer-perf-test/index.ts';
import { E2E_LATENCY } from '../../../src/tools/e2e-latency/index.ts';
import { SHARE_CONSUMER_PERF } from '../../../src/tools/share-consumer-perf-test/index.ts';
import { VERIFIABLE_SHARE_CONSUMER } from '../../../src/tools/verifiable-share-consumer/index.ts';
import { fakeContext } from '../fake-context.ts';

const LATENCY = '--bootstrap-server b:1 --topic t --num-records 1 --producer-acks';

describe('a command line', () => {
  test.each<[string, Tool, string, string]>([
    ['consumer', CONSUMER_PERF, '--topic t', 'Missing required argument "[bootstrap-server]"'],
    [
      'consumer',
      CONSUMER_PERF,
      '--bootstrap-server b:1 --topic t --include t',
      'Exactly one of the following arguments is required: [topic], [include]',
    ],
    [
      'consumer',
      CONSUMER_PERF,
      '--bootstrap-server b:1 --topic t --num-records many',
      "Cannot parse argument 'many' of option num-records",
    ],
    [
      'consumer',
      CONSUMER_PERF,
      '--bootstrap-server b:1 --topic t --num-records 1 --reporting-interval 0',
      'Reporting interval must be greater than 0.',
    ],
    ['latency', E2E_LATENCY, `${LATENCY} 0 --record-size 1`, 'Invalid value for --producer-acks.'],
    [
      'latency',
      E2E_LATENCY,
      `${LATENCY} 1 --record-size 1 --record-header-size -2`,
      'Value for --record-header-size must be a non-negative integer or -1 for null header value.',
    ],
    [
      'share consumer',
      SHARE_CONSUMER_PERF,
      '--bootstrap-server b:1 --num-records 1',
      'Missing required argument "[topic]"',
    ],
    [
      'verifiable share consumer',
      VERIFIABLE_SHARE_CONSUMER,
      '--bootstrap-server b:1 --topic t --group-id g --acknowledgement-mode often',
      'No enum constant org.apache.kafka.tools.VerifiableShareConsumer.AcknowledgementMode.OFTEN',
    ],
    [
      'latency',
      E2E_LATENCY,
      '--help',
      'Invalid number of arguments. Expected 5 or 6 positional arguments, but got 1.',
    ],
  ])('of the %s test is refused with 1: %#', async (_, tool, line, message) => {
    const context = fakeContext();
    expect(await runTool(tool, line.split(' '), context)).toBe(1);
    expect(context.stderrLines[0]).toContain(message);
  });
});

const iso = (ms: number) => new Date(ms).toISOString();

test('the totals are those of the whole time and of the time without rebalances', () => {
  const totals = { startMs: 0, endMs: 2000, records: 1000, bytes: 1 << 20, rebalanceMs: 1000 };
  expect(totalsLine(totals, iso)).toBe(
    '1970-01-01T00:00:00.000Z, 1970-01-01T00:00:02.000Z, 1.0000, 0.5000, 1000, 500.0000, 1000, 1000, 1.0000, 1000.0000',
  );
});

test('an interval of nothing but a rebalance has no rate', () => {
  const interval = {
    id: 0,
    startMs: 0,
    endMs: 1000,
    bytes: 1 << 20,
    lastBytes: 0,
    records: 10,
    lastRecords: 0,
    rebalanceMs: 1000,
  };
  expect(intervalLine(interval, iso)).toBe(
    '1970-01-01T00:00:01.000Z, 0, 1.0000, 1.0000, 10, 10.0000, 1000, 0, 0.0000, 0.0000',
  );
});
