// Requests as the holdings need them, below the admin operations: single requests to the one broker there is.

import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { errorInfo } from '../../src/protocol/errors.ts';
import { FETCH } from '../../src/protocol/generated/apis/fetch.ts';
import { PRODUCE } from '../../src/protocol/generated/apis/produce.ts';
import type { Api, Draft } from '../../src/protocol/message.ts';
import * as batch from '../../src/records/record-batch.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';

/** Coordinators load and leaders are elected right after a start; a new token is known a while after it was made. */
const PASSING = new Set([3, 5, 6, 14, 15, 16, 41, 51, 62, 100]);
const TRIES = 300;

/** Sends until `errorOf` says that no passing error is in the answer. Throws for any other error. */
export async function ask<Q, R>(
  client: KafkaClient,
  api: Api<Q, R>,
  request: Draft<Q>,
  errorsOf: (response: R) => readonly number[],
  maxVersion?: number,
): Promise<R> {
  for (let attempt = 0; ; attempt++) {
    const response = await client.send(api, request, {
      callName: api.name,
      target: 1,
      ...(maxVersion === undefined ? {} : { maxVersion }),
    });
    const error = errorsOf(response).find((code) => code !== 0);
    if (error === undefined) return response;
    if (!PASSING.has(error) || attempt === TRIES) {
      throw new Error(`${api.name}: ${errorInfo(error).name}`);
    }
    await client.network.sleep(100);
  }
}

export async function produce(
  client: KafkaClient,
  topic: string,
  partition: number,
  records: Buffer,
  transactionalId: string | null = null,
): Promise<void> {
  const partitionData = [{ index: partition, records }];
  const request = {
    ...{ transactionalId, acks: -1, timeoutMs: 10_000 },
    topicData: [{ name: topic, partitionData }],
  };
  const errors = (response: { responses: { partitionResponses: { errorCode: number }[] }[] }) =>
    response.responses.flatMap((each) => each.partitionResponses.map((p) => p.errorCode));
  // From version 12 on a transaction takes the partition by itself, which only transaction.version 2 has.
  await ask(client, PRODUCE, request, errors, transactionalId === null ? 12 : 11);
}

/** Every record of a partition as text, with what its batch says. */
export async function readPartition(
  client: KafkaClient,
  topic: string,
  partition: number,
  fromOffset: number,
  isolationLevel = 0,
): Promise<string[]> {
  const lines: string[] = [];
  let offset = fromOffset;
  for (;;) {
    const response = await ask(
      client,
      FETCH,
      {
        ...{ replicaId: -1, maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 24, isolationLevel },
        topics: [
          {
            topic,
            partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: 1 << 24 }],
          },
        ],
      },
      (each) => each.responses.flatMap((t) => t.partitions.map((p) => p.errorCode)),
      12,
    );
    const found = response.responses[0]?.partitions[0];
    const records = found?.records ?? Buffer.alloc(0);
    const aborted = (found?.abortedTransactions ?? []).map(
      (a) => `${a.producerId}@${a.firstOffset}`,
    );
    if (isolationLevel === 1) lines.push(`aborted ${aborted.sort().join(' ')}`);
    const before = offset;
    batch.forEachBatch(records, 0, records.length, (at) => {
      if (batch.lastOffset(records, at) < offset) return;
      lines.push(...batchLines(records, at));
      offset = batch.lastOffset(records, at) + 1;
    });
    if (offset === before) break;
  }
  return lines;
}

function batchLines(records: Buffer, at: number): string[] {
  const b = batch;
  const lines = [
    `batch ${b.baseOffset(records, at)}-${b.lastOffset(records, at)} attributes ${b.attributes(records, at)} ` +
      `times ${b.baseTimestamp(records, at)}-${b.maxTimestamp(records, at)} ` +
      `producer ${b.producerId(records, at)} ${b.producerEpoch(records, at)} ${b.baseSequence(records, at)} ` +
      `crc ${b.crc(records, at)} epoch ${b.partitionLeaderEpoch(records, at)}`,
  ];
  const cursor = new RecordCursor();
  cursor.reset(records, at);
  while (cursor.next()) {
    const key = bytesAt(cursor.buffer, cursor.keyPosition, cursor.keyLength);
    const value = bytesAt(cursor.buffer, cursor.valuePosition, cursor.valueLength);
    const headers: string[] = [];
    while (cursor.nextHeader()) {
      const name = bytesAt(cursor.buffer, cursor.headerKeyPosition, cursor.headerKeyLength);
      const content = bytesAt(cursor.buffer, cursor.headerValuePosition, cursor.headerValueLength);
      headers.push(`${name}=${content}`);
    }
    lines.push(`${cursor.offset} ${cursor.timestamp} ${key} ${value} ${headers.join(',')}`);
  }
  return lines;
}

const bytesAt = (buffer: Buffer, at: number, length: number): string =>
  length < 0 ? 'null' : `'${buffer.toString('latin1', at, at + length)}'`;
