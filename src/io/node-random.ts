// Chance from the system's cryptographic generator.

import { randomBytes, randomFillSync, randomInt } from 'node:crypto';
import type { Random } from './io.ts';

const ONE_UUID = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** As org.apache.kafka.common.Uuid.randomUuid: version 4, never reserved, never a leading '-' (it would read as an option). */
function uuid(): string {
  const bytes = Buffer.allocUnsafe(16);
  for (;;) {
    randomFillSync(bytes);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const text = bytes.toString('base64url');
    if (!text.startsWith('-') && text !== ONE_UUID) return text;
  }
}

export const nodeRandom: Random = {
  int: (bound) => (bound <= 1 ? 0 : randomInt(bound)),
  bytes: (length) => randomBytes(length),
  uuid,
};
