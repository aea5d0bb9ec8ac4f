// What a control record says (DumpLogSegments.printControlRecord): transaction markers and KRaft's own.

import { kRaftVersionRecord } from '../../protocol/generated/data/kraft-version-record.ts';
import { leaderChangeMessage } from '../../protocol/generated/data/leader-change-message.ts';
import { snapshotFooterRecord } from '../../protocol/generated/data/snapshot-footer-record.ts';
import { snapshotHeaderRecord } from '../../protocol/generated/data/snapshot-header-record.ts';
import { votersRecord } from '../../protocol/generated/data/voters-record.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import { ExactReader } from '../../protocol/reader.ts';
import {
  ControlType,
  controlType,
  controlTypeName,
  coordinatorEpoch,
} from '../../records/control-record.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';
import { messageJson } from '../support/message-json.ts';
import type { LineWriter } from './line-writer.ts';

const KRAFT: Readonly<Record<number, readonly [label: string, spec: MessageSpec<never>]>> = {
  [ControlType.LEADER_CHANGE]: [' LeaderChange: ', leaderChangeMessage as MessageSpec<never>],
  [ControlType.SNAPSHOT_HEADER]: [' SnapshotHeader ', snapshotHeaderRecord as MessageSpec<never>],
  [ControlType.SNAPSHOT_FOOTER]: [' SnapshotFooter ', snapshotFooterRecord as MessageSpec<never>],
  [ControlType.KRAFT_VERSION]: [' KRaftVersion ', kRaftVersionRecord as MessageSpec<never>],
  [ControlType.KRAFT_VOTERS]: [' KRaftVoters ', votersRecord as MessageSpec<never>],
};

/** ControlRecordUtils reads them as this one, though they name their own. */
const READ_VERSION = 0;

/** Throws InvalidRecordError, MalformedError. */
export function writeControlRecord(record: RecordCursor, out: LineWriter): void {
  const { buffer, keyPosition, keyLength, valuePosition, valueLength } = record;
  const type = controlType(buffer, keyPosition, keyLength);
  if (type === ControlType.ABORT || type === ControlType.COMMIT) {
    const epoch = coordinatorEpoch(buffer, valuePosition, valueLength);
    out.text(` endTxnMarker: ${controlTypeName(type)} coordinatorEpoch: ${epoch}`);
    return;
  }
  const known = KRAFT[type];
  if (known === undefined) {
    out.text(` controlType: UNKNOWN(${buffer.readInt16BE(keyPosition + 2)})`);
    return;
  }
  const [label, spec] = known;
  const reader = new ExactReader(buffer, valuePosition, valuePosition + Math.max(valueLength, 0));
  const message = spec.read(reader, READ_VERSION) as object;
  // Shown in the form of the version that it begins with, whatever that is.
  const version = Math.max(buffer.readInt16BE(valuePosition), 0);
  out.text(`${label}${messageJson(spec.name, message, version)}`);
}
