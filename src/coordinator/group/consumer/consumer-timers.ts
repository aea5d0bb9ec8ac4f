// Names of the timers of consumer groups.

export const consumerTimers = {
  session: (groupId: string, memberId: string): string => `session\0${groupId}\0${memberId}`,
  rebalance: (groupId: string, memberId: string): string => `rebalance\0${groupId}\0${memberId}`,
};
