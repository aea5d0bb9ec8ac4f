// One worker of the bank (bank.ts): consumes the orders of its partition and carries them out as transfers, exactly once,
// in a process of its own or among others. It crashes, aborts and leaves zombies behind as chance wants.

import { Consumer } from '../../src/client/consumer/consumer.ts';
import { ClientError } from '../../src/client/errors.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import type { Io } from '../../src/io/io.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';

export const WORKERS = 8;
export const ACCOUNTS = 16;
export const ACCOUNT_PARTITIONS = 4;
export const ORDERS = 'orders';
export const ACCOUNT_TOPIC = 'accounts';
export const GROUP = 'bank';
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

/** Transactions that a worker saw committed, aborted, failed, or left behind. */
export interface WorkLedger {
  committed: number;
  aborted: number;
  failed: number;
  crashed: number;
  zombies: number;
  /** Zombies that could still commit: nobody had taken over yet. */
  zombiesCommitted: number;
}

export function emptyLedger(): WorkLedger {
  return { committed: 0, aborted: 0, failed: 0, crashed: 0, zombies: 0, zombiesCommitted: 0 };
}

export function addTo(sum: WorkLedger, part: WorkLedger): void {
  sum.committed += part.committed;
  sum.aborted += part.aborted;
  sum.failed += part.failed;
  sum.crashed += part.crashed;
  sum.zombies += part.zombies;
  sum.zombiesCommitted += part.zombiesCommitted;
}

interface Order {
  readonly id: number;
  readonly offset: number;
}

export class BankWorker {
  readonly ledger = emptyLedger();
  readonly #world: BankWorld;
  readonly #mishaps: Mishaps;
  readonly #index: number;
  readonly #background = new Set<Promise<void>>();
  #isStopping = false;

  constructor(world: BankWorld, mishaps: Mishaps, index: number) {
    this.#world = world;
    this.#mishaps = mishaps;
    this.#index = index;
  }

  /** After what it does just now. */
  stop(): void {
    this.#isStopping = true;
  }

  /** All its life: each session is a client that ends in some way, good or bad. */
  async run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#session(this.#index);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        this.ledger.failed++;
        await this.#world.sleep(20 + this.#world.chance() * 80);
      }
    }
    await Promise.all(this.#background);
  }

  async #session(index: number): Promise<void> {
    const { bootstrapServers } = this.#world;
    const io = this.#world.newIo();
    const producer = new Producer({ bootstrapServers, io, config: transactionalConfig(index) });
    const consumer = reader(this.#world, io, 'read_committed', GROUP);
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
        // An empty transaction may still end well while nobody has taken over; a transfer of its own never does.
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
}

/** Of one process of the bank's. */
export function reader(world: BankWorld, io: Io, isolation: string, group?: string): Consumer {
  const config = new Map([
    ['isolation.level', isolation],
    ['enable.auto.commit', 'false'],
    ['auto.offset.reset', 'earliest'],
  ]);
  if (group !== undefined) config.set('group.id', group);
  return new Consumer({ bootstrapServers: world.bootstrapServers, io, config });
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

export function transferOf(id: number): { from: number; to: number; amount: number } {
  const from = (id * 7 + 3 + ACCOUNTS) % ACCOUNTS;
  const to = (from + 1 + ((id + 16) % (ACCOUNTS - 1))) % ACCOUNTS;
  return { from, to, amount: 1 + ((id + 100) % 100) };
}

export function append(
  producer: Producer,
  topic: string,
  partition: number,
  value: Buffer,
): boolean {
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
