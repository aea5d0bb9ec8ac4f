// A bank on transactions: orders in one topic, each moves an amount between two accounts in another. Eight workers consume
// orders and produce transfers exactly once, while brokers die, clients crash, transactions are aborted and zombies go on.
// Whatever happened, an audit finds every order carried out once, both halves of it, and no transaction open.

import { createTopics } from '../../src/client/admin/create-topics.ts';
import { Consumer } from '../../src/client/consumer/consumer.ts';
import { ClientError } from '../../src/client/errors.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import type { Io } from '../../src/io/io.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';

export const WORKERS = 8;
const ACCOUNTS = 16;
const ACCOUNT_PARTITIONS = 4;
const ORDERS = 'orders';
const ACCOUNT_TOPIC = 'accounts';
const GROUP = 'bank';
const NO_MEMBER = { groupId: GROUP, generationId: -1, memberId: '', groupInstanceId: null };

export interface BankWorld {
  /** A process of its own: what it opened ends with it. */
  readonly newIo: () => Io;
  readonly bootstrapServers: readonly string[];
  /** From 0 up to 1. */
  readonly chance: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** How often, of all transactions, something goes wrong on purpose; the rest is committed. */
export interface Mishaps {
  readonly abort: number;
  readonly crash: number;
  readonly zombie: number;
}

export interface Ledger {
  /** Orders given, and transactions that workers saw committed, aborted, failed, or left as zombies. */
  orders: number;
  committed: number;
  aborted: number;
  failed: number;
  crashed: number;
  zombies: number;
  /** Zombies that could still commit: nobody had taken over yet. */
  zombiesCommitted: number;
}

interface Order {
  readonly id: number;
  readonly offset: number;
}

export class Bank {
  readonly ledger: Ledger = {
    orders: 0,
    committed: 0,
    aborted: 0,
    failed: 0,
    crashed: 0,
    zombies: 0,
    zombiesCommitted: 0,
  };
  /** What no correct cluster may answer; empty at the end. */
  readonly wrong: string[] = [];
  readonly #world: BankWorld;
  readonly #mishaps: Mishaps;
  readonly #background = new Set<Promise<void>>();
  #isStopping = false;
  #workers: Promise<void>[] = [];

  constructor(world: BankWorld, mishaps: Mishaps) {
    this.#world = world;
    this.#mishaps = mishaps;
  }

  async open(): Promise<void> {
    const client = new KafkaClient({
      bootstrapServers: this.#world.bootstrapServers,
      io: this.#world.newIo(),
    });
    const created = await createTopics(client, [
      { name: ORDERS, partitions: WORKERS },
      { name: ACCOUNT_TOPIC, partitions: ACCOUNT_PARTITIONS },
    ]);
    await client.close();
    for (const { error } of created.values()) {
      // Asked again after a lost answer, they are there.
      if (error !== undefined && error.code !== Errors.TOPIC_ALREADY_EXISTS) throw error;
    }
    this.#workers = Array.from({ length: WORKERS }, (_, index) => this.#work(index));
  }

  /** Gives orders for `durationMs`, a few at a time. */
  async giveOrders(durationMs: number, everyMs: number): Promise<void> {
    const io = this.#world.newIo();
    const producer = new Producer({
      bootstrapServers: this.#world.bootstrapServers,
      io,
      config: new Map([
        ['delivery.timeout.ms', '600000'],
        ['request.timeout.ms', '10000'],
        ['max.block.ms', '300000'],
      ]),
      onDelivery: ({ error }) => {
        if (error !== undefined) this.wrong.push(`an order was lost: ${error}`);
      },
    });
    const endMs = io.clock.monotonicMs() + durationMs;
    while (io.clock.monotonicMs() < endMs) {
      for (let index = 0; index < WORKERS; index++) {
        const value = Buffer.from(String(this.ledger.orders++));
        while (!append(producer, ORDERS, index, value)) await producer.ready(ORDERS, index);
      }
      await this.#world.sleep(everyMs);
    }
    await producer.close();
  }

  /** After the last order: waits until all are carried out, stops, and judges. Nothing wrong: []. */
  async close(withinMs: number): Promise<string[]> {
    const io = this.#world.newIo();
    const deadlineMs = io.clock.monotonicMs() + withinMs;
    for (;;) {
      const left = await this.#ordersLeft();
      if (left === 0) break;
      if (io.clock.monotonicMs() > deadlineMs) {
        this.wrong.push(`${left} orders are still not carried out after ${withinMs} ms`);
        break;
      }
      await this.#world.sleep(100);
    }
    this.#isStopping = true;
    await Promise.all(this.#workers);
    await Promise.all(this.#background);
    await this.#audit(deadlineMs);
    return this.wrong;
  }

  /** One worker for all its life: each session is a client that ends in some way, good or bad. */
  async #work(index: number): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#session(index);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        this.ledger.failed++;
        await this.#world.sleep(20 + this.#world.chance() * 80);
      }
    }
  }

