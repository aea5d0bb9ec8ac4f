// kafka-verifiable-share-consumer.sh: reads in a share group, and tells each of its events in a line of JSON
// (org.apache.kafka.tools.VerifiableShareConsumer). The lines are the same in every manner and form of output.

import { incrementalAlterConfigs } from '../../client/admin/incremental-alter-configs.ts';
import { KafkaClient } from '../../client/kafka-client.ts';
import {
  type AcknowledgementResult,
  ShareConsumer,
  type SharedBatch,
} from '../../client/share/share-consumer.ts';
import { partitionKey } from '../../client/types.ts';
import { ArgparseRefusal } from '../../flags/argparse.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { VERIFIABLE_SHARE_CONSUMER_TABLE } from '../../flags/tables/verifiable-share-consumer.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { EventLines } from '../support/event-lines.ts';
import { hashOrder } from '../support/hash-order.ts';
import { describeChain, describeError, messageOf, ToolError } from '../support/java-error.ts';
import { clientLog, logLine } from '../support/log-line.ts';
import { loadProperties, splitServers } from '../support/properties.ts';

export const VERIFIABLE_SHARE_CONSUMER: Tool = {
  table: VERIFIABLE_SHARE_CONSUMER_TABLE,
  bareHelp: true,
  helpExitCode: 1,
  run: runVerifiableShareConsumer,
};

const LOGGER = 'org.apache.kafka.tools.VerifiableShareConsumer';
const POLL_MS = 5000;
const GROUP_RESOURCE = 32;
const MODES = ['auto', 'sync', 'async'] as const;
const STRATEGY = /^(earliest|latest|by_duration:.+)$/;

interface SharePlan {
  readonly topic: string;
  readonly groupId: string;
  /** Infinity: until told to stop. */
  readonly maxMessages: number;
  readonly isVerbose: boolean;
  readonly mode: (typeof MODES)[number];
  /** '': as the group has it. */
  readonly offsetReset: string;
  readonly config: Map<string, string>;
}

async function runVerifiableShareConsumer(
  options: ParsedOptions,
  context: ToolContext,
): Promise<number> {
  try {
    return await new VerifiableShareConsumer(await sharePlan(options, context), context).run();
  } catch (error) {
    if (error instanceof ArgparseRefusal || context.manner === 'modern') throw error;
    await context.out.flush();
    context.err(`Exception in thread "main" ${describeError(error)}`);
    return 1;
  }
}

async function sharePlan(options: ParsedOptions, context: ToolContext): Promise<SharePlan> {
  const given = options.value('acknowledgement-mode')!;
  const mode = MODES.find((each) => each === given.toLowerCase());
  if (mode === undefined) {
    throw new ToolError(`No enum constant ${LOGGER}.AcknowledgementMode.${given.toUpperCase()}`);
  }
  const config = fileProperties(options, context);
  const groupId = options.value('group-id')!;
  config.set('group.id', groupId);
  config.set('bootstrap.servers', await context.bootstrap(options.value('bootstrap-server')));
  const maxMessages = options.integer('max-messages')!;
  return {
    topic: options.value('topic')!,
    groupId,
    maxMessages: maxMessages < 0 ? Number.POSITIVE_INFINITY : maxMessages,
    isVerbose: options.has('verbose'),
    mode,
    offsetReset: options.value('offset-reset-strategy')!.toLowerCase(),
    config,
  };
}

function fileProperties(options: ParsedOptions, context: ToolContext): Map<string, string> {
  const path = options.value('command-config');
  if (path === undefined) return new Map();
  try {
    return loadProperties(context.io, path);
  } catch (error) {
    throw new ArgparseRefusal(messageOf(error), '');
  }
}

class VerifiableShareConsumer {
  readonly #plan: SharePlan;
  readonly #context: ToolContext;
  readonly #events: EventLines;
  readonly #consumer: ShareConsumer;
  #acknowledged = 0;

