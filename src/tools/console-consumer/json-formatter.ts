// `kafta console-consumer --output json`: one JSON object per line and record, nothing lost. Text is a string;
// bytes that are no text are {"base64": …}; null is null. The deserializers that were asked for apply.

import { isUtf8 } from 'node:buffer';
import type { ByteSink } from '../../output/byte-sink.ts';
import { TimestampType } from '../../records/record-batch.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';
import { type Deserializer, findDeserializer } from './deserializers.ts';
import type { RecordFormatter } from './record-formatter.ts';

export class JsonFormatter implements RecordFormatter {
  readonly #keyDeserializer: Deserializer | undefined;
  readonly #valueDeserializer: Deserializer | undefined;
  #topic = '';
  #partition = 0;
  #timestampType: -1 | 0 | 1 = TimestampType.CREATE_TIME;
  #deliveryCount: number | undefined;

  constructor(properties: ReadonlyMap<string, string>) {
    const find = (name: string, isKey: boolean) => {
      const className = properties.get(name);
      return className === undefined ? undefined : findDeserializer(className, isKey, new Map());
    };
    this.#keyDeserializer = find('key.deserializer', true);
    this.#valueDeserializer = find('value.deserializer', false);
  }

  startBatch(topic: string, partition: number, timestampType: -1 | 0 | 1): void {
    this.#topic = topic;
    this.#partition = partition;
    this.#timestampType = timestampType;
  }

  setDelivery(count: number): void {
    this.#deliveryCount = count;
  }

  write(record: RecordCursor, out: ByteSink): void {
    const { buffer, keyPosition, keyLength, valuePosition, valueLength } = record;
    out.line(
      JSON.stringify({
        topic: this.#topic,
        partition: this.#partition,
        offset: record.offset,
        timestamp: this.#timestampType === TimestampType.NONE ? null : record.timestamp,
        timestampType: TIMESTAMP_TYPES[this.#timestampType],
        ...(this.#deliveryCount === undefined ? {} : { deliveryCount: this.#deliveryCount }),
        headers: headersOf(record),
        key: fieldOf(buffer, keyPosition, keyLength, this.#keyDeserializer),
        value: fieldOf(buffer, valuePosition, valueLength, this.#valueDeserializer),
      }),
    );
  }
}

const TIMESTAMP_TYPES = { [-1]: null, 0: 'CreateTime', 1: 'LogAppendTime' } as const;

type Field = string | null | { readonly base64: string };

function fieldOf(
  buffer: Buffer,
  position: number,
  length: number,
  deserializer?: Deserializer,
): Field {
  if (length < 0) return null;
  const bytes = buffer.subarray(position, position + length);
  const shown = deserializer === undefined ? bytes : deserializer(bytes);
  return isUtf8(shown) ? shown.toString() : { base64: shown.toString('base64') };
}

function headersOf(record: RecordCursor): { key: Field; value: Field }[] {
  const headers: { key: Field; value: Field }[] = [];
  for (let left = record.headerCount; left > 0 && record.nextHeader(); left -= 1) {
    const { buffer } = record;
    headers.push({
      key: fieldOf(buffer, record.headerKeyPosition, record.headerKeyLength),
      value: fieldOf(buffer, record.headerValuePosition, record.headerValueLength),
    });
  }
  return headers;
}
