// ListDeserializer by Kafka's ListSerializer's bytes: sizes before entries, or fixed sizes and the places of nulls.

import { describe, expect, it } from 'vitest';
import { findDeserializer } from '../../../src/tools/console-consumer/deserializers.ts';

const LIST = 'org.apache.kafka.common.serialization.ListDeserializer';
const SERDES = 'org.apache.kafka.common.serialization.Serdes$';

function listOf(serde: string, listClass = 'java.util.ArrayList') {
  const properties = new Map([
    ['default.list.value.serde.type', listClass],
    ['default.list.value.serde.inner', `${SERDES}${serde}Serde`],
  ]);
  return findDeserializer(LIST, false, properties)!;
}

function int(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value, index * 4);
  return bytes;
}

const VARIABLE = Buffer.from([1]);
const CONSTANT = Buffer.from([0]);

describe('a list', () => {
  it('of strings has a size before each, -1 for null', () => {
    const bytes = [VARIABLE, int(3), int(1), Buffer.from('a'), int(-1), int(2), Buffer.from('bc')];
    expect(listOf('String')(Buffer.concat(bytes)).toString()).toBe('[a, null, bc]');
  });

  it('of integers names the places of its nulls', () => {
    const bytes = [CONSTANT, int(1, 1), int(3), int(7, -8)];
    expect(listOf('Integer')(Buffer.concat(bytes)).toString()).toBe('[7, null, -8]');
  });

  it('may be empty', () => {
    expect(listOf('String')(Buffer.concat([VARIABLE, int(0)])).toString()).toBe('[]');
  });

  it.each([
    ['', 'Unable to deserialize into a List'],
    ['02', 'Invalid serialization strategy flag value'],
    ['01ffffffff', 'Corrupted byte[]. The number of list entries cannot be negative.'],
    [
      '017fffffff',
      'Corrupted byte[]. The number of list entries cannot be larger than overall number of bytes.',
    ],
    ['0100000001fffffffe', 'Corrupted byte[]. A list entry cannot have negative size.'],
    [
      '01000000017fffffff',
      'Corrupted byte[]. A list entry cannot be larger than the overall number of bytes.',
    ],
    ['010000000100000004', 'End of the stream was reached prematurely'],
    [
      '00',
      'Data is encoded as constant size entries, but configured inner deserializer is not a known fixed-size deserializer.',
    ],
  ])('is refused when damaged: %s', (hex, message) => {
    expect(() => listOf('String')(Buffer.from(hex, 'hex'))).toThrow(message);
  });

  it('needs to know its class and what is in it', () => {
    expect(() => findDeserializer(LIST, false, new Map())).toThrow(
      'Not able to determine the list class because it was neither passed via the constructor nor set in the config.',
    );
    expect(() => listOf('String', 'no.Such')).toThrow(
      `Invalid value no.Such for configuration default.list.value.serde.type: Deserializer's list class "no.Such" could not be found.`,
    );
    expect(() => listOf('Nothing')).toThrow(
      `inner serde class "${SERDES}NothingSerde" could not be found`,
    );
  });
});
