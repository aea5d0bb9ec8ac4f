// The batches of the reference vectors, made by Kafka's own classes: decoded, and encoded again.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressionByName } from '../../src/records/compression/compression.ts';
import { RecordBatchBuilder } from '../../src/records/record-batch-builder.ts';
import { decodeBatches } from './decode-batches.ts';

interface VectorRecord {
  offset: number | string;
  timestamp: number;
  key: string | null;
  value: string | null;
  headers: { key: string; value: string | null }[];
}

interface VectorBatch {
  baseOffset: number;
  lastOffset: number;
  magic: number;
  compression: string;
  timestampType: string;
  maxTimestamp: number;
  partitionLeaderEpoch: number;
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
  isTransactional: boolean;
  isControl: boolean;
  deleteHorizonMs?: number;
  records: VectorRecord[];
}

interface Vector {
  name: string;
  batches: VectorBatch[];
  hex: string;
}

const path = new URL('../protocol/vectors.json.gz', import.meta.url);
const { batches: vectors } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
  batches: Vector[];
};

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64');
}

function encode(batch: VectorBatch, compression: string): Buffer {
  const builder = new RecordBatchBuilder({ compression: compressionByName(compression)! });
  let expected = batch.baseOffset;
  for (const record of batch.records) {
    builder.skipOffsets(Number(record.offset) - expected);
    expected = Number(record.offset) + 1;
    const key = bytes(record.key);
    const value = bytes(record.value);
    const headers = record.headers.map((h) => ({ key: Buffer.from(h.key), value: bytes(h.value) }));
    builder.append(
      record.timestamp,
      key,
      0,
      key?.length ?? 0,
      value,
      0,
      value?.length ?? 0,
      headers,
    );
  }
  return builder.build({
    baseOffset: batch.baseOffset,
    partitionLeaderEpoch: batch.partitionLeaderEpoch,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    transactional: batch.isTransactional,
    control: batch.isControl,
    lastOffsetDelta: batch.lastOffset - batch.baseOffset,
    ...(batch.timestampType === 'LogAppendTime' ? { logAppendTimeMs: batch.maxTimestamp } : {}),
  });
}

/** Without what depends on the compressor's bytes and on the first timestamp. */
function comparable(batch: Record<string, unknown>): Record<string, unknown> {
  const { crc, sizeInBytes, baseTimestamp, ...rest } = batch;
  return rest;
}

describe('batches made by Kafka', () => {
  it('has vectors', () => expect(vectors.length).toBeGreaterThan(60));

  it.each(vectors)('decodes $name', ({ hex, batches }) => {
    expect(decodeBatches(Buffer.from(hex, 'hex'))).toEqual(batches);
  });

  const current = vectors.filter(({ batches }) =>
    batches.every((b) => b.magic === 2 && b.deleteHorizonMs === undefined),
  );

  it.each(current)('encodes the content of $name', ({ batches, hex }) => {
    const encoded = Buffer.concat(batches.map((b) => encode(b, b.compression)));
    expect(decodeBatches(encoded).map(comparable)).toEqual(
      (batches as unknown as Record<string, unknown>[]).map(comparable),
    );
    const plainCreateTime = batches.every(
      (b) => b.compression === 'none' && b.timestampType === 'CreateTime',
    );
    if (plainCreateTime) expect(encoded.toString('hex')).toBe(hex);
  });
});
