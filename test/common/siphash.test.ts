// The reference's vectors of SipHash-2-4 with 128 bits: key 00 01 … 0f, input 00 01 … of each length.

import { expect, test } from 'vitest';
import { sipHash128, sipKey } from '../../src/common/siphash.ts';

const counting = (length: number) => Buffer.from(Array.from({ length }, (_, n) => n));

test.each([
  [0, 'a3817f04ba25a8e66df67214c7550293'],
  [1, 'da87c1d86b99af44347659119b22fc45'],
  [7, 'a1f1ebbed8dbc153c0b84aa61ff08239'],
  [8, '3b62a9ba6258f5610f83e264f31497b4'],
  [15, '5493e99933b0a8117e08ec0f97cfc3d9'],
])('SipHash of %i bytes is the published one', (length, expected) => {
  const out = new Int32Array(4);
  // Not at the beginning of the buffer, to see that the range is kept to.
  const bytes = Buffer.concat([Buffer.from('xyz'), counting(length), Buffer.from('z')]);
  sipHash128(sipKey(counting(16)), bytes, 3, 3 + length, out, 2, 4);
  expect(Buffer.from(out.buffer).toString('hex')).toBe(expected);
});
