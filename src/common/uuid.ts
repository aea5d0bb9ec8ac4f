// Kafka's Uuid as this project holds it: the 22 characters of URL-safe base64 without padding that Kafka prints.
// The reserved values are those of org.apache.kafka.common.Uuid and DirectoryId. Never makes random ones: see Io.random.

/** All sixteen bytes zero: "no id". */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';
/** The topic id of __cluster_metadata. */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
/** DirectoryId.MIGRATING, UNASSIGNED and LOST (KIP-858): where a replica lies, before that is known. */
export const DIRECTORY_MIGRATING = 'AAAAAAAAAAAAAAAAAAAAAA';
export const DIRECTORY_UNASSIGNED = 'AAAAAAAAAAAAAAAAAAAAAQ';
export const DIRECTORY_LOST = 'AAAAAAAAAAAAAAAAAAAAAg';

const UUID_TEXT = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** Whether `text` is the canonical form of a uuid: 22 characters, no stray bits in the last. */
export function isUuid(text: string): boolean {
  return UUID_TEXT.test(text);
}

/** The 16 bytes of a uuid as the 22 characters of its text. */
export function uuidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError(`a uuid has 16 bytes, not ${bytes.length}`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('base64url');
}

/** Kafka's order (Uuid.compareTo): by the first eight bytes, then by the last, each a signed number. */
export function compareUuids(a: string, b: string): number {
  const [left, right] = [uuidToBytes(a), uuidToBytes(b)];
  for (const at of [0, 8]) {
    const difference = left.readBigInt64BE(at) - right.readBigInt64BE(at);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

/** The 16 bytes of a uuid's text; throws RangeError when it isn't one. */
export function uuidToBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 16) throw new RangeError(`not a uuid: ${text}`);
  return bytes;
}
