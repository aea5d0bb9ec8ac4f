// Keys and values through the decoders that Kafka has (org.apache.kafka.tools.api): text, int, long, and bytes.

import { ToolError } from '../support/java-error.ts';
import type { LineWriter } from './line-writer.ts';
import { keyLabel, payloadLabel, type RecordParser, type RecordView } from './record-parser.ts';

const PACKAGE = 'org.apache.kafka.tools.api.';

/** undefined stands for text, which needs no object per record. */
type Decoder = (buffer: Buffer, position: number, length: number) => string;

const DECODERS: Readonly<Record<string, Decoder | undefined>> = {
  StringDecoder: undefined,
  IntegerDecoder: (buffer, position, length) => {
    if (length < 4) throw underflow();
    return String(buffer.readInt32BE(position));
  },
  LongDecoder: (buffer, position, length) => {
    if (length < 8) throw underflow();
    return String(buffer.readBigInt64BE(position));
  },
  // Java shows the identity of the array, which is nothing to rely on.
  DefaultDecoder: (buffer, position, length) => {
    let hash = 7;
    for (let index = 0; index < length; index += 1) {
      hash = (Math.imul(hash, 31) + buffer[position + index]!) | 0;
    }
    return `[B@${(hash >>> 0).toString(16)}`;
  },
};

function underflow(): ToolError {
  return new ToolError('', 'java.nio.BufferUnderflowException');
}

/** Throws ToolError for a class that Kafka doesn't come with. */
export function decoderParser(keyClass: string, valueClass: string): RecordParser {
  // In Kafka's order: a wrong class of both is the value's.
  const decodeValue = findDecoder(valueClass);
  const decodeKey = findDecoder(keyClass);
  return {
    write(record, isAlone, out) {
      const key = decoded(decodeKey, record, record.keyPosition, record.keyLength);
      const value = decoded(decodeValue, record, record.valuePosition, record.valueLength);
      if (record.keyLength >= 0) {
        out.words(keyLabel(isAlone));
        writeText(out, key, record, record.keyPosition, record.keyLength);
      }
      if (record.valueLength >= 0) {
        out.words(payloadLabel(isAlone && record.keyLength < 0));
        writeText(out, value, record, record.valuePosition, record.valueLength);
      }
    },
  };
}

function findDecoder(className: string): Decoder | undefined {
  const name = className.startsWith(PACKAGE) ? className.slice(PACKAGE.length) : '';
  if (Object.hasOwn(DECODERS, name)) return DECODERS[name];
  throw new ToolError(
    `Failed to load decoder class ${className}: kafta has ${Object.keys(DECODERS).join(', ')} of ${PACKAGE.slice(0, -1)}`,
    'java.lang.RuntimeException',
  );
}

function decoded(
  decoder: Decoder | undefined,
  { buffer }: RecordView,
  position: number,
  length: number,
): string | undefined {
  return decoder === undefined || length < 0 ? undefined : decoder(buffer, position, length);
}

function writeText(
  out: LineWriter,
  text: string | undefined,
  { buffer }: RecordView,
  position: number,
  length: number,
): void {
  if (text === undefined) out.utf8(buffer, position, length);
  else out.text(text);
}
