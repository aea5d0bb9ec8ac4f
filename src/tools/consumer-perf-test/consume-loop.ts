// Reads until enough, or until nothing came for too long. Walks batches in place to count keys' and values' bytes.

import type { ConsumedBatch, Consumer } from '../../client/consumer/consumer.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { intervalLine } from './consume-stats.ts';
import type { ConsumePlan } from './options.ts';

const POLL_MS = 100;

export class PerfConsumeLoop {
  records = 0;
  bytes = 0;
  rebalanceMs = 0;
  readonly #context: ToolContext;
  readonly #plan: ConsumePlan;
  readonly #consumer: Consumer;
  readonly #cursor = new RecordCursor();
  #rebalanceStartMs: number;
  #intervalRebalanceMs = 0;
  #intervalStartMs = 0;
  #lastBytes = 0;
  #lastRecords = 0;

  constructor(context: ToolContext, plan: ConsumePlan, consumer: Consumer) {
    this.#context = context;
    this.#plan = plan;
    this.#consumer = consumer;
    this.#rebalanceStartMs = context.io.clock.nowMs();
  }

  /** Rejects with what the consumer's poll rejects with. */
  async run(): Promise<void> {
    const { clock } = this.#context.io;
    const plan = this.#plan;
    const consumer = this.#consumer;
    consumer.subscribe(plan.topics, {
      onAssigned: () => {
        const lostMs = clock.nowMs() - this.#rebalanceStartMs;
        this.rebalanceMs += lostMs;
        this.#intervalRebalanceMs += lostMs;
      },
      onRevoked: () => {
        this.#rebalanceStartMs = clock.nowMs();
      },
    });
    let nowMs = clock.nowMs();
    let lastConsumedMs = nowMs;
    this.#intervalStartMs = nowMs;
    while (this.records < plan.records && nowMs - lastConsumedMs <= plan.timeoutMs) {
      const batches = await consumer.poll(POLL_MS);
      nowMs = clock.nowMs();
      if (batches.length > 0) lastConsumedMs = nowMs;
      this.#count(batches, nowMs);
    }
    if (this.records < plan.records) {
      this.#context.notice(
        `WARNING: Exiting before consuming the expected number of records: timeout (${plan.timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.`,
      );
    }
  }

  /** Java's poll returns max.poll.records at the most: the end is looked for as often. */
  #count(batches: readonly ConsumedBatch[], nowMs: number): void {
    const cursor = this.#cursor;
    const plan = this.#plan;
    const { maxPollRecords } = this.#consumer.config;
    let polled = 0;
    for (const batch of batches) {
      cursor.reset(batch.buffer, batch.at);
      while (cursor.next()) {
        if (cursor.offset < batch.fromOffset) continue;
        if (polled === maxPollRecords) {
          if (this.records >= plan.records) return;
          polled = 0;
        }
        polled += 1;
        this.records += 1;
        if (cursor.keyLength > 0) this.bytes += cursor.keyLength;
        if (cursor.valueLength > 0) this.bytes += cursor.valueLength;
        if (nowMs - this.#intervalStartMs >= plan.reportingIntervalMs) this.#endInterval(nowMs);
      }
    }
  }

  #endInterval(nowMs: number): void {
    const plan = this.#plan;
    const context = this.#context;
    if (plan.showsDetails) {
      const interval = {
        id: 0,
        startMs: this.#intervalStartMs,
        endMs: nowMs,
        bytes: this.bytes,
        lastBytes: this.#lastBytes,
        records: this.records,
        lastRecords: this.#lastRecords,
        rebalanceMs: this.#intervalRebalanceMs,
      };
      const line = intervalLine(interval, plan.formatDate);
      if (context.out.format === 'kafka') context.out.line(line);
      else context.err(line);
    }
    this.#intervalRebalanceMs = 0;
    this.#intervalStartMs = nowMs;
    this.#lastRecords = this.records;
    this.#lastBytes = this.bytes;
  }
}
