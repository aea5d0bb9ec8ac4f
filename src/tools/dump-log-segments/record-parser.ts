// What makes text of a record's key and value (DumpLogSegments.MessageParser). All of it is read before any is
// written, so that a record that can't be read leaves nothing behind.

import type { RecordCursor } from '../../records/record-cursor.ts';
import type { LineWriter } from './line-writer.ts';

export interface RecordParser {
  /** Writes 'key: …' and 'payload: …', the first after '| ' when `isAlone`, the others after a space. Throws ToolError. */
  write(record: RecordCursor, isAlone: boolean, out: LineWriter): void;
}

const ALONE_KEY = Buffer.from('| key: ');
const NEXT_KEY = Buffer.from(' key: ');
const ALONE_PAYLOAD = Buffer.from('| payload: ');
const NEXT_PAYLOAD = Buffer.from(' payload: ');

export function keyLabel(isAlone: boolean): Buffer {
  return isAlone ? ALONE_KEY : NEXT_KEY;
}

/** `isFirst`: nothing of the record was written yet. */
export function payloadLabel(isFirst: boolean): Buffer {
  return isFirst ? ALONE_PAYLOAD : NEXT_PAYLOAD;
}

export function writeTexts(
  key: string | undefined,
  payload: string | undefined,
  isAlone: boolean,
  out: LineWriter,
): void {
  if (key !== undefined) {
    out.words(keyLabel(isAlone));
    out.text(key);
  }
  if (payload !== undefined) {
    out.words(payloadLabel(isAlone && key === undefined));
    out.text(payload);
  }
}
