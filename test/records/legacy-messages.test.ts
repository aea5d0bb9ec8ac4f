import { expect, test } from 'vitest';
import { crc32 } from '../../src/common/crc32.ts';
import { Compression, compress } from '../../src/records/compression/compression.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { InvalidRecordError } from '../../src/records/record-errors.ts';

/** A message of magic 1 with a null key. */
function message(offset: number, value: Buffer, codec = 0): Buffer {
  const bytes = Buffer.alloc(34 + value.length);
  bytes.writeBigInt64BE(BigInt(offset));
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(1, 16);
  bytes.writeInt8(codec, 17);
  bytes.writeInt32BE(-1, 26);
  bytes.writeInt32BE(value.length, 30);
  value.copy(bytes, 34);
  bytes.writeUInt32BE(crc32(bytes, 16, bytes.length), 12);
  return bytes;
}

function offsetsOf(wrapperOffset: number, inner: readonly number[]): number[] {
  const messages = Buffer.concat(inner.map((offset) => message(offset, Buffer.from('v'))));
  const packed = compress(Compression.GZIP, messages);
  const cursor = new RecordCursor();
  cursor.reset(message(wrapperOffset, packed, Compression.GZIP), 0);
  const found: number[] = [];
  while (cursor.next()) found.push(cursor.offset);
  return found;
}

test('offsets within a wrapper of magic 1 end with the offset of the wrapper', () => {
  expect(offsetsOf(12, [0, 1, 2])).toEqual([10, 11, 12]);
  expect(offsetsOf(12, [0, 5])).toEqual([7, 12]);
});

test('offsets within a wrapper of magic 1 that has none are taken as they are', () => {
  expect(offsetsOf(0, [0, 1, 2])).toEqual([0, 1, 2]);
});

test('a wrapper of magic 1 with an offset before its last message is refused', () => {
  expect(() => offsetsOf(1, [0, 1, 2])).toThrow(InvalidRecordError);
});