  async #session(index: number): Promise<void> {
    const { bootstrapServers } = this.#world;
    const io = this.#world.newIo();
    const producer = new Producer({ bootstrapServers, io, config: transactionalConfig(index) });
    const consumer = this.#reader(io, 'read_committed', GROUP);
    let keepsProducer = false;
    try {
      await producer.initTransactions();
      consumer.assign([{ topic: ORDERS, partition: index }]);
      await rewind(consumer, index);
      while (!this.#isStopping) {
        const orders = await readOrders(consumer, 200);
        for (const some of this.#portions(orders)) {
          const end = await this.#transact(producer, index, some);
          if (end === 'aborted') {
            await rewind(consumer, index);
            break;
          }
          if (end === 'crashed') return;
          if (end === 'zombie') {
            keepsProducer = true;
            return;
          }
        }
      }
    } finally {
      // Like a process that dies: nothing is aborted, nobody is told.
      if (!keepsProducer) await producer.close(0);
      await consumer.close(0);
    }
  }

  async #transact(
    producer: Producer,
    index: number,
    orders: readonly Order[],
  ): Promise<'committed' | 'aborted' | 'crashed' | 'zombie'> {
    const { chance } = this.#world;
    producer.beginTransaction();
    try {
      for (const { id } of orders) await this.#transfer(producer, id);
      const offset = orders[orders.length - 1]!.offset + 1;
      const position = { topic: ORDERS, partition: index, offset };
      if (chance() < 0.1) await producer.flush();
      await producer.sendOffsetsToTransaction([position], NO_MEMBER);
      const fate = this.#drawFate();
      if (fate === 'crash') {
        this.ledger.crashed++;
        return 'crashed';
      }
      if (fate === 'zombie') {
        this.ledger.zombies++;
        this.#haunt(producer);
        return 'zombie';
      }
      if (fate === 'abort') {
        await producer.abortTransaction();
        this.ledger.aborted++;
        return 'aborted';
      }
      await producer.commitTransaction();
      this.ledger.committed++;
      return 'committed';
    } catch (error) {
      if (!(error instanceof ClientError) || !producer.isTransactionAbortable) throw error;
      await producer.abortTransaction();
      this.ledger.aborted++;
      return 'aborted';
    }
  }

  #drawFate(): 'abort' | 'crash' | 'zombie' | undefined {
    const { abort, crash, zombie } = this.#mishaps;
    const drawn = this.#world.chance();
    if (drawn < abort) return 'abort';
    if (drawn < abort + crash) return 'crash';
    return drawn < abort + crash + zombie ? 'zombie' : undefined;
  }

  /** A producer that wakes up after somebody took over, and doesn't know it. */
  #haunt(producer: Producer): void {
    const haunting = (async () => {
      try {
        await this.#world.sleep(this.#world.chance() * 1000);
        if (this.#world.chance() < 0.5) await this.#transfer(producer, -1);
        await producer.commitTransaction();
        // Possible as long as nobody took over; then it is as good as any. A transfer of its own never is.
        this.ledger.zombiesCommitted++;
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
      } finally {
        await producer.close(0);
      }
    })();
    this.#background.add(haunting);
    haunting.finally(() => this.#background.delete(haunting));
  }

  async #transfer(producer: Producer, id: number): Promise<void> {
    const { from, to, amount } = transferOf(id);
    for (const [account, delta] of [
      [from, -amount],
      [to, amount],
    ] as const) {
      const value = Buffer.from(`${id}:${account}:${delta}`);
      const partition = account % ACCOUNT_PARTITIONS;
      while (!append(producer, ACCOUNT_TOPIC, partition, value)) {
        await producer.ready(ACCOUNT_TOPIC, partition);
      }
    }
  }

  /** Several transactions for what one poll gave. */
  *#portions(orders: readonly Order[]): Iterable<readonly Order[]> {
    for (let from = 0; from < orders.length; ) {
      const count = 1 + Math.floor(this.#world.chance() * 10);
      yield orders.slice(from, from + count);
      from += count;
    }
  }

  #reader(io: Io, isolation: string, group?: string): Consumer {
    const config = new Map([
      ['isolation.level', isolation],
      ['enable.auto.commit', 'false'],
      ['auto.offset.reset', 'earliest'],
    ]);
    if (group !== undefined) config.set('group.id', group);
    return new Consumer({ bootstrapServers: this.#world.bootstrapServers, io, config });
  }

  async #ordersLeft(): Promise<number> {
    const consumer = this.#reader(this.#world.newIo(), 'read_committed', GROUP);
    try {
      const partitions = Array.from({ length: WORKERS }, (_, partition) => {
        return { topic: ORDERS, partition };
      });
      const ends = await consumer.endOffsets(partitions);
      const done = await consumer.committed(partitions);
      let left = 0;
      for (const [key, { offset }] of ends) left += offset - (done.get(key)?.offset ?? 0);
      return left;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      return Number.NaN;
    } finally {
      await consumer.close(0);
    }
  }

  async #audit(deadlineMs: number): Promise<void> {
    const io = this.#world.newIo();
    const consumer = this.#reader(io, 'read_committed');
    const partitions = Array.from({ length: ACCOUNT_PARTITIONS }, (_, partition) => {
      return { topic: ACCOUNT_TOPIC, partition };
    });
    const plain = this.#reader(this.#world.newIo(), 'read_uncommitted');
    for (;;) {
      const stable = await consumer.endOffsets(partitions);
      const ends = await plain.endOffsets(partitions);
      const open = [...ends].filter(([key, { offset }]) => stable.get(key)!.offset !== offset);
      if (open.length === 0) break;
      if (io.clock.monotonicMs() > deadlineMs) {
        this.wrong.push(`transactions hang in ${open.map(([key]) => key).join(', ')}`);
        break;
      }
      await this.#world.sleep(200);
    }
    await plain.close(0);
    this.#judge(await readAll(consumer, partitions));
    await consumer.close(0);
  }

  #judge(values: readonly string[]): void {
    const halves = new Map<number, number[]>();
    const balances = new Array<number>(ACCOUNTS).fill(0);
    for (const value of values) {
      const [id = -1, account = 0, delta = 0] = value.split(':').map(Number);
      const list = halves.get(id) ?? [];
      halves.set(id, list);
      list.push(account);
      balances[account]! += delta;
    }
    const sum = balances.reduce((total, balance) => total + balance, 0);
    if (sum !== 0) this.wrong.push(`the sum of all accounts is ${sum}, not 0`);
    let shown = 0;
    for (let id = 0; id < this.ledger.orders; id++) {
      const { from, to } = transferOf(id);
      const expected = [from, to].sort().join(',');
      const found = (halves.get(id) ?? []).sort().join(',');
      if (found === expected || shown++ >= 5) continue;
      this.wrong.push(`order ${id}: accounts [${found}] instead of [${expected}]`);
    }
    if (halves.has(-1) && this.ledger.zombiesCommitted === 0) {
      this.wrong.push('a zombie’s own transfer is visible');
    }
  }
}

