// kafka-e2e-latency.sh: how long one record takes from the producer to the consumer, again and again
// (org.apache.kafka.tools.EndToEndLatency).

import { createTopics } from '../../client/admin/create-topics.ts';
import { listTopics } from '../../client/admin/list-topics.ts';
import { Consumer } from '../../client/consumer/consumer.ts';
import type { ClientError } from '../../client/errors.ts';
import { KafkaClient } from '../../client/kafka-client.ts';
import { Producer } from '../../client/producer/producer.ts';
import { javaDoubleToString } from '../../common/java-floating.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { E2E_LATENCY_TABLE } from '../../flags/tables/e2e-latency.ts';
import { printUsage, type Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { isArgumentError } from '../../flags/usage.ts';
import { failFromMain } from '../consumer-perf-test/perf-tool.ts';
import { ToolError } from '../support/java-error.ts';
import { loadProperties, splitServers } from '../support/properties.ts';
import { type LatencyPlan, latencyPlan, namePositions, TERSE } from './options.ts';
import { mismatch, sampleRecord } from './sample-record.ts';

export const E2E_LATENCY: Tool = {
  table: E2E_LATENCY_TABLE,
  rewrite: namePositions,
  run: runLatency,
  reject(error, context) {
    if (error.exception !== TERSE && !isArgumentError(error)) {
      return printUsage(E2E_LATENCY_TABLE, error.message, context);
    }
    context.err(error.message);
    if (error.exception !== TERSE) context.err(`${error.exception}: ${error.message}`);
    return 1;
  },
};

/** How long a record may take. */
const POLL_MS = 60_000;
const PROGRESS_RECORDS = 1000;

async function runLatency(options: ParsedOptions, context: ToolContext): Promise<number> {
  const plan = latencyPlan(options, context);
  try {
    const file = options.value('command-config');
    const config =
      file === undefined ? new Map<string, string>() : loadProperties(context.io, file);
    config.set('bootstrap.servers', await context.bootstrap(options.value('bootstrap-server')));
    await ensureTopic(plan.topic, config, context);
    await report(await measure(plan, config, context), plan, context);
    return 0;
  } catch (error) {
    return failFromMain(error, context);
  }
}

async function ensureTopic(
  topic: string,
  config: ReadonlyMap<string, string>,
  context: ToolContext,
): Promise<void> {
  const bootstrapServers = splitServers(config.get('bootstrap.servers')!);
  const client = new KafkaClient({ bootstrapServers, config, io: context.io });
  try {
    const topics = await listTopics(client, { listInternal: true });
    if (topics.some(({ name }) => name === topic)) return;
    context.notice(
      `Topic "${topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1`,
    );
    const created = await createTopics(client, [
      { name: topic, partitions: 1, replicationFactor: 1 },
    ]);
    const error = created.get(topic)?.error;
    if (error !== undefined) throw creationFailed(topic, error, context);
  } finally {
    await client.close();
  }
}

function creationFailed(topic: string, error: ClientError, context: ToolContext): Error {
  if (context.manner === 'modern') return error;
  context.notice(`Creation of topic ${topic} failed`);
  return new ToolError(
    `java.util.concurrent.ExecutionException: ${error.toString()}`,
    'java.lang.RuntimeException',
    error,
  );
}

/** Latencies in ms, with fractions. */
async function measure(
  plan: LatencyPlan,
  config: ReadonlyMap<string, string>,
  context: ToolContext,
): Promise<Float64Array> {
  const { io } = context;
  const bootstrapServers = splitServers(config.get('bootstrap.servers')!);
  const consumer = new Consumer({ bootstrapServers, config: consumerConfig(config, context), io });
  let failure: ClientError | undefined;
  const producer = new Producer({
    bootstrapServers,
    config: new Map([...config, ['linger.ms', '0'], ['acks', plan.acks]]),
    io,
    onDelivery: ({ error }) => {
      failure = error;
    },
  });
  const latencies = new Float64Array(plan.records);
  try {
    await moveToEnd(consumer, plan.topic);
    for (let index = 0; index < plan.records; index++) {
      const sent = sampleRecord(plan, io.random);
      const { key, value, headers } = sent;
      const startMs = io.clock.monotonicMs();
      const append = () =>
        producer.append(
          plan.topic,
          -1,
          -1,
          key,
          0,
          key?.length ?? 0,
          value,
          0,
          value.length,
          headers,
        );
      while (!append()) await producer.ready(plan.topic);
      await producer.flush();
      if (failure !== undefined) throw failure;
      const batches = await consumer.poll(POLL_MS);
      const latencyMs = io.clock.monotonicMs() - startMs;
      const problem = mismatch(sent, batches);
      if (problem !== undefined) throw new ToolError(problem, 'java.lang.RuntimeException');
      latencies[index] = latencyMs;
      if (index % PROGRESS_RECORDS === 0) tellProgress(index, latencyMs, context);
    }
  } finally {
    await producer.close();
    await consumer.close();
  }
  return latencies;
}

function consumerConfig(
  config: ReadonlyMap<string, string>,
  { io }: ToolContext,
): Map<string, string> {
  return new Map([
    ...config,
    ['group.id', `test-group-${io.clock.nowMs()}`],
    ['enable.auto.commit', 'false'],
    ['auto.offset.reset', 'latest'],
    ['fetch.max.wait.ms', '0'],
  ]);
}

async function moveToEnd(consumer: Consumer, topic: string): Promise<void> {
  const partitions = await consumer.partitionsFor(topic);
  const assigned = partitions.map((partition) => ({ topic, partition }));
  consumer.assign(assigned);
  consumer.seekToEnd();
  for (const partition of assigned) await consumer.position(partition);
}

function tellProgress(index: number, latencyMs: number, { out, err }: ToolContext): void {
  const line = `${index}\t${javaDoubleToString(latencyMs)}`;
  if (out.format === 'kafka') out.line(line);
  else err(line);
}

async function report(
  latencies: Float64Array,
  plan: LatencyPlan,
  context: ToolContext,
): Promise<void> {
  const average = latencies.reduce((sum, each) => sum + each, 0) / plan.records;
  const sorted = latencies.map(Math.trunc).sort();
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map(
    (part) => sorted[Math.floor(sorted.length * part)]!,
  );
  await context.out.present({
    kafka: () => [
      `Avg latency: ${average.toFixed(4)} ms`,
      `Percentiles: 50th = ${p50}, 99th = ${p99}, 99.9th = ${p999}`,
    ],
    data: () => ({ topic: plan.topic, records: plan.records, avgMs: average, p50, p99, p999 }),
  });
}
