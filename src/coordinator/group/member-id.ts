// Member ids that the coordinator gives out: a name that people recognise and a random UUID in Java's form.

import type { Random } from '../../io/io.ts';

/** As Java's UUID.randomUUID().toString(): version 4, lower case. */
export function randomJavaUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function newMemberId(prefix: string, random: Random): string {
  return `${prefix}-${randomJavaUuid(random)}`;
}
