// Records from the consumer to stdout (ConsoleConsumer.process). Walks batches in place. What was fetched but not printed
// is given back, so that a group commits what was printed.

import type { ConsumedBatch, Consumer } from '../../client/consumer/consumer.ts';
import { partitionKey } from '../../client/types.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { timestampType } from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { describeChain, messageOf } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';
import { inPrintOrder } from './print-order.ts';
import type { RecordFormatter } from './record-formatter.ts';
import { type BatchPrinter, type EndReason, RecordLoop } from './record-loop.ts';

export const CONSUMER_LOGGER = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
const NO_LIMIT = -1;

export interface ConsumeLimits {
  /** -1: no limit. Asked when it begins, as Kafka does; may throw CommandLineError. */
  readonly maxMessages: () => number;
  /** Without a record for so long it ends; Infinity: never. */
  readonly timeoutMs: number;
  readonly skipsErrors: boolean;
}

export class ConsumeLoop implements BatchPrinter<ConsumedBatch> {
  /** Records taken, printed or not. */
  messageCount = 0;
  readonly #context: ToolContext;
  readonly #consumer: Consumer;
  readonly #formatter: RecordFormatter;
  readonly #limits: ConsumeLimits;
  readonly #loop: RecordLoop<ConsumedBatch>;
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
    this.#loop = new RecordLoop({
      context,
      source: {
        poll: async (timeoutMs) => inPrintOrder(await consumer.poll(timeoutMs)),
        wakeup: () => consumer.wakeup(),
      },
      printer: this,
      deliversBeforePoll: false,
      timeoutMs: limits.timeoutMs,
      logger: CONSUMER_LOGGER,
    });
  }

  /** Rejects with a record's error unless errors are skipped; failures of the consumer are told, then it ends. */
  async run(): Promise<EndReason> {
    const given = this.#limits.maxMessages();
    if (given !== NO_LIMIT) this.#maxMessages = given;
    return this.#loop.run();
  }

  get hasEnough(): boolean {
    return this.messageCount >= this.#maxMessages;
  }

  giveBack(batch: ConsumedBatch): void {
    this.#giveBackFrom(batch, batch.fromOffset);
  }

  print(batch: ConsumedBatch): EndReason | undefined {
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
          this.#giveBackFrom(batch, cursor.offset);
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
      this.giveBack(batch);
      return this.#loop.failed(error);
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
    if (this.#cursor.next()) this.#giveBackFrom(batch, this.#cursor.offset);
    throw new UnprintableError(error);
  }

  /** resetUnconsumedOffsets: the first offset of each partition that wasn't printed. */
  #giveBackFrom(batch: ConsumedBatch, offset: number): void {
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
