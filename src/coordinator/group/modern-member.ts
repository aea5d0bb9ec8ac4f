// What members of consumer, share and streams groups have in common. Kafka: ModernGroupMember.

/** Epochs that a member sends instead of its own. */
export const JOIN_EPOCH = 0;
export const LEAVE_EPOCH = -1;
/** A static member goes, and will come back. */
export const LEAVE_STATIC_EPOCH = -2;

interface Subscribed {
  /** The order says nothing. */
  readonly subscribedTopicNames: readonly string[];
}

export function hasSameTopics(a: Subscribed, b: Subscribed): boolean {
  if (a.subscribedTopicNames.length !== b.subscribedTopicNames.length) return false;
  const names = new Set(a.subscribedTopicNames);
  return b.subscribedTopicNames.every((name) => names.has(name));
}