function transactionalConfig(index: number): Map<string, string> {
  return new Map([
    ['transactional.id', `bank-${index}`],
    ['transaction.timeout.ms', '10000'],
    ['request.timeout.ms', '5000'],
    ['delivery.timeout.ms', '20000'],
    ['max.block.ms', '20000'],
    ['linger.ms', '1'],
  ]);
}

function transferOf(id: number): { from: number; to: number; amount: number } {
  const from = (id * 7 + 3 + ACCOUNTS) % ACCOUNTS;
  const to = (from + 1 + ((id + 16) % (ACCOUNTS - 1))) % ACCOUNTS;
  return { from, to, amount: 1 + ((id + 100) % 100) };
}

function append(producer: Producer, topic: string, partition: number, value: Buffer): boolean {
  return producer.append(topic, partition, -1, null, 0, 0, value, 0, value.length, null);
}

/** To where the group stands. */
async function rewind(consumer: Consumer, index: number): Promise<void> {
  const partition = { topic: ORDERS, partition: index };
  const committed = await consumer.committed([partition]);
  consumer.seek(partition, [...committed.values()][0]?.offset ?? 0);
}

async function readOrders(consumer: Consumer, timeoutMs: number): Promise<Order[]> {
  const orders: Order[] = [];
  const cursor = new RecordCursor();
  for (const batch of await consumer.poll(timeoutMs)) {
    cursor.reset(batch.buffer, batch.at);
    while (cursor.next()) {
      if (cursor.offset < batch.fromOffset) continue;
      orders.push({ id: Number(cursor.value()), offset: cursor.offset });
    }
  }
  return orders;
}

async function readAll(
  consumer: Consumer,
  partitions: readonly { topic: string; partition: number }[],
): Promise<string[]> {
  const values: string[] = [];
  const cursor = new RecordCursor();
  consumer.assign(partitions);
  consumer.seekToBeginning(partitions);
  const ends = await consumer.endOffsets(partitions);
  for (;;) {
    for (const batch of await consumer.poll(200)) {
      cursor.reset(batch.buffer, batch.at);
      while (cursor.next()) {
        if (cursor.offset >= batch.fromOffset) values.push(cursor.value()!.toString());
      }
    }
    let isAtEnd = true;
    for (const partition of partitions) {
      const end = ends.get(`${partition.topic}-${partition.partition}`)!.offset;
      if ((await consumer.position(partition)) < end) isAtEnd = false;
    }
    if (isAtEnd) return values;
  }
}
