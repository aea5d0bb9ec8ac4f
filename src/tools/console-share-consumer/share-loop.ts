// Records of a share group to stdout, each acknowledged once it is printed (ConsoleShareConsumer.process). What was handed out but not printed goes back to the group at close.

import {
  Acknowledge,
  type ShareConsumer,
  type SharedBatch,
} from '../../client/share/share-consumer.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { timestampType } from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import type { RecordFormatter } from '../console-consumer/record-formatter.ts';
import { type BatchPrinter, type EndReason, RecordLoop } from '../console-consumer/record-loop.ts';
import { describeChain, messageOf } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';

export const SHARE_CONSUMER_LOGGER = 'org.apache.kafka.tools.consumer.ConsoleShareConsumer';

export interface ShareLoopOptions {
  /** Infinity: no limit. */
  readonly maxMessages: number;
  /** Without a record for so long it ends; Infinity: never. */
  readonly timeoutMs: number;
  readonly acknowledgement: Acknowledge;
  readonly rejectsErrors: boolean;
}

export class ShareLoop implements BatchPrinter<SharedBatch> {
  messageCount = 0;
  readonly #context: ToolContext;
  readonly #formatter: RecordFormatter;
  readonly #options: ShareLoopOptions;
  readonly #loop: RecordLoop<SharedBatch>;
  readonly #cursor = new RecordCursor();

  constructor(
    context: ToolContext,
    consumer: ShareConsumer,
    formatter: RecordFormatter,
    options: ShareLoopOptions,
  ) {
    this.#context = context;
    this.#formatter = formatter;
    this.#options = options;
    this.#loop = new RecordLoop({
      context,
      source: consumer,
      printer: this,
      // A poll sends what was said of the records before it: they must have reached their reader.
      deliversBeforePoll: true,
      timeoutMs: options.timeoutMs,
      logger: SHARE_CONSUMER_LOGGER,
    });
  }

  /** Rejects with a record's error unless such records are rejected; failures of the consumer are told, then it ends. */
  run(): Promise<EndReason> {
    return this.#loop.run();
  }

  get hasEnough(): boolean {
    return this.messageCount >= this.#options.maxMessages;
  }

  /** Nothing was said of it: it goes back to the group when the consumer closes. */
  giveBack(): void {}

  print({ topic, partition, buffer, at, acquired }: SharedBatch): undefined {
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
