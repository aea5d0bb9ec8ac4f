// Records from the consumer to stdout until enough, too late, told to stop, or nobody reads (ConsoleConsumer.process).
// Walks batches in place. What was fetched but not printed is given back, so that a group commits what was printed.

import type { ConsumedBatch, Consumer } from '../../client/consumer/consumer.ts';
import { partitionKey } from '../../client/types.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { timestampType } from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { describeChain, messageOf } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';
import { inPrintOrder } from './print-order.ts';
import type { RecordFormatter } from './record-formatter.ts';

export const CONSUMER_LOGGER = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
const NO_LIMIT = -1;
/** One wait of a poll that has no time-out: timers don't reach further than 24 days. */
const LONGEST_POLL_MS = 3_600_000;

export interface ConsumeLimits {
  /** -1: no limit. Asked when it begins, as Kafka does; may throw CommandLineError. */
  readonly maxMessages: () => number;
  /** Without a record for so long it ends; Infinity: never. */
  readonly timeoutMs: number;
  readonly skipsErrors: boolean;
}

export type EndReason = 'enough' | 'timeout' | 'stopped' | 'failed' | 'closed';

export class ConsumeLoop {
  /** Records taken, printed or not. */
  messageCount = 0;
  readonly #context: ToolContext;
  readonly #consumer: Consumer;
  readonly #formatter: RecordFormatter;
  readonly #limits: ConsumeLimits;
  readonly #cursor = new RecordCursor();
  readonly #givenBack = new Set<string>();
  #maxMessages = Number.POSITIVE_INFINITY;

  constructor(
    context: ToolContext,
    consumer: Consumer,
    formatter: RecordFormatter,
    limits: ConsumeLimits,
  ) {
    this.#context = context;
    this.#consumer = consumer;
    this.#formatter = formatter;
    this.#limits = limits;
  }

  /** Rejects with a record's error unless errors are skipped; failures of the consumer are told, then it ends. */
  async run(): Promise<EndReason> {
    const { signal } = this.#context;
    const given = this.#limits.maxMessages();
    if (given !== NO_LIMIT) this.#maxMessages = given;
    const wake = () => this.#consumer.wakeup();
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!this.#hasEnough) {
        const batches = await this.#receive();
        if (typeof batches === 'string') return batches;
        const end = await this.#printAll(batches);
        if (end !== undefined) return end;
      }
      return 'enough';
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  get #hasEnough(): boolean {
    return this.messageCount >= this.#maxMessages;
  }

  /** ConsumerWrapper.receive. */
  async #receive(): Promise<readonly ConsumedBatch[] | EndReason> {
    const { clock } = this.#context.io;
    const deadlineMs = clock.monotonicMs() + this.#limits.timeoutMs;
    try {
      for (;;) {
        if (this.#context.signal.aborted) return this.#stopped();
        const leftMs = Math.max(0, deadlineMs - clock.monotonicMs());
        const batches = await this.#consumer.poll(Math.min(leftMs, LONGEST_POLL_MS));
        if (batches.length > 0) return inPrintOrder(batches);
        if (this.#context.signal.aborted) return this.#stopped();
        if (clock.monotonicMs() >= deadlineMs) return this.#timedOut();
      }
    } catch (error) {
      return this.#failed(error);
    }
  }

  #stopped(): EndReason {
    return this.#context.out.isClosed ? this.#closed() : 'stopped';
  }

  #closed(): EndReason {
    this.#context.err('Unable to write to standard out, closing consumer.');
    return 'closed';
  }

  #timedOut(): EndReason {
    if (this.#context.manner === 'exact') {
      this.#tellEnd('org.apache.kafka.common.errors.TimeoutException');
    }
    return 'timeout';
  }

  #failed(error: unknown): EndReason {
    if (this.#context.manner === 'modern') this.#context.err(messageOf(error));
    else this.#tellEnd(describeChain(error));
    return 'failed';
  }

  #tellEnd(why: string): void {
    const what = 'Error processing message, terminating consumer process: ';
    logLine(this.#context, 'ERROR', what, CONSUMER_LOGGER, why);
  }

  async #printAll(batches: readonly ConsumedBatch[]): Promise<EndReason | undefined> {
    const { out, signal } = this.#context;
    let read = 0;
    try {
      while (read < batches.length && !this.#hasEnough && !signal.aborted) {
        const batch = batches[read++]!;
        const end = this.#print(batch);
        if (end !== undefined) return end;
        if (!out.hasRoom) await out.ready();
        if (out.isClosed) return this.#closed();
      }
      return signal.aborted ? this.#stopped() : undefined;
    } finally {
      for (const batch of batches.slice(read)) this.#giveBack(batch, batch.fromOffset);
    }
  }

  #print(batch: ConsumedBatch): EndReason | undefined {
    const cursor = this.#cursor;
    const formatter = this.#formatter;
    const maxMessages = this.#maxMessages;
    const { out } = this.#context;
    const { fromOffset } = batch;
    try {
      cursor.reset(batch.buffer, batch.at);
      formatter.startBatch(batch.topic, batch.partition, timestampType(batch.buffer, batch.at));
      while (cursor.next()) {
        if (cursor.offset < fromOffset) continue;
        if (this.messageCount >= maxMessages) {
          this.#giveBack(batch, cursor.offset);
          return undefined;
        }
        this.messageCount += 1;
        try {
          formatter.write(cursor, out);
        } catch (error) {
          this.#unprintable(error, batch);
        }
      }
      return undefined;
    } catch (error) {
      if (error instanceof UnprintableError) throw error.cause;
      this.#giveBack(batch, fromOffset);
      return this.#failed(error);
    }
  }

  /** Skips the record or ends with its error; the records behind it stay unread. */
  #unprintable(error: unknown, batch: ConsumedBatch): void {
    if (this.#limits.skipsErrors) {
      const where = `${batch.topic}-${batch.partition} at offset ${this.#cursor.offset}`;
      if (this.#context.manner === 'modern') {
        this.#context.err(`Skipped the record of ${where}: ${messageOf(error)}`);
      } else {
        const what = 'Error processing message, skipping this message: ';
        logLine(this.#context, 'ERROR', what, CONSUMER_LOGGER, describeChain(error));
      }
      return;
    }
    if (this.#cursor.next()) this.#giveBack(batch, this.#cursor.offset);
    throw new UnprintableError(error);
  }

  /** resetUnconsumedOffsets: the first offset of each partition that wasn't printed. */
  #giveBack(batch: ConsumedBatch, offset: number): void {
    const { topic, partition } = batch;
    const key = partitionKey(topic, partition);
    if (this.#givenBack.has(key)) return;
    this.#givenBack.add(key);
    try {
      this.#consumer.seek({ topic, partition }, offset);
    } catch {
      // The partition has gone to another member: there is nothing to give back.
    }
  }
}

class UnprintableError extends Error {
  constructor(cause: unknown) {
    super('unprintable', { cause });
  }
}