  constructor(plan: SharePlan, context: ToolContext) {
    this.#plan = plan;
    this.#context = context;
    this.#events = new EventLines(context);
    this.#consumer = new ShareConsumer({
      bootstrapServers: splitServers(plan.config.get('bootstrap.servers')!),
      config: plan.config,
      io: context.io,
      log: clientLog(context),
      onAcknowledged: (result) => this.#tellAcknowledged(result),
    });
  }

  async run(): Promise<number> {
    const { signal, manner } = this.#context;
    const stop = () => this.#consumer.wakeup();
    signal.addEventListener('abort', stop, { once: true });
    let hasFailed = false;
    this.#events.print('startup_complete', {});
    try {
      if (this.#plan.offsetReset !== '') await this.#setOffsetReset();
      await this.#consume();
    } catch (error) {
      hasFailed = true;
      await this.#tellFailure(error);
    } finally {
      await this.#consumer.close();
      this.#events.print('shutdown_complete', {});
      signal.removeEventListener('abort', stop);
    }
    return hasFailed && manner === 'modern' ? 1 : 0;
  }

  async #setOffsetReset(): Promise<void> {
    const { offsetReset, groupId, config } = this.#plan;
    if (!STRATEGY.test(offsetReset)) {
      throw new ToolError(`Unknown share auto offset reset strategy name: ${offsetReset}`);
    }
    const bootstrapServers = splitServers(config.get('bootstrap.servers')!);
    const client = new KafkaClient({ bootstrapServers, config, io: this.#context.io });
    try {
      const resource = { type: GROUP_RESOURCE, name: groupId };
      const change = { name: 'share.auto.offset.reset', operation: 0, value: offsetReset } as const;
      const [result] = await incrementalAlterConfigs(client, [{ resource, changes: [change] }]);
      if (result?.outcome.error !== undefined) throw result.outcome.error;
    } finally {
      await client.close();
    }
    const type = offsetReset.split(':')[0]!;
    this.#events.print('offset_reset_strategy_set', { offsetResetStrategy: type });
  }

  async #consume(): Promise<void> {
    const consumer = this.#consumer;
    const context = this.#context;
    const plan = this.#plan;
    consumer.subscribe([plan.topic]);
    while (this.#acknowledged < plan.maxMessages && !context.signal.aborted) {
      const batches = await consumer.poll(POLL_MS);
      if (batches.length === 0) continue;
      this.#tellConsumed(batches);
      if (plan.mode === 'async') consumer.commitLater();
      if (plan.mode === 'sync') {
        for (const { topic, partition } of await consumer.commit()) {
          const name = partitionKey(topic, partition);
          this.#logError(`Failed to commit offset synchronously for topic partition: ${name}`);
        }
      }
      if (!context.out.hasRoom) await context.out.ready();
    }
  }

  #tellConsumed(batches: readonly SharedBatch[]): void {
    const partitions = new Map<string, { topic: string; partition: number; offsets: number[] }>();
    const cursor = new RecordCursor();
    let count = 0;
    for (const { topic, partition, buffer, at, acquired } of batches) {
      const key = partitionKey(topic, partition);
      const summary = partitions.get(key) ?? { topic, partition, offsets: [] };
      partitions.set(key, summary);
      cursor.reset(buffer, at);
      while (cursor.next()) {
        const { offset } = cursor;
        if (acquired.deliveryCount(offset) === undefined) continue;
        count += 1;
        summary.offsets.push(offset);
        if (!this.#plan.isVerbose) continue;
        const [recordKey, value] = [cursor.key(), cursor.value()].map(
          (each) => each?.toString() ?? null,
        );
        const record = { key: recordKey, value, topic, partition, offset };
        this.#events.print('record_data', record);
      }
    }
    this.#events.print('records_consumed', {
      count,
      partitions: hashOrder([...partitions.values()]).map(({ topic, partition, offsets }) => {
        return { topic, partition, count: offsets.length, offsets };
      }),
    });
  }

  #tellAcknowledged({ topic, partition, batches, error }: AcknowledgementResult): void {
    // Gaps too, as Kafka's.
    const offsets = batches.flatMap(({ firstOffset, lastOffset }) =>
      Array.from({ length: lastOffset - firstOffset + 1 }, (_, index) => firstOffset + index),
    );
    if (error === undefined) this.#acknowledged += offsets.length;
    this.#events.print('offsets_acknowledged', {
      count: offsets.length,
      partitions: [{ topic, partition, count: offsets.length, offsets }],
      success: error === undefined,
      error: error?.message,
    });
  }

  async #tellFailure(error: unknown): Promise<void> {
    await this.#context.out.flush();
    this.#logError('Error during processing, terminating share consumer process:', error);
  }

  #logError(message: string, error?: unknown): void {
    const context = this.#context;
    if (context.manner === 'modern') context.err(error === undefined ? message : messageOf(error));
    else {
      const chain = error === undefined ? undefined : describeChain(error);
      logLine(context, 'ERROR', message, LOGGER, chain);
    }
  }
}
