import { describe, expect, test } from 'vitest';
import type { CoordinatorResult } from '../../src/coordinator/runtime/coordinator-result.ts';
import { CoordinatorRuntime } from '../../src/coordinator/runtime/coordinator-runtime.ts';
import type {
  CoordinatorShard,
  RecordSerde,
  ShardServices,
} from '../../src/coordinator/runtime/coordinator-shard.ts';
import type { RuntimeConfig } from '../../src/coordinator/runtime/shard-context.ts';
import { TrackedMap } from '../../src/coordinator/runtime/undo-log.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { MemoryLog } from './support/memory-log.ts';
import { virtualIo } from './support/virtual-io.ts';

/** A map of words to words. */
interface Entry {
  readonly key: string;
  readonly value: string | null;
}

class WordShard implements CoordinatorShard<Entry> {
  readonly words: TrackedMap<string, string>;
  readonly services: ShardServices<Entry>;
  readonly markers: string[] = [];
  isLoaded = false;
  isUnloaded = false;

  constructor(services: ShardServices<Entry>) {
    this.services = services;
    this.words = new TrackedMap(services.undo);
  }
  replay({ key, value }: Entry): void {
    if (value === 'poison') throw new Error('poison');
    if (value === null) this.words.delete(key);
    else this.words.set(key, value);
  }
  replayEndTransactionMarker(producerId: number, committed: boolean): void {
    this.markers.push(`${producerId}:${committed}`);
  }
  onLoaded(): void {
    this.isLoaded = true;
  }
  onUnloaded(): void {
    this.isUnloaded = true;
  }
  put(key: string, value: string | null): CoordinatorResult<Entry, string> {
    return { records: [{ key, value }], response: `${key}=${value}` };
  }
}

const serde: RecordSerde<Entry> = {
  writeKey: (writer, { key }) => writer.append(Buffer.from(key)),
  writeValue: (writer, { value }) => {
    if (value !== null) writer.append(Buffer.from(value));
    return value !== null;
  },
  deserialize: (buffer, keyStart, keyEnd, valueStart, valueEnd) => {
    const key = buffer.toString('utf8', keyStart, keyEnd);
    if (key === '?') return undefined;
    return { key, value: valueStart < 0 ? null : buffer.toString('utf8', valueStart, valueEnd) };
  },
};

async function start(config: Partial<RuntimeConfig> = {}, log = new MemoryLog()) {
  const { io, clock } = virtualIo();
  const shards: WordShard[] = [];
  const lines: string[] = [];
  const runtime = new CoordinatorRuntime<WordShard, Entry>({
    io,
    topic: 'words',
    writer: log,
    serde,
    makeShard: (services) => {
      const shard = new WordShard(services);
      shards.push(shard);
      return shard;
    },
    log: (line) => lines.push(line),
    config: {
      writeTimeoutMs: 5000,
      loadSliceBytes: 1024,
      appendLingerMs: -1,
      compression: 0,
      maxDeferredAnswers: 100,
      ...config,
    },
  });
  await runtime.load(0, 1);
  await clock.settle();
  const word = (key: string): string | undefined => shards.at(-1)!.words.get(key);
  return { runtime, clock, log, shards, lines, word };
}

async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    (value) => `ok ${String(value)}`,
    (error: ApiError) => error.name,
  );
}

