// KRaft's control batches: the leader change that opens every epoch, and the header and footer of a snapshot, with
// kraft.version and the voters where the quorum is a dynamic one (KIP-853). Only bytes in, bytes out.
import {
  type KRaftVersionRecord,
  kRaftVersionRecord,
} from '../protocol/generated/data/kraft-version-record.ts';
import { leaderChangeMessage } from '../protocol/generated/data/leader-change-message.ts';
import { snapshotFooterRecord } from '../protocol/generated/data/snapshot-footer-record.ts';
import { snapshotHeaderRecord } from '../protocol/generated/data/snapshot-header-record.ts';
import { type VotersRecord, votersRecord } from '../protocol/generated/data/voters-record.ts';
import type { Draft, MessageSpec } from '../protocol/message.ts';
import { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import { ControlType, controlKey, controlType } from '../records/control-record.ts';
import { buildBatch, type NewRecord } from '../records/record-batch-builder.ts';
import { RecordCursor } from '../records/record-cursor.ts';

export type Voters = VotersRecord['voters'];

export interface BatchPlace {
  readonly baseOffset: number;
  readonly epoch: number;
  readonly timestampMs: number;
}

/** What kraft.version 1 keeps in the log; undefined means kraft.version 0. */
export interface DynamicQuorum {
  readonly voters: Voters;
}

/** The first batch of an epoch; `quorum` where the log doesn't have it yet. */
export function leaderChangeBatch(
  leaderId: number,
  voterIds: readonly number[],
  quorum: DynamicQuorum | undefined,
  place: BatchPlace,
): Buffer {
  const voters = voterIds.map((voterId) => ({ voterId }));
  const change = { version: 0, leaderId, voters, grantingVoters: [{ voterId: leaderId }] };
  const records = [controlRecord(ControlType.LEADER_CHANGE, leaderChangeMessage, change)];
  return controlBatch([...records, ...quorumRecords(quorum)], place);
}

/** kraft.version 1 and the voters, in a log that had neither. */
export function quorumBatch(quorum: DynamicQuorum, place: BatchPlace): Buffer {
  return controlBatch(quorumRecords(quorum), place);
}

/** The first batch of a snapshot. */
export function snapshotHeaderBatch(
  lastContainedLogTimestampMs: number,
  quorum: DynamicQuorum | undefined,
  place: BatchPlace,
): Buffer {
  const header = { version: 0, lastContainedLogTimestamp: lastContainedLogTimestampMs };
  const record = controlRecord(ControlType.SNAPSHOT_HEADER, snapshotHeaderRecord, header);
  return controlBatch([record, ...quorumRecords(quorum)], place);
}

export function snapshotFooterBatch(place: BatchPlace): Buffer {
  return controlBatch(
    [controlRecord(ControlType.SNAPSHOT_FOOTER, snapshotFooterRecord, { version: 0 })],
    place,
  );
}

/** Called with what a control batch says; kinds it doesn't care about are left out. */
export interface ControlVisitor {
  kraftVersion?(version: number): void;
  voters?(voters: Voters): void;
  snapshotHeader?(lastContainedLogTimestampMs: number): void;
  snapshotFooter?(): void;
  leaderChange?(leaderId: number): void;
}

/** Throws InvalidRecordError, MalformedError. */
export function readControlBatch(buffer: Buffer, at: number, visitor: ControlVisitor): void {
  const cursor = new RecordCursor();
  cursor.reset(buffer, at);
  while (cursor.next()) {
    const value = cursor.value() ?? Buffer.alloc(0);
    switch (controlType(cursor.buffer, cursor.keyPosition, cursor.keyLength)) {
      case ControlType.KRAFT_VERSION:
        visitor.kraftVersion?.(
          readMessage<KRaftVersionRecord>(kRaftVersionRecord, value).kRaftVersion,
        );
        break;
      case ControlType.KRAFT_VOTERS:
        visitor.voters?.(readMessage(votersRecord, value).voters);
        break;
      case ControlType.SNAPSHOT_HEADER:
        visitor.snapshotHeader?.(
          readMessage(snapshotHeaderRecord, value).lastContainedLogTimestamp,
        );
        break;
      case ControlType.SNAPSHOT_FOOTER:
        visitor.snapshotFooter?.();
        break;
      case ControlType.LEADER_CHANGE:
        visitor.leaderChange?.(value.readInt32BE(2));
        break;
      default:
        break;
    }
  }
}

/** Control messages carry their version as their first field and are always written as version 0 (records.md). */
function readMessage<T>(spec: MessageSpec<T>, value: Buffer): T {
  return spec.read(new Reader(value), 0);
}

function quorumRecords(quorum: DynamicQuorum | undefined): NewRecord[] {
  if (quorum === undefined) return [];
  return [
    controlRecord(ControlType.KRAFT_VERSION, kRaftVersionRecord, { version: 0, kRaftVersion: 1 }),
    controlRecord(ControlType.KRAFT_VOTERS, votersRecord, { version: 0, voters: quorum.voters }),
  ];
}

function controlRecord<T>(type: ControlType, spec: MessageSpec<T>, message: Draft<T>): NewRecord {
  const writer = new Writer();
  spec.write(writer, message, 0);
  return { key: controlKey(type), value: writer.finishBuffer() };
}

function controlBatch(records: readonly NewRecord[], place: BatchPlace): Buffer {
  return buildBatch(records, {
    baseOffset: place.baseOffset,
    partitionLeaderEpoch: place.epoch,
    timestamp: place.timestampMs,
    control: true,
  });
}
