// Kafka's deserializers by class name, each as what Java's toString makes of the result, in UTF-8.

import { javaDoubleToString, javaFloatToString } from '../../common/java-floating.ts';
import { throughJavaString } from '../../common/java-utf8.ts';
import { ToolError } from '../support/java-error.ts';
import { listDeserializer } from './list-deserializer.ts';

/** Bytes of a key, a value or a header as text. Throws ToolError (SerializationException). */
export type Deserializer = (bytes: Buffer) => Buffer;

const PACKAGE = 'org.apache.kafka.common.serialization.';
const SERIALIZATION_EXCEPTION = 'org.apache.kafka.common.errors.SerializationException';

/**
 * undefined for a class that isn't there. Throws ToolError for properties that it can't work with. `properties` are those behind the option's own name and a dot
 * ('key.deserializer.encoding' of 'key.deserializer.key.deserializer.encoding').
 */
export function findDeserializer(
  className: string,
  isKey: boolean,
  properties: ReadonlyMap<string, string>,
): Deserializer | undefined {
  if (!className.startsWith(PACKAGE)) return undefined;
  const name = className.slice(PACKAGE.length);
  if (name === 'StringDeserializer' || name === 'UUIDDeserializer') {
    const specific = isKey ? 'key.deserializer.encoding' : 'value.deserializer.encoding';
    const encoding = properties.get(specific) ?? properties.get('deserializer.encoding') ?? 'UTF-8';
    const decode = decoderOf(encoding);
    return name === 'StringDeserializer' ? decode : (bytes) => uuidText(decode(bytes));
  }
  if (name === 'ListDeserializer') return listDeserializer(isKey, properties, findDeserializer);
  return Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
}

const SIMPLE: Readonly<Record<string, Deserializer>> = {
  BooleanDeserializer: (bytes) => {
    if (bytes.length !== 1) throw sizeError('BooleanDeserializer', 1);
    const byte = bytes.readInt8(0);
    if (byte === 0 || byte === 1) return Buffer.from(byte === 1 ? 'true' : 'false');
    throw serializationError(`Unexpected byte received by BooleanDeserializer: ${byte}`);
  },
  // Java shows the identity of the array, which is nothing to rely on.
  ByteArrayDeserializer: (bytes) => Buffer.from(`[B@${identityOf(bytes)}`),
  ByteBufferDeserializer: ({ length }) =>
    Buffer.from(`java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]`),
  BytesDeserializer: (bytes) => Buffer.from(bytesText(bytes)),
  DoubleDeserializer: (bytes) => {
    if (bytes.length !== 8) throw sizeError('Deserializer', 8);
    return Buffer.from(javaDoubleToString(bytes.readDoubleBE(0)));
  },
  FloatDeserializer: (bytes) => {
    if (bytes.length !== 4) throw sizeError('Deserializer', 4);
    return Buffer.from(javaFloatToString(bytes.readFloatBE(0)));
  },
  IntegerDeserializer: (bytes) => {
    if (bytes.length !== 4) throw sizeError('IntegerDeserializer', 4);
    return Buffer.from(String(bytes.readInt32BE(0)));
  },
  LongDeserializer: (bytes) => {
    if (bytes.length !== 8) throw sizeError('LongDeserializer', 8);
    return Buffer.from(String(bytes.readBigInt64BE(0)));
  },
  ShortDeserializer: (bytes) => {
    if (bytes.length !== 2) throw sizeError('ShortDeserializer', 2);
    return Buffer.from(String(bytes.readInt16BE(0)));
  },
  VoidDeserializer: () => {
    throw new ToolError('Data should be null for a VoidDeserializer.');
  },
};

export function serializationError(message: string, cause?: unknown): ToolError {
  return new ToolError(message, SERIALIZATION_EXCEPTION, cause);
}

function sizeError(className: string, sizeBytes: number): ToolError {
  return serializationError(`Size of data received by ${className} is not ${sizeBytes}`);
}

function decoderOf(encoding: string): Deserializer {
  switch (encoding.toUpperCase()) {
    case 'UTF-8':
    case 'UTF8':
      return throughJavaString;
    case 'ISO-8859-1':
    case 'ISO8859_1':
    case 'LATIN1':
      return (bytes) => Buffer.from(bytes.toString('latin1'));
    case 'US-ASCII':
    case 'ASCII':
      return (bytes) => Buffer.from(Buffer.from(bytes).map((byte) => byte & 0x7f));
    case 'UTF-16LE':
      return (bytes) => Buffer.from(bytes.toString('utf16le'));
    case 'UTF-16':
    case 'UTF-16BE':
      return (bytes) => Buffer.from(Buffer.from(bytes).swap16().toString('utf16le'));
    default:
      throw serializationError(
        `Unsupported encoding ${encoding}`,
        new ToolError(encoding, 'java.nio.charset.UnsupportedCharsetException'),
      );
  }
}

/** UUID.fromString takes short groups; toString fills them up. */
function uuidText(text: Buffer): Buffer {
  const groups = text.toString().split('-');
  if (groups.length !== 5 || !groups.every((group) => /^[0-9a-fA-F]{1,16}$/.test(group))) {
    throw serializationError('Error parsing data into UUID');
  }
  const widths = [8, 4, 4, 4, 12];
  const filled = groups.map((group, index) =>
    group.toLowerCase().padStart(widths[index]!, '0').slice(-widths[index]!),
  );
  return Buffer.from(filled.join('-'));
}

/** Bytes.toString: printable ASCII as it is, the rest as \xHH. */
function bytesText(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x20 && byte <= 0x7e && byte !== 0x5c) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

function identityOf(bytes: Buffer): string {
  let hash = 7;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return (hash >>> 0).toString(16);
}