describe('writes', () => {
  test('of one turn go in one batch and are answered when it is committed', async () => {
    const { runtime, clock, log, word } = await start();
    log.autoCommit = false;
    const answers: string[] = [];
    for (const key of ['a', 'b', 'c']) {
      void runtime.write(0, (shard) => shard.put(key, 'x')).then((answer) => answers.push(answer));
    }
    await clock.settle();
    expect(log.appends).toBe(1);
    expect(log.logEndOffset(0)).toBe(3);
    expect(word('c')).toBe('x');
    expect(answers).toEqual([]);
    log.commit(0);
    await clock.settle();
    expect(answers).toEqual(['a=x', 'b=x', 'c=x']);
  });

  test('see what the same turn wrote before them', async () => {
    const { runtime, clock } = await start();
    const first = runtime.write(0, (shard) => shard.put('a', '1'));
    const second = runtime.write(0, (shard) => shard.put('a', `${shard.words.get('a')}2`));
    await clock.settle();
    expect([await first, await second]).toEqual(['a=1', 'a=12']);
  });

  test('are taken back together when the batch cannot be appended', async () => {
    const { runtime, clock, log, word } = await start();
    void runtime.write(0, (shard) => shard.put('a', 'kept'));
    void runtime.write(0, (shard) => shard.put('gone', 'kept'));
    await clock.settle();
    log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    const outcomes = [
      outcome(runtime.write(0, (shard) => shard.put('a', '2'))),
      outcome(runtime.write(0, (shard) => shard.put('b', '1'))),
      outcome(runtime.write(0, (shard) => shard.put('gone', null))),
      outcome(runtime.read(0, (shard) => shard.words.get('a'))),
    ];
    await clock.settle();
    expect(await Promise.all(outcomes)).toEqual(Array(4).fill('NOT_ENOUGH_REPLICAS'));
    expect([word('a'), word('b'), word('gone')]).toEqual(['kept', undefined, 'kept']);
    const after = runtime.write(0, (shard) => shard.put('b', '3'));
    await clock.settle();
    expect(await after).toBe('b=3');
  });

  test('that throw change nothing, whatever they did before', async () => {
    const { runtime, clock, log, word } = await start();
    const failed = outcome(
      runtime.write(0, (shard) => {
        shard.words.set('a', 'half done');
        throw new ApiError(Errors.INVALID_REQUEST);
      }),
    );
    await clock.settle();
    expect(await failed).toBe('INVALID_REQUEST');
    expect(word('a')).toBeUndefined();
    expect(log.appends).toBe(0);
  });

  test('larger than a batch are refused, and those that fill one begin another', async () => {
    const log = new MemoryLog();
    log.maxBytes = 400;
    const { runtime, clock, word } = await start({}, log);
    const large = outcome(runtime.write(0, (shard) => shard.put('a', 'x'.repeat(400))));
    const fitting = ['b', 'c', 'd'].map((key) =>
      outcome(runtime.write(0, (shard) => shard.put(key, 'x'.repeat(200)))),
    );
    await clock.settle();
    expect(await large).toBe('RECORD_LIST_TOO_LARGE');
    for (const one of fitting) expect(await one).toMatch(/^ok/);
    expect(log.appends).toBe(3);
    expect(word('a')).toBeUndefined();
  });

  test('that need not be atomic are spread over batches', async () => {
    const log = new MemoryLog();
    log.maxBytes = 400;
    const { runtime, clock, word } = await start({}, log);
    const records = [...'abcdef'].map((key) => ({ key, value: 'x'.repeat(100) }));
    const done = outcome(runtime.write(0, () => ({ records, response: undefined, atomic: false })));
    await clock.settle();
    expect(await done).toMatch(/^ok/);
    expect(log.appends).toBe(3);
    expect(word('f')).toBe('x'.repeat(100));
  });

  test('that are not committed in time say so', async () => {
    const { runtime, clock, log } = await start();
    log.autoCommit = false;
    const first = outcome(runtime.write(0, (shard) => shard.put('a', '1')));
    await clock.advance(3000);
    const second = outcome(runtime.write(0, (shard) => shard.put('b', '1')));
    await clock.advance(2100);
    expect(await first).toBe('REQUEST_TIMED_OUT');
    log.commit(0);
    await clock.settle();
    expect(await second).toBe('ok b=1');
  });

  test('are refused when too many wait already', async () => {
    const { runtime, clock, log } = await start({ maxDeferredAnswers: 2 });
    log.autoCommit = false;
    const outcomes = ['a', 'b', 'c'].map((key) =>
      outcome(runtime.write(0, (shard) => shard.put(key, '1'))),
    );
    await clock.settle();
    expect(await outcomes[2]).toBe('COORDINATOR_NOT_AVAILABLE');
    log.commit(0);
    await clock.settle();
    expect(await outcomes[0]).toBe('ok a=1');
  });
});

describe('reads', () => {
  test('are answered when what they saw is committed', async () => {
    const { runtime, clock, log } = await start();
    log.autoCommit = false;
    void runtime.write(0, (shard) => shard.put('a', '1'));
    await clock.settle();
    let seen: unknown;
    void runtime
      .read(0, (shard) => shard.words.get('a'))
      .then((value) => {
        seen = value;
      });
    await clock.settle();
    expect(seen).toBeUndefined();
    log.commit(0);
    await clock.settle();
    expect(seen).toBe('1');
  });
});

