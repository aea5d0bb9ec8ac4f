// A bank on transactions: orders in one topic, each moves an amount between two accounts in another. Eight workers consume
// orders and produce transfers exactly once, while brokers die, clients crash, transactions are aborted and zombies go on.
// Whatever happened, an audit finds every order carried out once, both halves of it, and no transaction open.

import { createTopics } from '../../src/client/admin/create-topics.ts';
import { listTransactions } from '../../src/client/admin/list-transactions.ts';
import type { Consumer } from '../../src/client/consumer/consumer.ts';
import { ClientError } from '../../src/client/errors.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import {
  ACCOUNT_PARTITIONS,
  ACCOUNT_TOPIC,
  ACCOUNTS,
  addTo,
  append,
  BankWorker,
  type BankWorld,
  emptyLedger,
  GROUP,
  type Mishaps,
  ORDERS,
  reader,
  transferOf,
  WORKERS,
  type WorkLedger,
} from './bank-worker.ts';

/** Who works for the bank. */
export interface Staff {
  start(): void;
  /** Resolves to what all of them did, when nothing of theirs goes on. */
  stop(): Promise<WorkLedger>;
}

/** All eight in this process. */
export function staffInProcess(world: BankWorld, mishaps: Mishaps): Staff {
  const workers = Array.from({ length: WORKERS }, (_, index) => {
    return new BankWorker(world, mishaps, index);
  });
  let running: Promise<void>[] = [];
  return {
    start() {
      running = workers.map((worker) => worker.run());
    },
    async stop() {
      for (const worker of workers) worker.stop();
      await Promise.all(running);
      const sum = emptyLedger();
      for (const { ledger } of workers) addTo(sum, ledger);
      return sum;
    },
  };
}

export interface Ledger extends WorkLedger {
  /** Given to the workers. */
  orders: number;
}

export class Bank {
  readonly ledger: Ledger = { orders: 0, ...emptyLedger() };
  /** What no correct cluster may answer; empty at the end. */
  readonly wrong: string[] = [];
  readonly #world: BankWorld;
  readonly #staff: Staff;

  constructor(world: BankWorld, staff: Staff) {
    this.#world = world;
    this.#staff = staff;
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
    this.#staff.start();
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
    addTo(this.ledger, await this.#staff.stop());
    await this.#audit(deadlineMs);
    return this.wrong;
  }

  async #ordersLeft(): Promise<number> {
    const consumer = reader(this.#world, this.#world.newIo(), 'read_committed', GROUP);
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
    const consumer = reader(this.#world, io, 'read_committed');
    const partitions = Array.from({ length: ACCOUNT_PARTITIONS }, (_, partition) => {
      return { topic: ACCOUNT_TOPIC, partition };
    });
    const plain = reader(this.#world, this.#world.newIo(), 'read_uncommitted');
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
    await this.#checkCoordinator(deadlineMs);
    this.#judge(await readAll(consumer, partitions));
    await consumer.close(0);
  }

  /** A transaction whose producer died is aborted when its time is over; after that none is open or half ended. */
  async #checkCoordinator(deadlineMs: number): Promise<void> {
    const io = this.#world.newIo();
    const client = new KafkaClient({ bootstrapServers: this.#world.bootstrapServers, io });
    for (;;) {
      const listed = await listTransactions(client);
      const open = listed.filter(({ state }) => state === 'Ongoing' || state.startsWith('Prepare'));
      if (open.length === 0) break;
      if (io.clock.monotonicMs() > deadlineMs) {
        const names = open.map(({ transactionalId, state }) => `${transactionalId} (${state})`);
        this.wrong.push(`transactions stay open: ${names.join(', ')}`);
        break;
      }
      await this.#world.sleep(200);
    }
    await client.close();
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
