// A whole broker in the test's own process, over real files and sockets on the loopback.

import { type StartBrokerOptions, type StartedBroker, startBroker } from '../../../src/index.ts';
import { CREATE_TOPICS } from '../../../src/protocol/generated/apis/create-topics.ts';
import { FETCH } from '../../../src/protocol/generated/apis/fetch.ts';
import type { FetchRequest } from '../../../src/protocol/generated/apis/fetch-request.ts';
import type { PartitionData } from '../../../src/protocol/generated/apis/fetch-response.ts';
import { PRODUCE } from '../../../src/protocol/generated/apis/produce.ts';
import type { PartitionProduceResponse } from '../../../src/protocol/generated/apis/produce-response.ts';
import type { Draft } from '../../../src/protocol/message.ts';
import { type BuildBatchOptions, buildBatch } from '../../../src/records/record-batch-builder.ts';
import { RawClient } from './raw-client.ts';

export class TestBroker {
  readonly lines: string[];
  readonly started: StartedBroker;
  readonly #clients: RawClient[] = [];

  static async start(options: StartBrokerOptions = {}): Promise<TestBroker> {
    const lines: string[] = [];
    return new TestBroker(
      await startBroker({ log: (line) => lines.push(line), ...options }),
      lines,
    );
  }

  private constructor(started: StartedBroker, lines: string[]) {
    this.started = started;
    this.lines = lines;
  }

  get port(): number {
    return this.started.port;
  }

  async client(): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.started.stop();
  }
}

export async function createTopic(
  client: RawClient,
  name: string,
  options: { partitions?: number; configs?: Record<string, string> } = {},
): Promise<string> {
  const { topics } = await client.send(CREATE_TOPICS, 7, {
    topics: [
      {
        name,
        numPartitions: options.partitions ?? 1,
        replicationFactor: 1,
        configs: Object.entries(options.configs ?? {}).map(([key, value]) => ({
          name: key,
          value,
        })),
      },
    ],
  });
  const [topic] = topics;
  if (topic?.errorCode !== 0) throw new Error(topic?.errorMessage ?? 'no answer');
  return topic.topicId;
}

/** A batch of one record per value. */
export function batch(values: readonly string[], options: BuildBatchOptions = {}): Buffer {
  const records = values.map((value) => ({ key: null, value: Buffer.from(value) }));
  return buildBatch(records, { timestamp: 1_700_000_000_000, ...options });
}

/** Produces to one partition by name (v12) and returns its answer. */
export async function produce(
  client: RawClient,
  topic: string,
  records: Buffer,
  options: { acks?: number; partition?: number; clientId?: string } = {},
): Promise<PartitionProduceResponse> {
  const { acks = -1, partition = 0, clientId = 'test' } = options;
  const request = {
    acks,
    timeoutMs: 1000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  };
  const { responses } = await client.send(PRODUCE, 12, request, clientId);
  return responses[0]!.partitionResponses[0]!;
}

export function fetchDraft(
  topic: string,
  fetchOffset: number,
  more: Draft<FetchRequest> & { partitionMaxBytes?: number } = {},
): Draft<FetchRequest> {
  const { partitionMaxBytes = 1_000_000, ...request } = more;
  return {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 10_000_000,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes }] }],
    ...request,
  };
}

/** Fetches from partition 0 by name (v12), without a session, and returns its answer. */
export async function fetch(
  client: RawClient,
  topic: string,
  fetchOffset: number,
  more: Draft<FetchRequest> & { partitionMaxBytes?: number } = {},
): Promise<PartitionData> {
  const { responses } = await client.send(FETCH, 12, fetchDraft(topic, fetchOffset, more));
  return responses[0]!.partitions[0]!;
}
