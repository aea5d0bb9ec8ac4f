// Kafka's ListDeserializer: a list of what an inner serde wrote, shown as Java shows a list.

import { ToolError } from '../support/java-error.ts';
import { type Deserializer, serializationError } from './deserializers.ts';

type FindDeserializer = (
  className: string,
  isKey: boolean,
  properties: ReadonlyMap<string, string>,
) => Deserializer | undefined;

const SERDE = /^org\.apache\.kafka\.common\.serialization\.Serdes\$(\w+)Serde$/;
const LIST_CLASS =
  /^java\.util\.(ArrayList|LinkedList|Vector|Stack|concurrent\.CopyOnWriteArrayList)$/;
/** Entries of these have no size before them. */
const FIXED_BYTES: Readonly<Record<string, number>> = {
  Short: 2,
  Integer: 4,
  Float: 4,
  Long: 8,
  Double: 8,
  UUID: 36,
};
const CONSTANT_SIZE = 0;
const VARIABLE_SIZE = 1;
const NULL_ENTRY = -1;

/** Throws ToolError (ConfigException) without a list class and an inner serde in the properties. */
export function listDeserializer(
  isKey: boolean,
  properties: ReadonlyMap<string, string>,
  find: FindDeserializer,
): Deserializer {
  const side = isKey ? 'key' : 'value';
  const listName = `default.list.${side}.serde.type`;
  const listClass = properties.get(listName);
  if (listClass === undefined) throw undetermined('list');
  if (!LIST_CLASS.test(listClass)) throw notFound(listName, listClass, 'list');
  const innerName = `default.list.${side}.serde.inner`;
  const serde = properties.get(innerName);
  if (serde === undefined) throw undetermined('inner serde');
  const [, type = ''] = SERDE.exec(serde) ?? [];
  const inner = find(
    `org.apache.kafka.common.serialization.${type}Deserializer`,
    isKey,
    properties,
  );
  if (inner === undefined) throw notFound(innerName, serde, 'inner serde');
  const fixedBytes = Object.hasOwn(FIXED_BYTES, type) ? FIXED_BYTES[type] : undefined;
  return (bytes) => Buffer.from(`[${entriesOf(bytes, inner, fixedBytes).join(', ')}]`);
}

function entriesOf(bytes: Buffer, inner: Deserializer, fixedBytes: number | undefined): string[] {
  const reader = new ListReader(bytes);
  const strategy = reader.byte();
  if (strategy !== CONSTANT_SIZE && strategy !== VARIABLE_SIZE) {
    throw serializationError('Invalid serialization strategy flag value');
  }
  const isConstant = strategy === CONSTANT_SIZE;
  if (isConstant && fixedBytes === undefined) {
    throw serializationError(
      'Data is encoded as constant size entries, but configured inner deserializer is not a known fixed-size deserializer.',
    );
  }
  const nulls = isConstant ? reader.nullIndexes() : new Set<number>();
  const entries: string[] = [];
  const count = reader.int();
  if (count < 0) throw corrupted('The number of list entries cannot be negative.');
  if (count > bytes.length) {
    throw corrupted('The number of list entries cannot be larger than overall number of bytes.');
  }
  for (let index = 0; index < count; index++) {
    const size = isConstant ? fixedBytes! : reader.entrySize();
    if (size === NULL_ENTRY || nulls.has(index)) entries.push('null');
    else entries.push(inner(reader.entry(size)).toString());
  }
  return entries;
}

/** Every number is checked before anything is made of it. */
class ListReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#take(1).readInt8(0);
  }

  int(): number {
    return this.#take(4).readInt32BE(0);
  }

  nullIndexes(): Set<number> {
    const count = this.int();
    if (count < 0) throw corrupted('The number of null list entries cannot be negative.');
    if (count > Math.trunc(this.#bytes.length / 4)) {
      throw corrupted(
        'The number of null list entries cannot be larger than overall number of elements.',
      );
    }
    return new Set(Array.from({ length: count }, () => this.int()));
  }

  entrySize(): number {
    const size = this.int();
    if (size === NULL_ENTRY) return size;
    if (size < 0) throw corrupted('A list entry cannot have negative size.');
    if (size > this.#bytes.length) {
      throw corrupted('A list entry cannot be larger than the overall number of bytes.');
    }
    return size;
  }

  /** As in Java an entry that is cut off is filled up with zeros, unless nothing of it is there. */
  entry(size: number): Buffer {
    const there = this.#bytes.subarray(this.#at, this.#at + size);
    if (size > 0 && there.length === 0) {
      throw serializationError('End of the stream was reached prematurely');
    }
    this.#at += there.length;
    return there.length === size ? there : Buffer.concat([there], size);
  }

  #take(size: number): Buffer {
    if (size > this.#bytes.length - this.#at) throw unreadable();
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
}

function corrupted(what: string): ToolError {
  return serializationError(`Corrupted byte[]. ${what}`);
}

function unreadable(): ToolError {
  return new ToolError(
    'Unable to deserialize into a List',
    'org.apache.kafka.common.KafkaException',
    new ToolError('', 'java.io.EOFException'),
  );
}

function undetermined(what: string): ToolError {
  return new ToolError(
    `Not able to determine the ${what} class because it was neither passed via the constructor nor set in the config.`,
    CONFIG_EXCEPTION,
  );
}

function notFound(name: string, value: string, what: string): ToolError {
  return new ToolError(
    `Invalid value ${value} for configuration ${name}: Deserializer's ${what} class "${value}" could not be found.`,
    CONFIG_EXCEPTION,
  );
}

const CONFIG_EXCEPTION = 'org.apache.kafka.common.config.ConfigException';
