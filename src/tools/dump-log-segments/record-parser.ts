// What makes text of a record's key and value (DumpLogSegments.MessageParser). All of it is read before any is
// written, so that a record that can't be read leaves nothing behind.

import type { LineWriter } from './line-writer.ts';

/** What parsers look at of a record: a RecordCursor, or an old message. */
export interface RecordView {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly keyPosition: number;
  /** -1: the key is null. */
  readonly keyLength: number;
  readonly valuePosition: number;
  /** -1: the value is null. */
  readonly valueLength: number;
}

export interface RecordParser {
  /** Writes 'key: …' and 'payload: …', the first after '| ' when `isAlone`, the others after a space. Throws ToolError. */
  write(record: RecordView, isAlone: boolean, out: LineWriter): void;
  /** The same for a record whose key or value can't be got at. Absent: it ends the dump. Throws ToolError. */
  writeUnreadable?(record: RecordView, error: unknown, isAlone: boolean, out: LineWriter): void;
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
