// Who is subscribed to what in a consumer group, as it will be after the heartbeat that is being handled.

import { groupHash } from '../metadata-hash.ts';
import type { TopicInfo, TopicLookup } from '../topic-lookup.ts';
import type { ConsumerGroup, ResolvedRegex } from './consumer-group.ts';
import { type ConsumerMember, hasRegex } from './consumer-member.ts';

/** Topics by regular expression. */
export type Regexes = ReadonlyMap<string, Pick<ResolvedRegex, 'topics'>>;

/** The group's members with one of them changed, and those gone whom it replaces or who leave. */
export function membersAfter(
  group: ConsumerGroup,
  updated: ConsumerMember | undefined,
  removed: readonly string[],
): Map<string, ConsumerMember> {
  const members = new Map(group.members);
  for (const memberId of removed) members.delete(memberId);
  if (updated !== undefined) members.set(updated.memberId, updated);
  return members;
}

export function subscribedNames(member: ConsumerMember, regexes: Regexes): Set<string> {
  const names = new Set(member.subscribedTopicNames);
  if (hasRegex(member)) {
    for (const name of regexes.get(member.subscribedTopicRegex!)?.topics ?? []) names.add(name);
  }
  return names;
}

/** Topics that don't exist have no id and are left out until they do. */
export function subscribedTopics(
  member: ConsumerMember,
  regexes: Regexes,
  topics: TopicLookup,
): TopicInfo[] {
  return [...subscribedNames(member, regexes)].flatMap((name) => topics.byName(name) ?? []);
}

/** A fingerprint of the subscribed topics that exist: another one asks for another assignment. */
export function metadataHash(
  members: Iterable<ConsumerMember>,
  regexes: Regexes,
  topics: TopicLookup,
): bigint {
  const found: TopicInfo[] = [];
  for (const member of members) found.push(...subscribedTopics(member, regexes, topics));
  return groupHash(found);
}
