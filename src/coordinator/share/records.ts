// The records of __share_group_state: a snapshot of one share partition, and updates since. Key = int16 type + message;
// value = int16 version + message; a tombstone ends the share partition's state. Kafka: ShareCoordinatorRecordSerde.

import type { ShareSnapshotKey } from '../../protocol/generated/coordinator/share-snapshot-key.ts';
import { shareSnapshotKey } from '../../protocol/generated/coordinator/share-snapshot-key.ts';
import type { ShareSnapshotValue } from '../../protocol/generated/coordinator/share-snapshot-value.ts';
import { shareSnapshotValue } from '../../protocol/generated/coordinator/share-snapshot-value.ts';
import type { ShareUpdateKey } from '../../protocol/generated/coordinator/share-update-key.ts';
import { shareUpdateKey } from '../../protocol/generated/coordinator/share-update-key.ts';
import type { ShareUpdateValue } from '../../protocol/generated/coordinator/share-update-value.ts';
import { shareUpdateValue } from '../../protocol/generated/coordinator/share-update-value.ts';
import { Reader } from '../../protocol/reader.ts';
import type { Writer } from '../../protocol/writer.ts';
import type { RecordSerde } from '../runtime/coordinator-shard.ts';
import type { SharePartitionKey } from './persister.ts';
import type { ShareState } from './share-state.ts';

export const ShareRecordType = { SNAPSHOT: 0, UPDATE: 1 } as const;

export type ShareRecord =
  | { readonly type: 0; readonly key: ShareSnapshotKey; readonly value: ShareSnapshotValue | null }
  | { readonly type: 1; readonly key: ShareUpdateKey; readonly value: ShareUpdateValue | null };

/** Keys and values alike have this version alone. */
const VERSION = 0;

export class ShareRecordSerde implements RecordSerde<ShareRecord> {
  writeKey(writer: Writer, record: ShareRecord): void {
    writer.writeInt16(record.type);
    if (record.type === ShareRecordType.SNAPSHOT) {
      shareSnapshotKey.write(writer, record.key, VERSION);
    } else shareUpdateKey.write(writer, record.key, VERSION);
  }

  writeValue(writer: Writer, record: ShareRecord): boolean {
    if (record.value === null) return false;
    writer.writeInt16(VERSION);
    if (record.type === ShareRecordType.SNAPSHOT) {
      shareSnapshotValue.write(writer, record.value, VERSION);
    } else shareUpdateValue.write(writer, record.value, VERSION);
    return true;
  }

  deserialize(
    buffer: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): ShareRecord | undefined {
    const keyReader = new Reader(buffer, keyStart, keyEnd);
    const type = keyReader.readInt16();
    const valueReader = valueStart < 0 ? null : new Reader(buffer, valueStart, valueEnd);
    const version = valueReader?.readInt16() ?? VERSION;
    if (type === ShareRecordType.SNAPSHOT) {
      const key = shareSnapshotKey.read(keyReader, VERSION);
      const value = valueReader === null ? null : shareSnapshotValue.read(valueReader, version);
      return { type, key, value };
    }
    if (type === ShareRecordType.UPDATE) {
      const key = shareUpdateKey.read(keyReader, VERSION);
      const value = valueReader === null ? null : shareUpdateValue.read(valueReader, version);
      return { type, key, value };
    }
    return undefined;
  }
}

export function snapshotRecord(key: SharePartitionKey, state: ShareState): ShareRecord {
  const { createTimestampMs, writeTimestampMs, stateBatches, ...rest } = state;
  return {
    type: ShareRecordType.SNAPSHOT,
    key: { ...key },
    value: {
      ...rest,
      createTimestamp: createTimestampMs,
      writeTimestamp: writeTimestampMs,
      stateBatches: [...stateBatches],
    },
  };
}

export function updateRecord(
  key: SharePartitionKey,
  update: Pick<
    ShareState,
    'snapshotEpoch' | 'leaderEpoch' | 'startOffset' | 'deliveryCompleteCount' | 'stateBatches'
  >,
): ShareRecord {
  return {
    type: ShareRecordType.UPDATE,
    key: { ...key },
    value: { ...update, stateBatches: [...update.stateBatches] },
  };
}

export function stateTombstone(key: SharePartitionKey): ShareRecord {
  return { type: ShareRecordType.SNAPSHOT, key: { ...key }, value: null };
}
