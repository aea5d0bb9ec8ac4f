// Records of __remote_log_metadata as Java's toString shows them (DumpLogSegments.RemoteMetadataLogMessageParser).

import { javaLongToString } from '../../common/java.ts';
import {
  type RemoteLogSegmentMetadataRecord,
  remoteLogSegmentMetadataRecord,
} from '../../protocol/generated/metadata/remote-log-segment-metadata-record.ts';
import {
  type RemoteLogSegmentMetadataSnapshotRecord,
  remoteLogSegmentMetadataSnapshotRecord,
} from '../../protocol/generated/metadata/remote-log-segment-metadata-snapshot-record.ts';
import {
  type RemoteLogSegmentMetadataUpdateRecord,
  remoteLogSegmentMetadataUpdateRecord,
} from '../../protocol/generated/metadata/remote-log-segment-metadata-update-record.ts';
import {
  type RemotePartitionDeleteMetadataRecord,
  remotePartitionDeleteMetadataRecord,
} from '../../protocol/generated/metadata/remote-partition-delete-metadata-record.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import { messageOf } from '../support/java-error.ts';
import { readFramed } from './framed-record.ts';
import { type RecordParser, type RecordView, writeTexts } from './record-parser.ts';

const SPECS: ReadonlyMap<number, MessageSpec<object>> = new Map(
  (
    [
      remoteLogSegmentMetadataRecord,
      remoteLogSegmentMetadataUpdateRecord,
      remotePartitionDeleteMetadataRecord,
      remoteLogSegmentMetadataSnapshotRecord,
    ] as unknown[] as MessageSpec<object>[]
  ).map((spec) => [spec.apiKey, spec]),
);

const SEGMENT_STATES = [
  'COPY_SEGMENT_STARTED',
  'COPY_SEGMENT_FINISHED',
  'DELETE_SEGMENT_STARTED',
  'DELETE_SEGMENT_FINISHED',
];
const PARTITION_STATES = [
  'DELETE_PARTITION_MARKED',
  'DELETE_PARTITION_STARTED',
  'DELETE_PARTITION_FINISHED',
];
/** What a JVM says of a null it didn't expect. */
const NULL_VALUE =
  'Cannot invoke "java.nio.ByteBuffer.remaining()" because the return value of "org.apache.kafka.common.record.internal.Record.value()" is null';

export const REMOTE_LOG_PARSER: RecordParser = {
  write(record, isAlone, out) {
    writeTexts(undefined, text(record), isAlone, out);
  },
  writeUnreadable(record, error, isAlone, out) {
    writeTexts(undefined, failure(record, error), isAlone, out);
  },
};

function text(record: RecordView): string {
  const { buffer, valuePosition, valueLength } = record;
  try {
    if (valueLength < 0) throw new Error(NULL_VALUE);
    const { spec, message } = readFramed(buffer, valuePosition, valueLength, SPECS);
    return describe(spec.name, message);
  } catch (error) {
    return failure(record, error);
  }
}

function failure({ offset }: RecordView, error: unknown): string {
  return `Error at offset ${long(offset)}, skipping. ${messageOf(error)}`;
}

function describe(name: string, message: object): string {
  if (name === 'RemoteLogSegmentMetadataRecord') {
    return segmentText(message as RemoteLogSegmentMetadataRecord);
  }
  if (name === 'RemoteLogSegmentMetadataUpdateRecord') {
    return updateText(message as RemoteLogSegmentMetadataUpdateRecord);
  }
  if (name === 'RemoteLogSegmentMetadataSnapshotRecord') {
    return snapshotText(message as RemoteLogSegmentMetadataSnapshotRecord);
  }
  return deleteText(message as RemotePartitionDeleteMetadataRecord);
}

function segmentText(m: RemoteLogSegmentMetadataRecord): string {
  checkOffsets(m);
  checkEpochs(m);
  const state = segmentState(m.remoteLogSegmentState);
  return (
    `RemoteLogSegmentMetadata{remoteLogSegmentId=${segmentId(m.remoteLogSegmentId)}, ` +
    `startOffset=${long(m.startOffset)}, endOffset=${long(m.endOffset)}, brokerId=${m.brokerId}, ` +
    `maxTimestampMs=${long(m.maxTimestampMs)}, eventTimestampMs=${long(m.eventTimestampMs)}, ` +
    `segmentLeaderEpochs=${epochs(m.segmentLeaderEpochs)}, ` +
    `segmentSizeInBytes=${m.segmentSizeInBytes}, customMetadata=${custom(m.customMetadata)}, ` +
    `state=${state}, txnIdxEmpty=${m.txnIndexEmpty}}`
  );
}

