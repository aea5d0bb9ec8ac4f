// A transactional producer that does one step at a time, may lose answers, forget itself or be a zombie, and remembers what
// it was promised: what was committed must be committed everywhere, the rest nowhere.

import type { ProducerIdAndEpoch } from '../../../src/coordinator/transaction/transaction-shard.ts';
import { ApiError, Errors } from '../../../src/protocol/errors.ts';
import type { TransactionHarness } from './transaction-harness.ts';

interface Transaction {
  readonly tokens: { readonly partition: number; readonly token: string }[];
  /** What was asked for; undefined while it is open. */
  decision: 'commit' | 'abort' | undefined;
  isAcknowledged: boolean;
}

const RETRIABLE = new Set<number>([
  Errors.CONCURRENT_TRANSACTIONS,
  Errors.COORDINATOR_NOT_AVAILABLE,
  Errors.NOT_COORDINATOR,
  Errors.COORDINATOR_LOAD_IN_PROGRESS,
  Errors.UNKNOWN_SERVER_ERROR,
]);
const PARTITIONS = 3;

export class ModelProducer {
  readonly #harness: TransactionHarness;
  readonly #id: string;
  readonly #name: string;
  readonly #transactions: Transaction[] = [];
  #producer: ProducerIdAndEpoch | undefined;
  #current: Transaction | undefined;
  #serial = 0;

  constructor(harness: TransactionHarness, id: string, name: string) {
    this.#harness = harness;
    this.#id = id;
    this.#name = name;
  }

  async step(): Promise<void> {
    const { random } = this.#harness;
    // A crash: a producer of the same name begins anew.
    if (random.chance(5)) this.#producer = undefined;
    if (this.#producer === undefined) await this.#init();
    else if (this.#current?.decision !== undefined) await this.#end(this.#producer, this.#current);
    else if (random.chance(60)) await this.#write(this.#producer);
    else if (this.#current !== undefined) await this.#decide(this.#producer, this.#current);
  }

  async #init(): Promise<void> {
    this.#current = undefined;
    const timeoutMs = 10_000 + this.#harness.random.int(60_000);
    const producer = await this.#ask(() => this.#harness.init(this.#id, { timeoutMs }));
    // An answer that is lost: the producer asks again, and gets another epoch.
    if (producer !== undefined && !this.#harness.random.chance(10)) this.#producer = producer;
  }

  async #write(producer: ProducerIdAndEpoch): Promise<void> {
    const partition = this.#harness.random.int(PARTITIONS);
    const added = await this.#ask(async () => {
      await this.#harness.add(this.#id, producer, 't', partition);
      return true;
    });
    if (added === undefined) return;
    const token = `${this.#name}-${this.#serial++}`;
    try {
      this.#harness.partitions.of('t', partition).write(producer, token);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#producer = undefined;
      return;
    }
    if (this.#current === undefined) {
      this.#current = { tokens: [], decision: undefined, isAcknowledged: false };
      this.#transactions.push(this.#current);
    }
    this.#current.tokens.push({ partition, token });
  }

  async #decide(producer: ProducerIdAndEpoch, transaction: Transaction): Promise<void> {
    transaction.decision = this.#harness.random.chance(70) ? 'commit' : 'abort';
    await this.#end(producer, transaction);
  }

  async #end(producer: ProducerIdAndEpoch, transaction: Transaction): Promise<void> {
    const commit = transaction.decision === 'commit';
    const after = await this.#ask(() => this.#harness.end(this.#id, producer, commit));
    // A lost answer: the same is asked again.
    if (after === undefined || this.#harness.random.chance(10)) return;
    transaction.isAcknowledged = true;
    this.#current = undefined;
    this.#producer = after;
  }

  /** Undefined: to be tried again, or this producer has to begin anew. */
  async #ask<T>(request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!RETRIABLE.has(error.code)) this.#producer = undefined;
      return undefined;
    }
  }

  /** When everything has come to rest. */
  checkOutcomes(): void {
    for (const { tokens, decision, isAcknowledged } of this.#transactions) {
      const outcomes = tokens.map(({ partition, token }) =>
        this.#harness.partitions.of('t', partition).outcomes.get(token),
      );
      const [first] = outcomes;
      const what = `${tokens[0]?.token}: ${decision} ${isAcknowledged} ${outcomes}`;
      if (outcomes.some((one) => one === undefined || one !== first)) {
        throw new Error(`not all or nothing: ${what}`);
      }
      if (isAcknowledged && first !== decision) throw new Error(`another end: ${what}`);
      if (decision !== 'commit' && first === 'commit') throw new Error(`committed: ${what}`);
    }
  }
}
