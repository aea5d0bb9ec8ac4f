// Java's String.hashCode and what Kafka derives from it. Places a group or a transactional id on a
// partition of its coordinator topic, so it must equal Java's for every string.

import { uuidToBytes } from './uuid.ts';

/** Java's String.hashCode: s[0]*31^(n-1) + ... over UTF-16 code units, in 32-bit arithmetic. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Java's Long.hashCode, of an integer that a double holds exactly. */
export function javaLongHash(value: number): number {
  return value ^ Math.floor(value / 0x1_0000_0000);
}

/** Kafka's Utils.abs: the absolute value, with 0 for -2^31 (its absolute value is no int32). */
export function kafkaAbs(value: number): number {
  return value === -2147483648 ? 0 : Math.abs(value);
}

/** The partition of a coordinator topic that holds `id` (GroupCoordinatorService.partitionFor). */
export function coordinatorPartitionFor(id: string, partitionCount: number): number {
  return kafkaAbs(javaHashCode(id)) % partitionCount;
}

/** Uuid.hashCode of Kafka. */
export function javaUuidHash(uuid: string): number {
  const bytes = uuidToBytes(uuid);
  return bytes.readInt32BE(0) ^ bytes.readInt32BE(4) ^ bytes.readInt32BE(8) ^ bytes.readInt32BE(12);
}
