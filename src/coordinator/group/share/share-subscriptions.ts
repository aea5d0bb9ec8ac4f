// What the members of a share group are subscribed to, as one fingerprint: another one asks for another assignment.

import { groupHash } from '../metadata-hash.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import type { ShareMember } from './share-member.ts';

export function subscriptionHash(members: Iterable<ShareMember>, topics: TopicLookup): bigint {
  const names = new Set<string>();
  for (const member of members) for (const name of member.subscribedTopicNames) names.add(name);
  return groupHash([...names].flatMap((name) => topics.byName(name) ?? []));
}
