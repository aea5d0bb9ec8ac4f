// The timestamps of what console-producer sends: the time when its line came, or when the wait for room was over.

import { expect, test } from 'vitest';
import { ClientError } from '../../../src/client/errors.ts';
import type { Producer } from '../../../src/client/producer/producer.ts';
import { LineSplitter } from '../../../src/tools/console-producer/line-splitter.ts';
import { readerConfig } from '../../../src/tools/console-producer/reader-config.ts';
import { SendLoop } from '../../../src/tools/console-producer/send-loop.ts';
import { fakeContext } from '../fake-context.ts';

/** Sends the chunks, which come at 100, 200 … ms; a wait of the producer takes 7 ms. Resolves with value@timestamp. */
async function timestamps(
  chunks: readonly string[],
  isFullBefore = '',
  waited: () => void = () => {},
): Promise<string[]> {
  const context = fakeContext();
  let nowMs = 0;
  const waiting = [...chunks];
  const sent: string[] = [];
  let isFull = isFullBefore !== '';
  const producer = {
    append(_topic: string, _partition: number, timestampMs: number, ...rest: unknown[]) {
      const [, , , value, start, end] = rest as [null, 0, 0, Buffer, number, number];
      const text = value.toString('utf8', start, end);
      if (isFull && text === isFullBefore) return false;
      sent.push(`${text}@${timestampMs}`);
      return true;
    },
    ready: async () => {
      nowMs += 7;
      isFull = false;
      waited();
    },
  } as unknown as Producer;
  const moved = {
    ...context,
    io: { ...context.io, clock: { ...context.io.clock, nowMs: () => nowMs } },
    stdin: {
      ...context.stdin,
      read: async () => {
        nowMs += 100;
        const chunk = waiting.shift();
        return chunk === undefined ? undefined : Buffer.from(chunk);
      },
    },
  };
  const config = readerConfig(new Map([['topic', 'orders']]));
  const loop = new SendLoop(moved, config, new LineSplitter(false), { isSync: false });
  await loop.run(producer);
  return sent;
}

test('are when the lines came', async () => {
  expect(await timestamps(['a\nb\n', 'c\n'])).toEqual(['a@100', 'b@100', 'c@200']);
});

test('are the end of the input for a last line without an end', async () => {
  expect(await timestamps(['a\nb'])).toEqual(['a@100', 'b@200']);
});

test('are later for lines that had to wait, and for those behind them', async () => {
  expect(await timestamps(['a\nb\nc\n'], 'b')).toEqual(['a@100', 'b@107', 'c@107']);
});

test('are later for lines behind one that waited in vain', async () => {
  const giveUp = () => {
    throw new ClientError('org.apache.kafka.common.errors.TimeoutException', 'no room');
  };
  expect(await timestamps(['a\nb\nc\n'], 'b', giveUp)).toEqual(['a@100', 'c@107']);
});
