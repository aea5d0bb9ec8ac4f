// Kafka's DefaultMessageFormatter: what of a record is printed, in its fixed order, and what stands between.
// The usual case, values alone, copies bytes and makes no object per record.

import type { ByteSink } from '../../output/byte-sink.ts';
import { TimestampType } from '../../records/record-batch.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';
import { ToolError } from '../support/java-error.ts';
import { type Deserializer, findDeserializer } from './deserializers.ts';
import type { RecordFormatter } from './record-formatter.ts';

export type Complain = (line: string, why: unknown) => void;

const NO_TIMESTAMP = Buffer.from('NO_TIMESTAMP');
const PARTITION = Buffer.from('Partition:');
const OFFSET = Buffer.from('Offset:');
const DELIVERY = Buffer.from('Delivery:');
// ConsoleConsumer hands the record on without them.
const NO_DELIVERY = Buffer.from('Delivery:NOT_PRESENT');
const EPOCH = Buffer.from('Epoch:NOT_PRESENT');
const NO_HEADERS = Buffer.from('NO_HEADERS');
const CREATE_TIME = Buffer.from('CreateTime:');
const LOG_APPEND_TIME = Buffer.from('LogAppendTime:');
const COLON = 0x3a;

export class DefaultFormatter implements RecordFormatter {
  readonly #prints: ReadonlySet<string>;
  readonly #keySeparator: Buffer;
  readonly #lineSeparator: Buffer;
  readonly #headersSeparator: Buffer;
  readonly #nullLiteral: Buffer;
  readonly #keyDeserializer: Deserializer | undefined;
  readonly #valueDeserializer: Deserializer | undefined;
  readonly #headersDeserializer: Deserializer | undefined;
  /** Whether something is printed after the timestamp, the partition … */
  readonly #isLast: (name: Part) => boolean;
  readonly #isValueAlone: boolean;
  #partition = 0;
  #timestampType: -1 | 0 | 1 = TimestampType.CREATE_TIME;
  /** 0: not out of a share group. */
  #deliveryCount = 0;

  /** `complain` is told of deserializers that aren't there, and why; the bytes are printed then. */
  constructor(properties: ReadonlyMap<string, string>, complain: Complain) {
    const bytes = (name: string, fallback: string) => Buffer.from(properties.get(name) ?? fallback);
    this.#prints = printed(properties);
    this.#keySeparator = bytes('key.separator', '\t');
    this.#lineSeparator = bytes('line.separator', '\n');
    this.#headersSeparator = bytes('headers.separator', ',');
    this.#nullLiteral = bytes('null.literal', 'null');
    const deserializer = (name: string, isKey: boolean) =>
      deserializerOf(properties, name, isKey, complain);
    this.#keyDeserializer = deserializer('key.deserializer', true);
    this.#valueDeserializer = deserializer('value.deserializer', false);
    this.#headersDeserializer = deserializer('headers.deserializer', false);
    const last = PARTS.filter((part) => this.#prints.has(part)).pop();
    this.#isLast = (part) => part === last;
    this.#isValueAlone =
      this.#prints.size === 1 && this.#prints.has('value') && this.#valueDeserializer === undefined;
  }

  startBatch(_topic: string, partition: number, timestampType: -1 | 0 | 1): void {
    this.#partition = partition;
    this.#timestampType = timestampType;
  }

  setDelivery(count: number): void {
    this.#deliveryCount = count;
  }

  write(record: RecordCursor, out: ByteSink): void {
    if (!this.#isValueAlone) {
      this.#writeParts(record, out);
      return;
    }
    const { valueLength } = record;
    if (valueLength < 0) out.bytes(this.#nullLiteral, 0, this.#nullLiteral.length);
    else out.bytes(record.buffer, record.valuePosition, record.valuePosition + valueLength);
    out.bytes(this.#lineSeparator, 0, this.#lineSeparator.length);
  }

  #writeParts(record: RecordCursor, out: ByteSink): void {
    const prints = this.#prints;
    if (prints.has('timestamp')) this.#writeTimestamp(record, out);
    if (prints.has('partition')) this.#writeNumber(PARTITION, this.#partition, 'partition', out);
    if (prints.has('offset')) this.#writeNumber(OFFSET, record.offset, 'offset', out);
    if (prints.has('delivery')) this.#writeDelivery(out);
    if (prints.has('epoch')) this.#writeLabel(EPOCH, 'epoch', out);
    if (prints.has('headers')) this.#writeHeaders(record, out);
    if (prints.has('key')) {
      const { keyPosition, keyLength } = record;
      this.#writeField(record.buffer, keyPosition, keyLength, this.#keyDeserializer, out);
      this.#separate('key', out);
    }
    if (prints.has('value')) {
      const { valuePosition, valueLength } = record;
      this.#writeField(record.buffer, valuePosition, valueLength, this.#valueDeserializer, out);
      writeAll(this.#lineSeparator, out);
    }
  }

  #writeTimestamp(record: RecordCursor, out: ByteSink): void {
    if (this.#timestampType === TimestampType.NONE) {
      this.#writeLabel(NO_TIMESTAMP, 'timestamp', out);
      return;
    }
    const isCreateTime = this.#timestampType === TimestampType.CREATE_TIME;
    const label = isCreateTime ? CREATE_TIME : LOG_APPEND_TIME;
    this.#writeNumber(label, record.timestamp, 'timestamp', out);
  }

  #writeDelivery(out: ByteSink): void {
    if (this.#deliveryCount === 0) this.#writeLabel(NO_DELIVERY, 'delivery', out);
    else this.#writeNumber(DELIVERY, this.#deliveryCount, 'delivery', out);
  }

  #writeNumber(label: Buffer, value: number, part: Part, out: ByteSink): void {
    writeAll(label, out);
    out.text(String(value));
    this.#separate(part, out);
  }

  #writeLabel(label: Buffer, part: Part, out: ByteSink): void {
    writeAll(label, out);
    this.#separate(part, out);
  }

