// Records into the producer as fast as it takes them, or as fast as it may; latency per record, without an object for any.

import { ClientError } from '../../client/errors.ts';
import type { DeliveryReport, Producer } from '../../client/producer/producer.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { describeError } from '../support/java-error.ts';
import { isThrownBySend } from '../support/send-errors.ts';
import { ThroughputThrottler } from '../support/throughput-throttler.ts';
import { LatencyStats } from './latency-stats.ts';
import type { PerfPlan } from './options.ts';
import { payloadSource } from './payloads.ts';
import { SendTimes } from './send-times.ts';

export class PerfSendLoop {
  stats: LatencyStats;
  /** Of the records after the warm-up. */
  steadyStats: LatencyStats | undefined;
  failed = 0;
  readonly #context: ToolContext;
  readonly #plan: PerfPlan;
  readonly #say: (line: string) => void;
  readonly #times = new SendTimes();

  constructor(context: ToolContext, plan: PerfPlan, say: (line: string) => void) {
    this.#context = context;
    this.#plan = plan;
    this.#say = say;
    this.stats = this.#newStats(plan.records, false);
  }

  #newStats(records: number, isSteadyState: boolean): LatencyStats {
    const { reportingIntervalMs } = this.#plan;
    const nowMs = this.#context.io.clock.nowMs();
    return new LatencyStats({ records, reportingIntervalMs, isSteadyState, nowMs, say: this.#say });
  }

  /** For the producer's onDelivery. */
  readonly onDelivery = (report: DeliveryReport): void => {
    const { partition, firstIndex, recordCount, error } = report;
    const nowMs = this.#context.io.clock.nowMs();
    const times = this.#times.of(partition);
    for (let index = firstIndex; index < firstIndex + recordCount; index++) {
      const { startMs, bytes, isSteady } = times.take(index);
      if (error !== undefined) continue;
      this.stats.record(nowMs - startMs, bytes, nowMs);
      if (isSteady) this.steadyStats!.record(nowMs - startMs, bytes, nowMs);
    }
    if (error !== undefined) this.#tell(error, recordCount);
  };

  /** Until all records were taken; rejects when the producer can't go on. */
  async run(producer: Producer): Promise<void> {
    const plan = this.#plan;
    const context = this.#context;
    const { clock } = context.io;
    const payloads = payloadSource(plan.payloads, plan.recordSizeBytes);
    const throttler = new ThroughputThrottler(clock, plan.throughput);
    const { transactionDurationMs } = plan;
    const isTransactional = transactionDurationMs !== undefined;
    let transactionStartMs = 0;
    let inTransaction = 0;
    let lastYieldMs = clock.nowMs();
    for (let sent = 0; sent < plan.records; sent++) {
      const payload = payloads.next(sent);
      const nowMs = clock.nowMs();
      if (plan.warmupRecords > 0 && sent === plan.warmupRecords) this.#endWarmup();
      if (isTransactional && inTransaction === 0) {
        producer.beginTransaction();
        transactionStartMs = nowMs;
      }
      const isTaken = await this.#send(producer, payload, nowMs);
      inTransaction++;
      if (isTransactional && transactionDurationMs <= nowMs - transactionStartMs) {
        await producer.commitTransaction();
        inTransaction = 0;
      }
      if (!isTaken) continue;
      if (throttler.shouldThrottle(sent, nowMs)) await throttler.throttle();
      else if (nowMs !== lastYieldMs) {
        // The producer's own work gets its turn each millisecond.
        lastYieldMs = nowMs;
        await new Promise<void>((resolve) => clock.defer(resolve));
      }
    }
    if (isTransactional && inTransaction > 0) await producer.commitTransaction();
  }

  #endWarmup(): void {
    this.steadyStats = this.#newStats(this.#plan.records - this.#plan.warmupRecords, true);
    this.stats.suppressWindows();
  }

  /** False for a record that was refused. */
  async #send(producer: Producer, payload: Buffer, nowMs: number): Promise<boolean> {
    const { topic } = this.#plan;
    try {
      while (!producer.append(topic, -1, nowMs, null, 0, 0, payload, 0, payload.length, null)) {
        await producer.ready(topic);
      }
    } catch (error) {
      if (!(error instanceof ClientError) || isThrownBySend(error)) throw error;
      this.#tell(error, 1);
      return false;
    }
    const { appendedPartition, appendedIndex } = producer;
    const isSteady = this.steadyStats !== undefined;
    this.#times.of(appendedPartition).put(appendedIndex, nowMs, payload.length, isSteady);
    return true;
  }

  #tell(error: ClientError, records: number): void {
    this.failed += records;
    const { manner } = this.#context;
    this.#context.err(manner === 'modern' ? error.message : describeError(error));
  }
}
