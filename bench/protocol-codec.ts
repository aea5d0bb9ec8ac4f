// Messages read and written per second, for those on the produce, fetch and start-up paths.
// Run: node bench/protocol-codec.ts

import { performance } from 'node:perf_hooks';
import { FETCH } from '../src/protocol/generated/apis/fetch.ts';
import { METADATA } from '../src/protocol/generated/apis/metadata.ts';
import { PRODUCE } from '../src/protocol/generated/apis/produce.ts';
import type { Draft, MessageSpec } from '../src/protocol/message.ts';
import { Reader } from '../src/protocol/reader.ts';
import { Writer } from '../src/protocol/writer.ts';

const WARM_UP_MS = 200;
const MEASURED_MS = 500;
const records = Buffer.alloc(16 * 1024, 1);

function metadataOf(
  topics: number,
  partitions: number,
): Draft<ReturnType<typeof METADATA.response.read>> {
  return {
    clusterId: 'kaftaReferenceAAAAAAAA',
    controllerId: 1,
    brokers: [1, 2, 3].map((nodeId) => ({
      nodeId,
      host: `broker-${nodeId}.example.org`,
      port: 9092,
    })),
    topics: Array.from({ length: topics }, (_, topic) => ({
      name: `orders-of-region-${topic}`,
      topicId: 'ESIzRFVmd4yZqrvM3e7_BA',
      partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
        partitionIndex,
        leaderId: 1 + (partitionIndex % 3),
        leaderEpoch: 5,
        replicaNodes: [1, 2, 3],
        isrNodes: [1, 2, 3],
      })),
    })),
  };
}

/** Operations per second of the best of three rounds. */
function rate(work: () => void): number {
  const round = (durationMs: number) => {
    const start = performance.now();
    let count = 0;
    let elapsedMs = 0;
    while (elapsedMs < durationMs) {
      for (let i = 0; i < 20; i++) work();
      count += 20;
      elapsedMs = performance.now() - start;
    }
    return (count / elapsedMs) * 1000;
  };
  round(WARM_UP_MS);
  return Math.max(round(MEASURED_MS), round(MEASURED_MS), round(MEASURED_MS));
}

function bench<T>(label: string, spec: MessageSpec<T>, draft: Draft<T>, version: number): void {
  const write = () => {
    const writer = new Writer();
    spec.write(writer, draft, version);
    return writer.finish();
  };
  const bytes = Buffer.concat(write());
  const reads = rate(() => {
    spec.read(new Reader(bytes), version);
  });
  const writes = rate(write);
  const column = (perSecond: number) =>
    `${(perSecond / 1000).toFixed(1).padStart(8)} k/s ${(1e6 / perSecond).toFixed(2).padStart(8)} µs`;
  console.log(
    `${label.padEnd(46)} ${String(bytes.length).padStart(7)} B  read ${column(reads)}  write ${column(writes)}`,
  );
}

const partition = { index: 3, records };
bench('Metadata response v12, 5 topics x 50 partitions', METADATA.response, metadataOf(5, 50), 12);
bench('Metadata response v12, 300 topics x 1 partition', METADATA.response, metadataOf(300, 1), 12);
bench('Metadata request v13, 1 topic', METADATA.request, { topics: [{ name: 'orders' }] }, 13);
bench(
  'Produce request v12, 1 partition, 16 KiB',
  PRODUCE.request,
  { acks: -1, timeoutMs: 1500, topicData: [{ name: 'orders', partitionData: [partition] }] },
  12,
);
bench(
  'Fetch request v17, 10 partitions',
  FETCH.request,
  {
    maxWaitMs: 500,
    minBytes: 1,
    topics: [
      {
        topicId: 'ESIzRFVmd4yZqrvM3e7_BA',
        partitions: Array.from({ length: 10 }, (_, n) => ({ partition: n, fetchOffset: 1e6 + n })),
      },
    ],
  },
  17,
);
bench(
  'Fetch response v17, 10 partitions, 16 KiB each',
  FETCH.response,
  {
    responses: [
      {
        topicId: 'ESIzRFVmd4yZqrvM3e7_BA',
        partitions: Array.from({ length: 10 }, (_, n) => ({
          partitionIndex: n,
          highWatermark: 1e6,
          records,
        })),
      },
    ],
  },
  17,
);
