// The fingerprint of the topics that a group is subscribed to, to the bit as Kafka has it (Utils.computeTopicHash and
// computeGroupHash): a group that moves between the two brokers is found unchanged. It looks at nothing but the topics.

import { xxh3 } from '../../common/xxh3.ts';
import type { TopicInfo } from './topic-lookup.ts';

/** Kafka's version of what is hashed. */
const TOPIC_HASH_MAGIC = 0;

const topicHashes = new WeakMap<TopicInfo, bigint>();

/** Signed 64 bits; 0n without topics. A topic counts once, however often it is named. */
export function groupHash(topics: Iterable<TopicInfo>): bigint {
  const byName = new Map<string, TopicInfo>();
  for (const topic of topics) byName.set(topic.name, topic);
  if (byName.size === 0) return 0n;
  const bytes = Buffer.allocUnsafe(8 * byName.size);
  let at = 0;
  for (const name of [...byName.keys()].sort()) {
    at = bytes.writeBigInt64LE(topicHash(byName.get(name)!), at);
  }
  return BigInt.asIntN(64, xxh3(bytes));
}

export function topicHash(topic: TopicInfo): bigint {
  let hash = topicHashes.get(topic);
  if (hash === undefined) {
    hash = BigInt.asIntN(64, xxh3(bytesOf(topic)));
    topicHashes.set(topic, hash);
  }
  return hash;
}

/** As hash4j puts them one after another: little-endian, a string's UTF-16 units before their number. */
function bytesOf({ id, name, partitionCount, racks }: TopicInfo): Buffer {
  const pieces = [
    Buffer.of(TOPIC_HASH_MAGIC),
    uuidBytes(id),
    stringBytes(name),
    int32(partitionCount),
  ];
  for (let partition = 0; partition < partitionCount; partition++) {
    pieces.push(int32(partition));
    for (const rack of [...(racks?.(partition) ?? [])].sort()) {
      pieces.push(int32(rack.length), stringBytes(rack));
    }
  }
  return Buffer.concat(pieces);
}

/** Two longs, each of them turned round. */
function uuidBytes(id: string): Buffer {
  return Buffer.from(id, 'base64url').swap64();
}

function stringBytes(text: string): Buffer {
  return Buffer.concat([Buffer.from(text, 'utf16le'), int32(text.length)]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** An int64 field is a number (docs/decisions/0003), but this one needs all its bits: the writer takes a bigint as well. */
export function hashForRecord(hash: bigint): number {
  return (hash === 0n ? 0 : hash) as unknown as number;
}

/** What an ExactReader, or hashForRecord, has put there. */
export function hashOfRecord(value: number): bigint {
  return BigInt(value);
}