describe('loading', () => {
  test('replays the whole log, skips what it does not know and tells markers', async () => {
    const log = new MemoryLog();
    const record = (key: string, value: string | null) => ({
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
    });
    for (let i = 0; i < 200; i++) log.append(0, buildBatch([record(`k${i % 50}`, `${i}`)]));
    log.append(0, buildBatch([record('?', 'unknown'), record('k0', null)]));
    const marker = { key: Buffer.from([0, 0, 0, 1]), value: Buffer.alloc(6) };
    log.append(0, buildBatch([marker], { control: true, transactional: true, producerId: 9 }));
    const { shards, word, lines } = await start({}, log);
    expect(word('k49')).toBe('199');
    expect(word('k0')).toBeUndefined();
    expect(shards[0]!.markers).toEqual(['9:true']);
    expect(lines.join('\n')).toMatch(/Left 1 records of other types alone/);
  });

  test('refuses requests meanwhile and NOT_COORDINATOR before and after', async () => {
    const log = new MemoryLog();
    for (let i = 0; i < 5; i++) {
      log.append(0, buildBatch([{ key: Buffer.from('k'), value: Buffer.from(`${i}`) }]));
    }
    const { runtime, clock, shards } = await start({}, log);
    expect(await outcome(runtime.read(7, () => 1))).toBe('NOT_COORDINATOR');
    runtime.unload(0, 1);
    expect(await outcome(runtime.read(0, () => 1))).toBe('NOT_COORDINATOR');
    expect(shards[0]!.isUnloaded).toBe(true);
    await runtime.load(0, 2);
    await clock.settle();
    expect(await outcome(runtime.read(0, (shard) => shard.words.get('k')))).toBe('ok 4');
  });

  test('a log that cannot be understood leaves the shard out of order, not the broker', async () => {
    const log = new MemoryLog();
    log.append(0, buildBatch([{ key: Buffer.from('k'), value: Buffer.from('poison') }]));
    const { runtime, lines } = await start({}, log);
    expect(runtime.stateOf(0)).toBe('failed');
    expect(lines.join('\n')).toMatch(/Failed to load words-0: Error: poison/);
    expect(await outcome(runtime.read(0, () => 1))).toBe('NOT_COORDINATOR');
  });

  test('an older epoch neither loads nor unloads', async () => {
    const { runtime } = await start();
    runtime.unload(0, 0);
    expect(runtime.stateOf(0)).toBe('active');
    await runtime.load(0, 0);
    expect(runtime.stateOf(0)).toBe('active');
  });
});

describe('unloading', () => {
  test('answers everybody who waits', async () => {
    const { runtime, clock, log } = await start();
    log.autoCommit = false;
    const committedNever = outcome(runtime.write(0, (shard) => shard.put('a', '1')));
    await clock.settle();
    const appendedNever = outcome(runtime.write(0, (shard) => shard.put('b', '1')));
    runtime.unload(0);
    await clock.settle();
    expect(await committedNever).toBe('NOT_COORDINATOR');
    expect(await appendedNever).toBe('NOT_COORDINATOR');
    expect(log.appends).toBe(1);
  });

  test('stops the timers', async () => {
    const { runtime, clock, shards } = await start();
    let fired = 0;
    const { timer } = shards[0]!.services;
    timer.schedule('t', 1000, () => {
      fired++;
      return { records: [], response: undefined };
    });
    runtime.unload(0);
    await clock.advance(2000);
    expect(fired).toBe(0);
    timer.schedule('t', 1, () => ({ records: [], response: undefined }));
    expect(timer.isScheduled('t')).toBe(false);
  });

  test('a partition that fails is not led any more', async () => {
    const { runtime, log } = await start();
    log.fail(0);
    expect(await outcome(runtime.read(0, () => 1))).toBe('NOT_COORDINATOR');
  });
});

describe('timers', () => {
  test('write when they expire, once, at the last time that was set', async () => {
    const { clock, shards, word, log } = await start();
    const { timer } = shards[0]!.services;
    timer.schedule('t', 1000, () => shards[0]!.put('a', 'early'));
    await clock.advance(900);
    timer.schedule('t', 1000, () => shards[0]!.put('a', 'late'));
    await clock.advance(999);
    expect(word('a')).toBeUndefined();
    await clock.advance(1);
    expect(word('a')).toBe('late');
    await clock.advance(5000);
    expect(log.appends).toBe(1);
  });

  test('can be brought forward and cancelled', async () => {
    const { clock, shards, word } = await start();
    const { timer } = shards[0]!.services;
    timer.schedule('t', 1000, () => shards[0]!.put('a', 'late'));
    timer.schedule('t', 10, () => shards[0]!.put('a', 'early'));
    timer.schedule('u', 10, () => shards[0]!.put('b', 'x'));
    timer.cancel('u');
    await clock.advance(10);
    expect([word('a'), word('b')]).toEqual(['early', undefined]);
  });

  test('that could not write try again when they were told to', async () => {
    const { clock, shards, word, log } = await start();
    const { timer } = shards[0]!.services;
    log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    timer.schedule('t', 10, () => shards[0]!.put('a', '1'), 500);
    await clock.advance(100);
    expect(word('a')).toBeUndefined();
    await clock.advance(500);
    expect(word('a')).toBe('1');
  });
});
