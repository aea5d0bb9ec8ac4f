// What bytes become when Java reads them as UTF-8 text and writes that text again: every malformed piece turns into
// U+FFFD. Differs from TextDecoder for surrogates (one replacement for the three bytes, as in JDK's decoder).

import { isUtf8 } from 'node:buffer';

/** The same buffer when it is well-formed, else a new one. */
export function throughJavaString(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : replaceMalformed(bytes);
}

const REPLACEMENT = [0xef, 0xbf, 0xbd] as const;

/** At most three bytes for each byte. */
function replaceMalformed(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length * 3);
  let length = 0;
  let at = 0;
  while (at < bytes.length) {
    const good = sequenceLength(bytes, at);
    if (good > 0) {
      for (let index = 0; index < good; index += 1) out[length++] = bytes[at + index]!;
      at += good;
    } else {
      for (const byte of REPLACEMENT) out[length++] = byte;
      at -= good;
    }
  }
  return out.subarray(0, length);
}

/** Bytes of the character at `at`, or minus the bytes that are one malformed piece. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return -1;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let seen = 1;
  while (seen < length && isContinuation(bytes[at + seen])) {
    if (seen === 1 && !isSecondByte(first, bytes[at + 1]!)) return -1;
    seen += 1;
  }
  if (seen < length) return -seen;
  // JDK refuses a surrogate only after it has read all of it.
  return first === 0xed && bytes[at + 1]! >= 0xa0 ? -3 : length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Overlong forms and what lies beyond U+10FFFF end at the first byte. */
function isSecondByte(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xf0) return second >= 0x90;
  if (first === 0xf4) return second < 0x90;
  return true;
}
