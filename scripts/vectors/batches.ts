// Runs one vector of record batches: decoded it must be what the vector says. Batches of magic 2 are also built
// again: to the same bytes when they aren't compressed, to the same content when they are.

import { compressionByName } from '../../src/records/compression/compression.ts';
import { RecordBatchBuilder } from '../../src/records/record-batch-builder.ts';
import { decodeBatches } from '../../test/records/decode-batches.ts';
import { difference } from './json-form.ts';

interface RecordForm {
  readonly offset: number | string;
  readonly timestamp: number | string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly { readonly key: string; readonly value: string | null }[];
}

interface BatchForm {
  readonly baseOffset: number | string;
  readonly lastOffset: number | string;
  readonly magic: number;
  readonly compression: string;
  readonly timestampType: string;
  readonly baseTimestamp?: number | string;
  readonly maxTimestamp: number | string;
  readonly partitionLeaderEpoch?: number;
  readonly producerId?: number | string;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  readonly deleteHorizonMs?: number | string;
  readonly records: readonly RecordForm[];
}

export interface BatchVector {
  readonly name: string;
  readonly batches: readonly BatchForm[];
  readonly hex: string;
}

/** What is wrong, one line each; nothing when the vector passes. */
export function runBatchVector(vector: BatchVector): string[] {
  const failures: string[] = [];
  const attempt = (what: string, check: () => string | undefined) => {
    try {
      const found = check();
      if (found !== undefined) failures.push(`${vector.name}: ${what}: ${found}`);
    } catch (error) {
      failures.push(`${vector.name}: ${what}: ${error}`);
    }
  };
  attempt('decode', () =>
    difference(vector.batches, decodeBatches(Buffer.from(vector.hex, 'hex'))),
  );
  if (vector.batches.every(canBeBuilt)) attempt('encode', () => checkEncode(vector));
  return failures;
}

/** What our builder never makes: old magics, delete horizons (compaction rewrites in place), base timestamps of its own. */
function canBeBuilt(batch: BatchForm): boolean {
  if (batch.magic !== 2 || batch.deleteHorizonMs !== undefined) return false;
  return batch.records.length > 0;
}

function checkEncode({ batches, hex }: BatchVector): string | undefined {
  const built = Buffer.concat(batches.map(build));
  const exact = batches.every(
    (batch) => batch.compression === 'none' && batch.baseTimestamp === batch.records[0]?.timestamp,
  );
  if (exact && built.toString('hex') !== hex) return 'the bytes differ';
  return difference(batches.map(content), decodeBatches(built).map(content));
}

/** Without what depends on the compressor and on the first timestamp. */
function content(batch: object): object {
  const { crc, sizeInBytes, baseTimestamp, ...rest } = batch as Record<string, unknown>;
  void [crc, sizeInBytes, baseTimestamp];
  return rest;
}

function build(batch: BatchForm): Buffer {
  const compression = compressionByName(batch.compression);
  if (compression === undefined) throw new Error(`no codec ${batch.compression}`);
  const builder = new RecordBatchBuilder({ compression });
  let expected = Number(batch.baseOffset);
  for (const record of batch.records) {
    builder.skipOffsets(Number(record.offset) - expected);
    expected = Number(record.offset) + 1;
    append(builder, record);
  }
  return builder.build({
    baseOffset: Number(batch.baseOffset),
    partitionLeaderEpoch: batch.partitionLeaderEpoch ?? -1,
    producerId: Number(batch.producerId ?? -1),
    producerEpoch: batch.producerEpoch ?? -1,
    baseSequence: batch.baseSequence ?? -1,
    transactional: batch.isTransactional ?? false,
    control: batch.isControl ?? false,
    lastOffsetDelta: Number(batch.lastOffset) - Number(batch.baseOffset),
    ...(batch.timestampType === 'LogAppendTime'
      ? { logAppendTimeMs: Number(batch.maxTimestamp) }
      : {}),
  });
}

function append(builder: RecordBatchBuilder, record: RecordForm): void {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));
  const key = bytes(record.key);
  const value = bytes(record.value);
  const headers = record.headers.map((header) => ({
    key: Buffer.from(header.key),
    value: bytes(header.value),
  }));
  const timestamp = Number(record.timestamp);
  builder.append(timestamp, key, 0, key?.length ?? 0, value, 0, value?.length ?? 0, headers);
}
