// Control records: the key says which one, transaction markers carry the coordinator's epoch.
// The values of KRaft's control records are messages of src/protocol; this file doesn't read them.

import { buildBatch } from './record-batch-builder.ts';
import { InvalidRecordError } from './record-errors.ts';

export const ControlType = {
  ABORT: 0,
  COMMIT: 1,
  LEADER_CHANGE: 2,
  SNAPSHOT_HEADER: 3,
  SNAPSHOT_FOOTER: 4,
  KRAFT_VERSION: 5,
  KRAFT_VOTERS: 6,
  UNKNOWN: -1,
} as const;
export type ControlType = (typeof ControlType)[keyof typeof ControlType];

const NAMES = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const;

export function controlTypeName(type: number): string {
  return NAMES[type] ?? 'UNKNOWN';
}

/** The type in a control record's key at [position, position + length). Throws InvalidRecordError. */
export function controlType(buffer: Buffer, position: number, length: number): number {
  if (length < 4) {
    throw new InvalidRecordError(
      `Invalid value size found for control record key. Must have at least 4 bytes, but found only ${length}`,
    );
  }
  const version = buffer.readInt16BE(position);
  if (version < 0) {
    throw new InvalidRecordError(
      `Invalid version found for control record: ${version}. May indicate data corruption`,
    );
  }
  const type = buffer.readInt16BE(position + 2);
  return type >= 0 && type < NAMES.length ? type : ControlType.UNKNOWN;
}

export function controlKey(type: ControlType): Buffer {
  const key = Buffer.alloc(4);
  key.writeInt16BE(type, 2);
  return key;
}

/** The coordinator epoch of an ABORT or COMMIT value. Throws InvalidRecordError. */
export function coordinatorEpoch(buffer: Buffer, position: number, length: number): number {
  if (length < 6) {
    throw new InvalidRecordError(
      `Invalid value size found for end transaction marker. Must have at least 6 bytes, but found only ${length}`,
    );
  }
  return buffer.readInt32BE(position + 2);
}

export interface EndTransaction {
  readonly commit: boolean;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly timestamp: number;
}

/** The batch with one transaction marker that ends a producer's transaction in a partition. */
export function buildEndTransactionBatch(marker: EndTransaction): Buffer {
  const value = Buffer.alloc(6);
  value.writeInt32BE(marker.coordinatorEpoch, 2);
  const key = controlKey(marker.commit ? ControlType.COMMIT : ControlType.ABORT);
  return buildBatch([{ key, value, timestamp: marker.timestamp }], {
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    transactional: true,
    control: true,
  });
}
