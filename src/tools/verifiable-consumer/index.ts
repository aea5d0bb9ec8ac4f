// kafka-verifiable-consumer.sh: reads in a group, and tells each of its events in a line of JSON
// (org.apache.kafka.tools.VerifiableConsumer). The lines are the same in every manner and form of output.

import { Consumer } from '../../client/consumer/consumer.ts';
import type { TopicPartition } from '../../client/types.ts';
import { ArgparseRefusal } from '../../flags/argparse.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { VERIFIABLE_CONSUMER_TABLE } from '../../flags/tables/verifiable-consumer.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { EventLines } from '../support/event-lines.ts';
import { hashOrder } from '../support/hash-order.ts';
import { describeError, messageOf } from '../support/java-error.ts';
import { clientLog } from '../support/log-line.ts';
import { splitServers } from '../support/properties.ts';
import { type VerifyPlan, verifyPlan } from './options.ts';
import { type PolledPartition, PolledRecords } from './polled-records.ts';

export const VERIFIABLE_CONSUMER: Tool = {
  table: VERIFIABLE_CONSUMER_TABLE,
  bareHelp: true,
  helpExitCode: 1,
  run: runVerifiableConsumer,
};

/** A poll without a time-out: timers don't reach further than 24 days. */
const LONGEST_POLL_MS = 3_600_000;

async function runVerifiableConsumer(
  options: ParsedOptions,
  context: ToolContext,
): Promise<number> {
  try {
    return await new VerifiableConsumer(await verifyPlan(options, context), context).run();
  } catch (error) {
    if (error instanceof ArgparseRefusal || context.manner === 'modern') throw error;
    await context.out.flush();
    context.err(`Exception in thread "main" ${describeError(error)}`);
    return 1;
  }
}

type Offset = TopicPartition & { readonly offset: number };

class VerifiableConsumer {
  readonly #plan: VerifyPlan;
  readonly #context: ToolContext;
  readonly #events: EventLines;
  readonly #consumer: Consumer;
  readonly #polled: PolledRecords;
  #consumed = 0;

  constructor(plan: VerifyPlan, context: ToolContext) {
    this.#plan = plan;
    this.#context = context;
    this.#events = new EventLines(context);
    this.#consumer = new Consumer({
      bootstrapServers: splitServers(plan.config.get('bootstrap.servers')!),
      config: plan.config,
      io: context.io,
      log: clientLog(context),
    });
    this.#polled = new PolledRecords(this.#consumer.config.maxPollRecords);
  }

  async run(): Promise<number> {
    const { signal } = this.#context;
    let hasFailed = false;
    const stop = () => {
      this.#events.print('shutdown_requested', {});
      this.#consumer.wakeup();
    };
    signal.addEventListener('abort', stop, { once: true });
    this.#events.print('startup_complete', {});
    try {
      await this.#consume();
    } catch (error) {
      hasFailed = true;
      await this.#tellFailure(error);
    } finally {
      await this.#consumer.close();
      this.#events.print('shutdown_complete', {});
      signal.removeEventListener('abort', stop);
      // Java's hook runs at every end.
      if (!signal.aborted) this.#events.print('shutdown_requested', {});
    }
    return hasFailed && this.#context.manner === 'modern' ? 1 : 0;
  }

  async #consume(): Promise<void> {
    const consumer = this.#consumer;
    const context = this.#context;
    const plan = this.#plan;
    const tell = (name: string) => (partitions: readonly TopicPartition[]) => {
      const list = partitions.map(({ topic, partition }) => ({ topic, partition }));
      this.#events.print(name, { partitions: list });
    };
    consumer.subscribe([plan.topic], {
      onAssigned: tell('partitions_assigned'),
      onRevoked: tell('partitions_revoked'),
    });
    while (this.#consumed < plan.maxMessages && !context.signal.aborted) {
      this.#polled.set(await consumer.poll(LONGEST_POLL_MS));
      await this.#takeAll();
      if (!context.out.hasRoom) await context.out.ready();
    }
  }

  /** Poll by poll, as Java's would have come. */
  async #takeAll(): Promise<void> {
    for (;;) {
      const partitions = this.#polled.next();
      if (partitions.length === 0) return;
      const isWanted = this.#consumed < this.#plan.maxMessages && !this.#context.signal.aborted;
      // What isn't wanted any more is left for the next consumer.
      if (isWanted) await this.#take(partitions);
      else this.#giveBack(partitions);
    }
  }

  async #take(partitions: readonly PolledPartition[]): Promise<void> {
    const plan = this.#plan;
    const summaries: Record<string, string | number>[] = [];
    const offsets: Offset[] = [];
    let count = 0;
    for (const { records } of partitions) count += records.length;
    for (const polled of hashOrder(partitions)) {
      const { topic, partition } = polled;
      const records = polled.records.slice(0, plan.maxMessages - this.#consumed);
      const [first, last] = [records[0], records[records.length - 1]];
      if (first === undefined || last === undefined) {
        this.#giveBack([polled]);
        continue;
      }
      const [minOffset, maxOffset] = [first.offset, last.offset];
      offsets.push({ topic, partition, offset: maxOffset + 1 });
      summaries.push({ topic, partition, count: records.length, minOffset, maxOffset });
      if (plan.isVerbose) {
        for (const { key, value, offset } of records) {
          this.#events.print('record_data', { key, value, topic, partition, offset });
        }
      }
      this.#consumed += records.length;
      const rest = polled.records.slice(records.length);
      if (rest.length > 0) this.#giveBack([{ topic, partition, records: rest }]);
    }
    this.#events.print('records_consumed', { count, partitions: summaries });
    if (!plan.autoCommits) await this.#commit(offsets);
  }

  #giveBack(partitions: readonly PolledPartition[]): void {
    for (const { topic, partition, records } of partitions) {
      try {
        this.#consumer.seek({ topic, partition }, records[0]!.offset);
      } catch {
        // It has gone to another member.
      }
    }
  }

  async #commit(offsets: readonly Offset[]): Promise<void> {
    let error: string | undefined;
    try {
      await this.#consumer.commit(offsets);
    } catch (failure) {
      error = messageOf(failure);
    }
    this.#events.print('offsets_committed', {
      offsets: offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
      error,
      success: error === undefined,
    });
  }

  async #tellFailure(error: unknown): Promise<void> {
    const context = this.#context;
    await context.out.flush();
    if (context.manner === 'modern') context.err(messageOf(error));
    else {
      context.err(
        `Error during processing, terminating consumer process:\n${describeError(error)}`,
      );
    }
  }
}