function updateText(m: RemoteLogSegmentMetadataUpdateRecord): string {
  return (
    `RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=${segmentId(m.remoteLogSegmentId)}, ` +
    `customMetadata=${custom(m.customMetadata)}, state=${segmentState(m.remoteLogSegmentState)}, ` +
    `eventTimestampMs=${long(m.eventTimestampMs)}, brokerId=${m.brokerId}}`
  );
}

function snapshotText(m: RemoteLogSegmentMetadataSnapshotRecord): string {
  const state = segmentState(m.remoteLogSegmentState);
  checkEpochs(m);
  return (
    `RemoteLogSegmentMetadataSnapshot{segmentId=${m.segmentId}, ` +
    `startOffset=${long(m.startOffset)}, endOffset=${long(m.endOffset)}, ` +
    `maxTimestampMs=${long(m.maxTimestampMs)}, ` +
    `segmentLeaderEpochs=${epochs(m.segmentLeaderEpochs)}, ` +
    `segmentSizeInBytes=${m.segmentSizeInBytes}, customMetadata=${custom(m.customMetadata)}, ` +
    `state=${state}, txnIdxEmpty=${m.txnIndexEmpty}}`
  );
}

function deleteText(m: RemotePartitionDeleteMetadataRecord): string {
  // Refused here too, but without a word: Java's message is null.
  const state = stateName(PARTITION_STATES, m.remotePartitionDeleteState, 'null');
  return (
    `RemotePartitionDeleteMetadata{topicPartition=${topicIdPartition(m.topicIdPartition)}, ` +
    `state=${state}, eventTimestampMs=${long(m.eventTimestampMs)}, brokerId=${m.brokerId}}`
  );
}

type TopicIdPartition = RemotePartitionDeleteMetadataRecord['topicIdPartition'];

function topicIdPartition({ id, name, partition }: TopicIdPartition): string {
  return `${id}:${name}-${partition}`;
}

function segmentId(entry: RemoteLogSegmentMetadataRecord['remoteLogSegmentId']): string {
  return `RemoteLogSegmentId{topicIdPartition=${topicIdPartition(entry.topicIdPartition)}, id=${entry.id}}`;
}

function segmentState(id: number): string {
  return stateName(SEGMENT_STATES, id, 'state can not be null');
}

/** forId gives null for what isn't a state, and the constructors refuse it. */
function stateName(names: readonly string[], id: number, complaint: string): string {
  const name = names[id];
  if (name === undefined) throw new Error(complaint);
  return name;
}

interface Epoch {
  readonly leaderEpoch: number;
  readonly offset: number;
}

/** What the constructor of a segment refuses; that of a snapshot doesn't look. */
function checkOffsets({ startOffset, endOffset }: RemoteLogSegmentMetadataRecord): void {
  if (startOffset < 0) {
    throw new Error(
      `Unexpected start offset = ${long(startOffset)}. StartOffset for a remote segment cannot be negative`,
    );
  }
  if (endOffset < startOffset) {
    throw new Error(
      `Unexpected end offset = ${long(endOffset)}. EndOffset for a remote segment cannot be less than startOffset = ${long(startOffset)}`,
    );
  }
}

function checkEpochs({ segmentLeaderEpochs }: { segmentLeaderEpochs: readonly Epoch[] }): void {
  if (segmentLeaderEpochs.length === 0) {
    throw new Error('segmentLeaderEpochs can not be null or empty');
  }
}

/** A TreeMap: by epoch. */
function epochs(entries: readonly Epoch[]): string {
  const sorted = [...new Map(entries.map((each) => [each.leaderEpoch, each.offset]))].sort(
    ([a], [b]) => a - b,
  );
  return `{${sorted.map(([epoch, offset]) => `${epoch}=${long(offset)}`).join(', ')}}`;
}

function custom(bytes: Buffer | null): string {
  return bytes === null ? 'Optional.empty' : `Optional[CustomMetadata{${bytes.length} bytes}]`;
}

function long(value: number): string {
  return typeof value === 'bigint' ? String(value) : javaLongToString(value);
}
