import { expect, test } from 'vitest';
import type { ConsumedBatch, Consumer } from '../../../src/client/consumer/consumer.ts';
import { Output } from '../../../src/output/output.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import {
  type ConsumeLimits,
  ConsumeLoop,
} from '../../../src/tools/console-consumer/consume-loop.ts';
import { DefaultFormatter } from '../../../src/tools/console-consumer/default-formatter.ts';
import { type FakeContext, fakeContext } from '../fake-context.ts';

/** Hands out the given polls, then nothing; remembers what was given back. */
class FakeConsumer {
  readonly givenBack: string[] = [];
  readonly #polls: (ConsumedBatch[] | Error)[];
  constructor(polls: (ConsumedBatch[] | Error)[]) {
    this.#polls = [...polls];
  }
  async poll(): Promise<ConsumedBatch[]> {
    const next = this.#polls.shift() ?? [];
    if (next instanceof Error) throw next;
    return next;
  }
  seek({ topic, partition }: { topic: string; partition: number }, offset: number): void {
    this.givenBack.push(`${topic}-${partition}@${offset}`);
  }
  wakeup(): void {}
}

function batch(partition: number, baseOffset: number, values: string[], fromOffset = baseOffset) {
  const records = values.map((value) => ({ key: null, value: Buffer.from(value) }));
  const buffer = buildBatch(records, { baseOffset });
  const nextOffset = baseOffset + values.length;
  return { topic: 't', partition, buffer, at: 0, fromOffset, nextOffset, leaderEpoch: -1 };
}

function loopOf(
  polls: (ConsumedBatch[] | Error)[],
  limits: Partial<ConsumeLimits> & { max?: number; properties?: [string, string][] } = {},
  context: FakeContext = fakeContext(),
) {
  const consumer = new FakeConsumer(polls);
  const formatter = new DefaultFormatter(new Map(limits.properties ?? []), () => {});
  const loop = new ConsumeLoop(context, consumer as unknown as Consumer, formatter, {
    maxMessages: () => limits.max ?? -1,
    timeoutMs: limits.timeoutMs ?? 0,
    skipsErrors: limits.skipsErrors ?? false,
  });
  return { loop, consumer, context };
}

test('prints what comes until nothing comes in time', async () => {
  const { loop, consumer, context } = loopOf([[batch(0, 0, ['a', 'b'])], [batch(1, 5, ['c'])]]);
  expect(await loop.run()).toBe('timeout');
  expect(await context.stdoutText()).toBe('a\nb\nc\n');
  expect(loop.messageCount).toBe(3);
  expect(consumer.givenBack).toEqual([]);
  expect(context.stderrLines.join()).toContain('org.apache.kafka.common.errors.TimeoutException');
});

test('gives back what was fetched behind the last message', async () => {
  const polls = [[batch(1, 4, ['a', 'b', 'c']), batch(1, 7, ['d']), batch(0, 9, ['e'])]];
  const { loop, consumer, context } = loopOf(polls, { max: 2 });
  expect(await loop.run()).toBe('enough');
  expect(await context.stdoutText()).toBe('a\nb\n');
  expect(consumer.givenBack).toEqual(['t-1@6', 't-0@9']);
});

test('gives nothing of a batch back that was read to its end', async () => {
  const { loop, consumer } = loopOf([[batch(0, 0, ['a', 'b'])]], { max: 2 });
  await loop.run();
  expect(consumer.givenBack).toEqual([]);
});

test('no message at all is asked for', async () => {
  const { loop, consumer } = loopOf([new Error('must not be polled')], { max: 0 });
  expect(await loop.run()).toBe('enough');
  expect(consumer.givenBack).toEqual([]);
});

test('skips the records before the offset that was asked for', async () => {
  const { loop, context } = loopOf([[batch(0, 10, ['a', 'b', 'c'], 12)]]);
  await loop.run();
  expect(await context.stdoutText()).toBe('c\n');
  expect(loop.messageCount).toBe(1);
});

const integers: [string, string][] = [
  ['value.deserializer', 'org.apache.kafka.common.serialization.IntegerDeserializer'],
];

test('a record that cannot be shown ends it, and what follows stays unread', async () => {
  const polls = [[batch(0, 0, ['abcd', 'x', 'abcd'])]];
  const { loop, consumer, context } = loopOf(polls, { properties: integers });
  await expect(loop.run()).rejects.toThrow('Size of data received by IntegerDeserializer is not 4');
  expect(await context.stdoutText()).toBe('1633837924\n');
  expect(loop.messageCount).toBe(2);
  expect(consumer.givenBack).toEqual(['t-0@2']);
});

test('a record that cannot be shown is skipped and counted when told so', async () => {
  const polls = [[batch(0, 0, ['abcd', 'x', 'abcd'])]];
  const { loop, context } = loopOf(polls, { properties: integers, skipsErrors: true });
  await loop.run();
  expect(await context.stdoutText()).toBe('1633837924\n1633837924\n');
  expect(loop.messageCount).toBe(3);
});

test('an error of the consumer is told and ends it', async () => {
  const { loop, context } = loopOf([[batch(0, 0, ['a'])], new Error('Invalid topics: [x y]')]);
  expect(await loop.run()).toBe('failed');
  expect(await context.stdoutText()).toBe('a\n');
  expect(context.stderrLines.join()).toContain('Invalid topics: [x y]');
});

test('a damaged batch is told, and is read again next time', async () => {
  const damaged = batch(0, 3, ['a']);
  damaged.buffer.writeInt32BE(1 << 20, 8);
  const { loop, consumer } = loopOf([[damaged]]);
  expect(await loop.run()).toBe('failed');
  expect(consumer.givenBack).toEqual(['t-0@3']);
});

test('a signal ends it between batches', async () => {
  const context = fakeContext();
  const { loop, consumer } = loopOf([[batch(0, 0, ['a'])]], {}, context);
  context.abort();
  expect(await loop.run()).toBe('stopped');
  expect(consumer.givenBack).toEqual([]);
});

test('a signal ends it while nobody reads its stdout', async () => {
  const fake = fakeContext();
  const stuck = {
    isTerminal: false,
    columns: 80,
    write: () => new Promise<boolean>(() => {}),
    writeSync: () => true,
  };
  const context = { ...fake, out: new Output('kafka', false, stuck, fake.io.clock) };
  const large = 'x'.repeat(300_000);
  const polls = [0, 1, 2, 3].map((offset) => [batch(0, offset, [large])]);
  const { loop } = loopOf(polls, {}, context);
  const running = loop.run();
  while (context.out.hasRoom) await new Promise((resolve) => fake.io.clock.defer(() => resolve(0)));
  fake.abort();
  expect(await running).toBe('stopped');
  expect(loop.messageCount).toBeLessThan(4);
});
