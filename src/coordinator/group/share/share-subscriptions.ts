// A fingerprint of what the members of a share group are subscribed to.

import { crc32c } from '../../../common/crc32c.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import type { ShareMember } from './share-member.ts';

/**
 * Another one asks for another assignment. Below 2^53, so that it survives the record; Kafka's own differs, which costs a
 * group that moves between the two one more epoch.
 */
export function subscriptionHash(members: Iterable<ShareMember>, topics: TopicLookup): number {
  const names = new Set<string>();
  for (const member of members) for (const name of member.subscribedTopicNames) names.add(name);
  const lines = [...names].sort().flatMap((name) => {
    const topic = topics.byName(name);
    return topic === undefined ? [] : [`${name} ${topic.id} ${topic.partitionCount}`];
  });
  if (lines.length === 0) return 0;
  const bytes = Buffer.from(lines.join('\n'));
  const high = crc32c(bytes, 0, bytes.length) & 0x1fffff;
  const reversed = bytes.reverse();
  const low = crc32c(reversed, 0, reversed.length) >>> 0;
  return high * 2 ** 32 + low;
}
