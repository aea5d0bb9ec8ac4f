// Uuids as Kafka prints them.

import { describe, expect, it } from 'vitest';
import {
  compareUuids,
  isUuid,
  uuidFromBytes,
  uuidToBytes,
  ZERO_UUID,
} from '../../src/common/uuid.ts';

describe('a uuid', () => {
  it('has the text that Kafka gives it', () => {
    const known = {
      '00000000000000000000000000000000': ZERO_UUID,
      '0123456789abcdeffedcba9876543210': 'ASNFZ4mrze_-3LqYdlQyEA',
      ffffffffffffffffffffffffffffffff: '_____________________w',
      '91a7ed69179f7ab7a771e00000000000': 'kaftaReferenceAAAAAAAA',
    };
    for (const [hex, text] of Object.entries(known)) {
      expect(uuidFromBytes(Buffer.from(hex, 'hex'))).toBe(text);
      expect(uuidToBytes(text).toString('hex')).toBe(hex);
      expect(isUuid(text)).toBe(true);
    }
  });

  it('has its place by two signed numbers', () => {
    const inOrder = [
      'nvm3jmq0ycDknff5RkILog',
      'nvm3jmq0ycAknff5RkILog',
      ZERO_UUID,
      'AAAAAAAAAAAAAAAAAAAAAQ',
      'I0A3I3oefpsrlTmb7cUOXg',
    ];
    expect([...inOrder].reverse().sort(compareUuids)).toEqual(inOrder);
    expect(compareUuids(ZERO_UUID, ZERO_UUID)).toBe(0);
  });

  it('is not any text', () => {
    for (const text of [
      '',
      'x',
      `${ZERO_UUID}A`,
      'AAAAAAAAAAAAAAAAAAAAAB',
      'AAAAAAAAAA+AAAAAAAAAAA',
    ]) {
      expect(isUuid(text)).toBe(false);
    }
    expect(() => uuidToBytes('short')).toThrow(RangeError);
    expect(() => uuidFromBytes(Buffer.alloc(15))).toThrow(RangeError);
  });
});
