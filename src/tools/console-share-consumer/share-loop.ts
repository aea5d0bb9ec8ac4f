// Records of a share group to stdout, each acknowledged once it is printed, until enough, too late, told to stop, or nobody
// reads (ConsoleShareConsumer.process). What was handed out but not printed goes back to the group at close.

import {
  Acknowledge,
  type ShareConsumer,
  type SharedBatch,
} from '../../client/share/share-consumer.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { timestampType } from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import type { RecordFormatter } from '../console-consumer/record-formatter.ts';
import { describeChain, messageOf } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';

export const SHARE_CONSUMER_LOGGER = 'org.apache.kafka.tools.consumer.ConsoleShareConsumer';
/** One wait of a poll that has no time-out: timers don't reach further than 24 days. */
const LONGEST_POLL_MS = 3_600_000;

export interface ShareLoopOptions {
  /** Infinity: no limit. */
  readonly maxMessages: number;
  /** Without a record for so long it ends; Infinity: never. */
  readonly timeoutMs: number;
  readonly acknowledgement: Acknowledge;
  readonly rejectsErrors: boolean;
}

type EndReason = 'enough' | 'timeout' | 'stopped' | 'failed' | 'closed';

export class ShareLoop {
  messageCount = 0;
  readonly #context: ToolContext;
  readonly #consumer: ShareConsumer;
  readonly #formatter: RecordFormatter;
  readonly #options: ShareLoopOptions;
  readonly #cursor = new RecordCursor();

  constructor(
    context: ToolContext,
    consumer: ShareConsumer,
    formatter: RecordFormatter,
    options: ShareLoopOptions,
  ) {
    this.#context = context;
    this.#consumer = consumer;
    this.#formatter = formatter;
    this.#options = options;
  }

  /** Rejects with a record's error unless such records are rejected; failures of the consumer are told, then it ends. */
  async run(): Promise<EndReason> {
    const { signal } = this.#context;
    const wake = () => this.#consumer.wakeup();
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (this.messageCount < this.#options.maxMessages) {
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

  async #receive(): Promise<SharedBatch[] | EndReason> {
    const { clock } = this.#context.io;
    const { signal, out } = this.#context;
    const deadlineMs = clock.monotonicMs() + this.#options.timeoutMs;
    try {
      for (;;) {
        if (signal.aborted) return out.isClosed ? this.#closed() : 'stopped';
        const leftMs = Math.max(0, deadlineMs - clock.monotonicMs());
        const batches = await this.#consumer.poll(Math.min(leftMs, LONGEST_POLL_MS));
        if (batches.length > 0) return batches;
        if (clock.monotonicMs() >= deadlineMs && !signal.aborted) return this.#timedOut();
      }
    } catch (error) {
      if (this.#context.manner === 'modern') this.#context.err(messageOf(error));
      else this.#tellEnd(describeChain(error));
      return 'failed';
    }
  }

  #timedOut(): EndReason {
    if (this.#context.manner === 'exact') {
      this.#tellEnd('org.apache.kafka.common.errors.TimeoutException');
    }
    return 'timeout';
  }

  #closed(): EndReason {
    this.#context.err('Unable to write to standard out, closing consumer.');
    return 'closed';
  }

  #tellEnd(why: string): void {
    const what = 'Error processing message, terminating consumer process: ';
    logLine(this.#context, 'ERROR', what, SHARE_CONSUMER_LOGGER, why);
  }

  async #printAll(batches: readonly SharedBatch[]): Promise<EndReason | undefined> {
    const { out, signal } = this.#context;
    for (const batch of batches) {
      if (this.messageCount >= this.#options.maxMessages || signal.aborted) break;
      this.#print(batch);
      if (!out.hasRoom) await out.ready();
      if (out.isClosed) return this.#closed();
    }
    return signal.aborted ? 'stopped' : undefined;
  }

  #print({ topic, partition, buffer, at, acquired }: SharedBatch): void {
    const cursor = this.#cursor;
    const formatter = this.#formatter;
    const options = this.#options;
    cursor.reset(buffer, at);
    formatter.startBatch(topic, partition, timestampType(buffer, at));
    while (this.messageCount < options.maxMessages && cursor.next()) {
      const deliveryCount = acquired.deliveryCount(cursor.offset);
      if (deliveryCount === undefined) continue;
      this.messageCount += 1;
      formatter.setDelivery?.(deliveryCount);
      try {
        formatter.write(cursor, this.#context.out);
        acquired.acknowledge(cursor.offset, options.acknowledgement);
      } catch (error) {
        if (!options.rejectsErrors) throw error;
        this.#tellRejected(error);
        acquired.acknowledge(cursor.offset, Acknowledge.REJECT);
      }
    }
  }

  #tellRejected(error: unknown): void {
    if (this.#context.manner === 'modern') {
      this.#context.err(
        `Rejected the record at offset ${this.#cursor.offset}: ${messageOf(error)}`,
      );
      return;
    }
    const what = 'Error processing message, rejecting this message: ';
    logLine(this.#context, 'ERROR', what, SHARE_CONSUMER_LOGGER, describeChain(error));
  }
}
