// One consumer of a share group's test: reads until all of them together have enough, or nothing came for too long.

import type { ShareConsumer } from '../../client/share/share-consumer.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { fixed } from '../consumer-perf-test/consume-stats.ts';
import type { ConsumePlan } from '../consumer-perf-test/options.ts';
import type { Metric } from '../support/metrics-report.ts';

const POLL_MS = 100;
const BYTES_PER_MB = 1024 * 1024;

export interface Total {
  records: number;
  bytes: number;
}

export interface ReadingPlan
  extends Pick<ConsumePlan, 'records' | 'timeoutMs' | 'showsDetails' | 'formatDate'> {
  /** Asked with the first record, as Kafka's tool does: it may throw. */
  reportingIntervalMs(): number;
}

export class Reading {
  readonly clientId: string;
  /** From 1. */
  readonly number: number;
  readonly own: Total = { records: 0, bytes: 0 };
  readonly #consumer: ShareConsumer;
  readonly #total: Total;
  readonly #plan: ReadingPlan;
  readonly #context: ToolContext;
  readonly #cursor = new RecordCursor();
  #intervalStartMs = 0;
  #intervalMs: number | undefined;
  #last: Total = { records: 0, bytes: 0 };

  constructor(
    consumer: ShareConsumer,
    clientId: string,
    number: number,
    total: Total,
    plan: ReadingPlan,
    context: ToolContext,
  ) {
    this.#consumer = consumer;
    this.clientId = clientId;
    this.number = number;
    this.#total = total;
    this.#plan = plan;
    this.#context = context;
  }

  /** Rejects with what the consumer's poll rejects with. */
  async run(topic: string): Promise<void> {
    const { clock } = this.#context.io;
    const plan = this.#plan;
    const total = this.#total;
    this.#consumer.subscribe([topic]);
    let nowMs = clock.nowMs();
    let lastConsumedMs = nowMs;
    this.#intervalStartMs = nowMs;
    while (total.records < plan.records && nowMs - lastConsumedMs <= plan.timeoutMs) {
      const batches = await this.#consumer.poll(POLL_MS);
      nowMs = clock.nowMs();
      if (batches.length > 0) lastConsumedMs = nowMs;
      for (const { buffer, at, acquired } of batches) {
        this.#cursor.reset(buffer, at);
        while (this.#cursor.next()) {
          if (acquired.deliveryCount(this.#cursor.offset) !== undefined) this.#count(nowMs);
        }
      }
    }
  }

  async close(): Promise<void> {
    await this.#consumer.close();
  }

  metrics(seconds: number): Metric[] {
    const tags = { 'client-id': this.clientId };
    const group = 'consumer-share-fetch-manager-metrics';
    const { records, bytes } = this.own;
    const values = {
      'bytes-fetched-total': bytes,
      'bytes-consumed-rate': bytes / seconds,
      'records-fetched-total': records,
      'records-consumed-rate': records / seconds,
    };
    return Object.entries(values).map(([name, value]) => ({ group, name, tags, value }));
  }

  #count(nowMs: number): void {
    const { own } = this;
    const total = this.#total;
    const cursor = this.#cursor;
    const plan = this.#plan;
    const bytes = Math.max(0, cursor.keyLength) + Math.max(0, cursor.valueLength);
    own.records += 1;
    own.bytes += bytes;
    total.records += 1;
    total.bytes += bytes;
    this.#intervalMs ??= plan.reportingIntervalMs();
    if (nowMs - this.#intervalStartMs < this.#intervalMs) return;
    if (plan.showsDetails) this.#tellProgress(nowMs);
    this.#intervalStartMs = nowMs;
    this.#last = { ...own };
  }

  #tellProgress(nowMs: number): void {
    const { own } = this;
    const last = this.#last;
    const plan = this.#plan;
    const context = this.#context;
    const elapsedMs = nowMs - this.#intervalStartMs;
    const megabytes = (own.bytes - last.bytes) / BYTES_PER_MB;
    const line = [
      plan.formatDate(this.#intervalStartMs),
      plan.formatDate(nowMs),
      fixed(own.bytes / BYTES_PER_MB),
      fixed((1000 * megabytes) / elapsedMs),
      fixed((1000 * (own.records - last.records)) / elapsedMs),
      own.records,
      `${elapsedMs} for share consumer ${this.number}`,
    ].join(', ');
    if (context.out.format === 'kafka') context.out.line(line);
    else context.err(line);
  }
}