  #writeHeaders(record: RecordCursor, out: ByteSink): void {
    if (record.headerCount === 0) writeAll(NO_HEADERS, out);
    for (let left = record.headerCount; left > 0 && record.nextHeader(); left -= 1) {
      const { headerKeyPosition, headerKeyLength, headerValuePosition, headerValueLength } = record;
      out.bytes(record.buffer, headerKeyPosition, headerKeyPosition + headerKeyLength);
      out.byte(COLON);
      this.#writeField(
        record.buffer,
        headerValuePosition,
        headerValueLength,
        this.#headersDeserializer,
        out,
      );
      if (left > 1) writeAll(this.#headersSeparator, out);
    }
    this.#separate('headers', out);
  }

  /** Kafka deserializes the null literal too, where there is nothing. */
  #writeField(
    buffer: Buffer,
    position: number,
    length: number,
    deserializer: Deserializer | undefined,
    out: ByteSink,
  ): void {
    if (deserializer !== undefined) {
      const bytes = length < 0 ? this.#nullLiteral : buffer.subarray(position, position + length);
      writeAll(deserializer(bytes), out);
    } else if (length < 0) writeAll(this.#nullLiteral, out);
    else out.bytes(buffer, position, position + length);
  }

  #separate(part: Part, out: ByteSink): void {
    writeAll(this.#isLast(part) ? this.#lineSeparator : this.#keySeparator, out);
  }
}

/** In the order in which they are printed. */
const PARTS = [
  'timestamp',
  'partition',
  'offset',
  'delivery',
  'epoch',
  'headers',
  'key',
  'value',
] as const;
type Part = (typeof PARTS)[number];

function printed(properties: ReadonlyMap<string, string>): Set<string> {
  const isPrinted = (part: Part) => {
    const given = properties.get(`print.${part}`);
    return given === undefined ? part === 'value' : given.trim().toLowerCase() === 'true';
  };
  return new Set(PARTS.filter(isPrinted));
}

function deserializerOf(
  properties: ReadonlyMap<string, string>,
  name: string,
  isKey: boolean,
  complain: Complain,
): Deserializer | undefined {
  const className = properties.get(name);
  if (className === undefined) return undefined;
  const prefix = `${name}.`;
  const own = [...properties]
    .filter(([key]) => key.startsWith(prefix) && key.length > prefix.length)
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const what = `Unable to instantiate a deserializer from ${className}`;
  try {
    const found = findDeserializer(className, isKey, new Map(own));
    if (found === undefined) {
      complain(what, new ToolError(className, 'java.lang.ClassNotFoundException'));
    }
    return found;
  } catch (error) {
    complain(what, error);
    return undefined;
  }
}

function writeAll(bytes: Buffer, out: ByteSink): void {
  out.bytes(bytes, 0, bytes.length);
}
