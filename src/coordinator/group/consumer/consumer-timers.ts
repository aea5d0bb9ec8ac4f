// Names of the timers of consumer groups.

export const consumerTimers = {
  session: (groupId: string, memberId: string): string => `session\0${groupId}\0${memberId}`,
  /** Of members of the classic protocol: until they join again. */
  join: (groupId: string, memberId: string): string => `consumer-join\0${groupId}\0${memberId}`,
  /** Likewise: from the answer to JoinGroup until SyncGroup. */
  sync: (groupId: string, memberId: string): string => `consumer-sync\0${groupId}\0${memberId}`,
  rebalance: (groupId: string, memberId: string): string => `rebalance\0${groupId}\0${memberId}`,
};
