// kafka-verifiable-producer.sh: sends numbers, and tells in a line of JSON what became of each
// (org.apache.kafka.tools.VerifiableProducer). The lines are the same in every manner and form of output.

import { ClientError } from '../../client/errors.ts';
import { type DeliveryReport, Producer } from '../../client/producer/producer.ts';
import { ArgparseRefusal } from '../../flags/argparse.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { VERIFIABLE_PRODUCER_TABLE } from '../../flags/tables/verifiable-producer.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { EventLines, javaDouble } from '../support/event-lines.ts';
import { describeError, ToolError } from '../support/java-error.ts';
import { clientLog } from '../support/log-line.ts';
import { splitServers } from '../support/properties.ts';
import { ThroughputThrottler } from '../support/throughput-throttler.ts';
import { type ProducePlan, producePlan } from './options.ts';
import { SentNumbers } from './sent-numbers.ts';

export const VERIFIABLE_PRODUCER: Tool = {
  table: VERIFIABLE_PRODUCER_TABLE,
  bareHelp: true,
  helpExitCode: 1,
  run: runVerifiableProducer,
};

async function runVerifiableProducer(
  options: ParsedOptions,
  context: ToolContext,
): Promise<number> {
  try {
    return await new VerifiableProducer(await producePlan(options, context), context).run();
  } catch (error) {
    if (error instanceof ArgparseRefusal || context.manner === 'modern') throw error;
    await context.out.flush();
    context.err(`Exception in thread "main" ${describeError(error)}`);
    return 1;
  }
}

class VerifiableProducer {
  readonly #plan: ProducePlan;
  readonly #context: ToolContext;
  readonly #events: EventLines;
  readonly #producer: Producer;
  readonly #numbers = new SentNumbers();
  #sent = 0;
  #acknowledged = 0;
  #failed = 0;

  constructor(plan: ProducePlan, context: ToolContext) {
    this.#plan = plan;
    this.#context = context;
    this.#events = new EventLines(context);
    this.#producer = new Producer({
      bootstrapServers: splitServers(plan.config.get('bootstrap.servers')!),
      config: plan.config,
      io: context.io,
      onDelivery: (report) => this.#delivered(report),
      log: clientLog(context),
    });
  }

  async run(): Promise<number> {
    const { clock } = this.#context.io;
    const startMs = clock.nowMs();
    this.#events.print('startup_complete', {});
    try {
      await this.#sendAll(startMs);
    } finally {
      await this.#producer.close();
      this.#events.print('shutdown_complete', {});
      this.#events.print('tool_data', {
        sent: this.#sent,
        acked: this.#acknowledged,
        target_throughput: this.#plan.throughput,
        avg_throughput: javaDouble((1000 * this.#acknowledged) / (clock.nowMs() - startMs)),
      });
    }
    return this.#failed > 0 && this.#context.manner === 'modern' ? 1 : 0;
  }

  async #sendAll(startMs: number): Promise<void> {
    const { io, signal, out } = this.#context;
    const throttler = new ThroughputThrottler(io.clock, this.#plan.throughput);
    let createTimeMs = this.#plan.createTimeMs;
    let lastYieldMs = startMs;
    for (let number = 0; number < this.#plan.maxMessages && !signal.aborted; number++) {
      const nowMs = io.clock.nowMs();
      if (createTimeMs !== undefined && createTimeMs < 0) throw badTimestamp(createTimeMs);
      await this.#send(number, createTimeMs ?? -1);
      // Kafka's tool adds all the time that went by since the start, each time.
      if (createTimeMs !== undefined) createTimeMs += io.clock.nowMs() - startMs;
      if (throttler.shouldThrottle(number, nowMs)) await throttler.throttle(signal);
      else if (nowMs !== lastYieldMs) {
        lastYieldMs = nowMs;
        await new Promise<void>((resolve) => io.clock.defer(resolve));
      }
      if (!out.hasRoom) await out.ready();
    }
  }

  async #send(number: number, timestampMs: number): Promise<void> {
    const producer = this.#producer;
    const plan = this.#plan;
    const value = Buffer.from(this.#valueOf(number));
    const keyText = this.#keyOf(number);
    const key = keyText === null ? null : Buffer.from(keyText);
    this.#sent += 1;
    try {
      const append = () =>
        producer.append(
          plan.topic,
          -1,
          timestampMs,
          key,
          0,
          key?.length ?? 0,
          value,
          0,
          value.length,
          null,
        );
      while (!append()) await producer.ready(plan.topic);
      this.#numbers.put(producer.appendedPartition, producer.appendedIndex, number);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      this.#tellFailure(number, error);
    }
  }

  #valueOf(number: number): string {
    const { valuePrefix } = this.#plan;
    return valuePrefix === undefined ? String(number) : `${valuePrefix}.${number}`;
  }

  #keyOf(number: number): string | null {
    const { repeatingKeys } = this.#plan;
    if (repeatingKeys === undefined) return null;
    return String(repeatingKeys > 0 ? number % repeatingKeys : number);
  }

  #delivered(report: DeliveryReport): void {
    const { topic, partition, firstIndex, recordCount, baseOffset, error } = report;
    for (let index = 0; index < recordCount; index++) {
      const number = this.#numbers.take(partition, firstIndex + index);
      if (error !== undefined) {
        this.#tellFailure(number, error);
        continue;
      }
      this.#acknowledged += 1;
      this.#events.print('producer_send_success', {
        key: this.#keyOf(number),
        value: this.#valueOf(number),
        offset: baseOffset < 0 ? -1 : baseOffset + index,
        topic,
        partition,
      });
    }
  }

  #tellFailure(number: number, error: ClientError): void {
    this.#failed += 1;
    this.#events.print('producer_send_error', {
      topic: this.#plan.topic,
      key: this.#keyOf(number),
      value: this.#valueOf(number),
      exception: `class ${error.exception}`,
      message: error.message,
    });
  }
}

function badTimestamp(timestampMs: number): ToolError {
  return new ToolError(
    `Invalid timestamp: ${timestampMs}. Timestamp should always be non-negative or null.`,
  );
}
