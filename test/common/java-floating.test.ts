import { expect, test } from 'vitest';
import { javaDoubleToString, javaFloatToString } from '../../src/common/java-floating.ts';

// What java(1) of JDK 17 prints for these bits.
test.each([
  ['3fe0000000000000', '0.5'],
  ['0000000000000000', '0.0'],
  ['8000000000000000', '-0.0'],
  ['4059000000000000', '100.0'],
  ['416312d000000000', '1.0E7'],
  ['3f50624dd2f1a9fc', '0.001'],
  ['6162636465666768', '1.2926117907728089E161'],
  ['437a5e353f7ceda7', '1.18750914974505584E17'],
  ['7fefffffffffffff', '1.7976931348623157E308'],
  ['0000000000000001', '4.9E-324'],
  ['7ff0000000000000', 'Infinity'],
  ['7ff8000000000000', 'NaN'],
])('double %s is %s', (hex, text) => {
  expect(javaDoubleToString(Buffer.from(hex, 'hex').readDoubleBE(0))).toBe(text);
});

test.each([
  ['61626364', '2.6100788E20'],
  ['65666768', '6.8003237E22'],
  ['00000001', '1.4E-45'],
  ['7f7fffff', '3.4028235E38'],
  ['3dcccccd', '0.1'],
  ['4b800000', '1.6777216E7'],
  ['4e2b9edc', '7.1982874E8'],
])('float %s is %s', (hex, text) => {
  expect(javaFloatToString(Buffer.from(hex, 'hex').readFloatBE(0))).toBe(text);
});
